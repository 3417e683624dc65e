"""Threads of the linear algebra library beneath NumPy and SciPy."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def single_threaded() -> AbstractContextManager[object]:
    """Within it, BLAS runs on one thread.

    Products and QR factorisations of tall, thin blocks, (N, r) with r some tens, gain nothing by a second
    thread and lose by its waiting: a run on 2,000 nodes takes 1.5 s instead of 3.5 s on two idle cores, and
    far less when they are shared.
    """
    return _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
