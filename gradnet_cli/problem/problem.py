"""The frozen description of a task: where edges may lie (Mask) and what they may cost (Budget, Signs).

Everything here is NumPy, so that bad input is answered before torch is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.budget import Budget, Signs

__all__ = ["Budget", "Mask", "Problem", "Signs"]

# A budget at the very edge of what the signs allow differs from it by rounding only; that is no error.
REACHABLE_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """Mask, budget and signs together, checked against each other. Made by Problem.build."""

    mask: Mask
    budget: Budget
    signs: Signs

    @classmethod
    def build(
        cls, *, mask: Mask, budget: Budget | Mapping[str, Any], signs: Signs | Mapping[str, Any]
    ) -> Self:
        """Check everything and return the problem.

        Args:
            budget, signs: the object, or the settings of that name from the configuration

        Raises:
            SettingError: a mask that does not keep its promises, a value that is not allowed, or signs or a
                budget that no network can satisfy
        """
        problem = cls(
            mask=mask,
            budget=budget if isinstance(budget, Budget) else Budget.from_mapping(budget),
            signs=signs if isinstance(signs, Signs) else Signs.from_mapping(signs),
        )
        mask.check()
        if problem.budget.kind == "relative" and not problem.base.any():
            raise SettingError(
                setting="budget.kind",
                value="relative",
                allowed="needs a base network, and the mask has no base weights: use per_node or total",
            )
        problem._check_feasible()
        return problem

    @property
    def nodes(self) -> int:
        """Number of nodes N."""
        return self.mask.nodes

    @property
    def edges(self) -> int:
        """Number of edges E of the mask."""
        return self.mask.edges

    @property
    def edge_index(self) -> np.ndarray:
        """(2, E) int64, see Mask."""
        return self.mask.edge_index

    @property
    def cost(self) -> np.ndarray:
        """(E,) float64 > 0."""
        return self.mask.cost

    @property
    def base(self) -> np.ndarray:
        """(E,) float64."""
        return self.mask.base

    @property
    def directed(self) -> bool:
        """Whether edges have a direction."""
        return self.mask.directed

    @property
    def multiplicity(self) -> int:
        """Ordered pairs that a stored edge stands for: 2 if undirected, 1 if directed."""
        return 1 if self.directed else 2

    @property
    def budget_total(self) -> float | None:
        """B, over ordered pairs; None without a budget."""
        if self.budget.value is None:
            return None
        if self.budget.kind == "relative":
            return self.budget.value * self.spent(self.base)
        return self.budget.value * (self.nodes if self.budget.kind == "per_node" else 1)

    @property
    def edge_budget(self) -> float | None:
        """K = B / multiplicity^(1/p): the p-norm that cost * delta may have over stored edges, or None."""
        if self.budget_total is None:
            return None
        return float(self.budget_total / self.multiplicity ** (1 / self.budget.p))

    @cached_property
    def lower(self) -> np.ndarray:
        """(E,) least delta that the signs allow, -inf where there is no limit."""
        change = np.full(self.edges, 0.0 if self.signs.change == "increase" else -np.inf)
        # 0 - base and not -base: a bound of -0.0 would be written as such.
        return np.maximum(change, 0.0 - self.base) if self.signs.result == "nonnegative" else change

    @cached_property
    def upper(self) -> np.ndarray:
        """(E,) greatest delta that the signs allow, +inf where there is no limit."""
        return np.full(self.edges, 0.0 if self.signs.change == "decrease" else np.inf)

    def spent(self, delta: np.ndarray) -> float:
        """Return (sum over ordered pairs of (cost * abs(delta))^p)^(1/p) for delta of shape (E,)."""
        paid = self.cost * np.abs(np.asarray(delta, dtype=np.float64))
        largest = float(paid.max(initial=0.0))
        if largest == 0.0 or not np.isfinite(largest):
            return largest
        p = self.budget.p
        # Dividing by the largest keeps high powers from over- and underflowing.
        return float(largest * (self.multiplicity * np.sum((paid / largest) ** p)) ** (1 / p))

    def _check_feasible(self) -> None:
        if (self.lower > self.upper).any():
            edge = self.mask.pair(int(np.argmax(self.lower > self.upper)))
            raise SettingError(
                setting="signs.change",
                value=self.signs.change,
                allowed=f"cannot raise the negative base weight of edge {edge} to 0, as signs.result demands",
            )
        if not (self.lower < self.upper).any():
            raise SettingError(
                setting="signs.change",
                value=self.signs.change,
                allowed="must leave something to change: the base network has no weight to remove",
            )
        if self.budget_total is None:
            return
        least = self.spent(np.clip(0.0, self.lower, self.upper))
        if least > self.budget_total * (1 + REACHABLE_TOLERANCE):
            raise self._unreachable(f"must pay for at least {least:.6g} to make every weight nonnegative")
        most = self.spent(np.maximum(-self.lower, self.upper))
        if self.budget.rule == "exact" and most < self.budget_total * (1 - REACHABLE_TOLERANCE):
            raise self._unreachable(f"cannot be spent: removing the whole base network costs {most:.6g}")

    def _unreachable(self, why: str) -> SettingError:
        note = f" over all ordered pairs (the budget is {self.budget_total:.6g})"
        return SettingError(setting="budget.value", value=self.budget.value, allowed=why + note)
