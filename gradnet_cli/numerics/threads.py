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
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


def limit_threads(threads: int) -> AbstractContextManager[object]:
    """From now on BLAS runs on so many threads at most; as a context manager, until its end.

    Without, it takes all cores for every product and waits where others use them: on two shared cores ten
    updates of effective_resistance on 2,000 nodes take 3 to 4 s on one thread and 22 to 35 s on two, and
    spectral_radius a fifth to an eighth of the time.
    """
    import scipy.linalg  # noqa: F401 - brings a BLAS of its own, which must be there to be limited

    limited: AbstractContextManager[object] = ThreadpoolController().limit(limits=threads, user_api="blas")
    return limited


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
