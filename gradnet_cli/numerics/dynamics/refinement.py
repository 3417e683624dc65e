"""Scores of integrated dynamics to a stated accuracy: steps are halved until the score stands still."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from gradnet_cli.errors import NumericalError


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What an integration gives; a subclass has more to say.

    Attributes:
        score: one number, or one a sample
    """

    score: Tensor


LEAST_ERROR = 1e-10  # that is claimed, however well two integrations agree

Found = TypeVar("Found", bound=Scored)


@dataclass(frozen=True, kw_only=True)
class Refined(Generic[Found]):
    """The finest of a series.

    Attributes:
        found: what the finest integration gave
        error: change of its score since the one before, which had half as many steps, or LEAST_ERROR. For a
            method of order p in its range of convergence the change is 2^p - 1 times the error
        level: of the finest
    """

    found: Found
    error: float
    level: int


def refined(
    integrate: Callable[[int], Found], *, tolerance: float, levels: int, relative: bool = False
) -> Refined[Found]:
    """Integrate at the levels 0, 1, ..., each with twice the steps, until the score changes by <= tolerance.

    Args:
        integrate: of a level, 0 the coarsest
        tolerance: absolute, or where `relative` and the score is above 1 relative to it
        levels: at most, >= 2

    Raises:
        NumericalError: one of the first two levels cannot be integrated
    """
    before, error = integrate(0), float("inf")
    for level in range(1, levels):
        try:
            found = integrate(level)
        except NumericalError:
            if level == 1:
                raise
            return Refined(found=before, error=error, level=level - 1)
        error = change(before.score, found.score)
        if error <= tolerance * (max(1.0, float(found.score.detach().abs().max())) if relative else 1.0):
            break
        before = found
    return Refined(found=found, error=max(error, LEAST_ERROR), level=level)


def change(one: Tensor, other: Tensor) -> float:
    """Largest difference of two scores; infinite where one is not finite."""
    difference = float((one.detach() - other.detach()).abs().max())
    return difference if difference == difference else float("inf")


class Fineness:
    """The level of integration, each with twice the steps of the one before, that training needs.

    One is added where the next level tells something else. That is looked at seldom: at the 1st, 2nd, 4th,
    8th ... evaluation, and whenever weights have grown so much that level 0 has more steps than ever.

    Args:
        most: highest level

    Attributes:
        level: 0, 1 ... most
    """

    def __init__(self, *, most: int = 4) -> None:
        self._most = most
        self.level = 0
        self._evaluations = 0
        self._steps = 0

    def keep(self, coarse: Callable[[int], bool], *, steps: int) -> None:
        """Count an evaluation, and raise the level if it is time to look and the level is too coarse.

        Args:
            coarse: whether a level tells something else than the next
            steps: those of level 0
        """
        self._evaluations += 1
        more, self._steps = steps > self._steps, max(steps, self._steps)
        seldom = self._evaluations & (self._evaluations - 1) == 0
        with torch.no_grad():
            while (more or seldom) and self.level < self._most and coarse(self.level):
                self.level += 1

    @property
    def memory(self) -> dict[str, Any]:
        """All that it depends on later."""
        return {"level": self.level, "evaluations": self._evaluations, "steps": self._steps}

    @memory.setter
    def memory(self, memory: Mapping[str, Any]) -> None:
        self.level, self._evaluations = memory["level"], memory["evaluations"]
        self._steps = memory["steps"]
