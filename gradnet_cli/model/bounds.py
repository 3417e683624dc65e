"""Bounds of every change, and what of them a monotone purpose needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradnet_cli.problem import Problem


@dataclass(frozen=True, eq=False, kw_only=True)
class Bounds:
    """lower <= delta <= upper, and whether the whole budget is spent.

    Attributes:
        lower, upper: (E,) float64, -inf and +inf where there is no limit
        exact: the budget is spent to the last; otherwise it may be
    """

    lower: np.ndarray
    upper: np.ndarray
    exact: bool

    @classmethod
    def of(cls, problem: Problem) -> Bounds:
        """Those that the signs of a problem set."""
        return cls(lower=problem.lower, upper=problem.upper, exact=problem.budget.rule == "exact")

    @property
    def sign(self) -> float | None:
        """+1 where changes go up, or nowhere, -1 where they go down, None where they do both."""
        if (self.lower >= 0.0).all() and (self.upper > 0.0).any():
            return 1.0
        if (self.upper <= 0.0).all() and (self.lower < 0.0).any():
            return -1.0
        return None

    @property
    def settled(self) -> bool:
        """Whether a single change is left."""
        return bool((self.lower == self.upper).all())

    def narrowed(self, problem: Problem, *, grows: bool) -> Bounds:
        """Leave those changes out that another one betters, for a purpose that every weight serves, or harms.

        Where more weight is better, delta is no better than abs(delta), which costs the same; where it is
        worse, no better than -abs(delta), as far as there is weight to remove and the budget is spent on it.
        A budget that may be spent is then spent whole, or not at all.

        Args:
            problem: for its costs and its budget
            grows: whether what is wanted grows with every weight, or falls
        """
        budget = problem.budget_total
        if problem.strengths is not None:
            return self  # what is removed makes room at a node
        unlimited = not np.isfinite(self.upper if grows else self.lower).any()
        if budget is None:
            return self
        if grows:
            added = np.maximum(self.upper, 0.0)
            enough = unlimited or problem.spent(added) >= budget
            if enough and (self.upper >= 0).all():
                return replace(self, lower=np.maximum(self.lower, 0.0), exact=True)
            if not (self.exact or enough) and (self.upper >= 0).all():
                return replace(self, lower=self.upper)  # there is budget for all that limits leave room for
            return self._nothing() if not self.exact and (self.upper <= 0).all() else self
        if (self.lower >= 0).all():
            return self if self.exact else replace(self, upper=self.lower)
        if (self.upper < 0).any():
            return self
        removable = np.where(self.lower < 0, -self.lower, 0.0)
        enough = unlimited or problem.spent(removable) >= budget
        if enough and (self.lower <= 0).all():
            return replace(self, upper=np.zeros_like(self.upper), exact=True)
        return self if self.exact or (self.lower > 0).any() else replace(self, upper=self.lower)

    def _nothing(self) -> Bounds:
        """No change but what the bounds demand."""
        least = np.clip(0.0, self.lower, self.upper)
        return replace(self, lower=least, upper=least)
