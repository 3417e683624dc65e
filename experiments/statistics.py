"""Paired comparisons: the mean difference with its 95 % interval, and a verdict that may be undecided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A mean with the ends of its 95 % interval, by Student's t.

    Attributes:
        mean, low, high: the ends are the mean itself where all numbers are alike
        count: of the numbers
    """

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:+.4f} [{self.low:+.4f}, {self.high:+.4f}], {self.count} pairs"

    def above(self, limit: float = 0.0) -> tuple[bool, str]:
        """Whether the mean lies above a limit, and why there is no verdict where the interval has it."""
        return self.low > limit, UNDECIDED if self.low <= limit <= self.high else ""


def mean_of(numbers: Sequence[float]) -> Interval:
    """The mean of independent numbers, two or more."""
    values = np.asarray(numbers, dtype=float)
    mean, count = float(values.mean()), len(values)
    half = float(stats.t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count))
    return Interval(mean=mean, low=mean - half, high=mean + half, count=count)


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Interval:
    """The mean difference of numbers that belong together, in the same order."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} numbers are compared with {len(theirs)}")
    return mean_of(np.subtract(ours, theirs).tolist())
