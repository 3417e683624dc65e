"""What a run changes of its process, and leaves as it was: threads and random numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from gradnet_cli.numerics.threads import limit_threads
from gradnet_cli.settings.settings import Settings

ALL_THREADS = torch.get_num_threads()  # as torch was found: a job of a sweep must not inherit the last one's
# Below, threads wait for each other longer than they work; several times longer on a shared processor.
ONE_THREAD_EDGES = 100_000


@contextmanager
def conditions(settings: Settings, *, edges: int) -> Iterator[None]:
    """Set threads and seed for a run on so many edges; they are put back at the end."""
    threads = torch.get_num_threads()
    few = 1 if edges <= ONE_THREAD_EDGES else ALL_THREADS
    torch.set_num_threads(settings.trainer.threads or few)
    try:
        with random_numbers_kept(), limit_threads(torch.get_num_threads()):
            torch.manual_seed(settings.seed)
            yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def random_numbers_kept() -> Iterator[None]:
    """Whatever is drawn within, the generators of the process go on as if nothing had been."""
    state, python, arrays = torch.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        torch.set_rng_state(state)
        random.setstate(python)
        np.random.set_state(arrays)  # noqa: NPY002
