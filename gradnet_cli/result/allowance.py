"""How much may still be done after training."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE, LEAST = 0.25, 5.0  # of the seconds of training; seconds


class Allowance:
    """Time for scores after a training whose time was limited; without a limit all of them are made.

    What has taken a while will take as long again: what does not fit in any more is not begun.

    Args:
        trained: seconds of training if its time was limited, else None
    """

    def __init__(self, trained: float | None) -> None:
        self._end = None if trained is None else time.perf_counter() + max(LEAST, SHARE * trained)
        self._longest = 0.0

    @property
    def fits(self) -> bool:
        """Whether there is time for one more."""
        return self._end is None or time.perf_counter() + self._longest <= self._end

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Take in how long one takes."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._longest = max(self._longest, time.perf_counter() - began)
