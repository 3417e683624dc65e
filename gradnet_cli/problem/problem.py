"""The frozen description of a task: where edges may lie (Mask), what changes may
cost (Budget) and what weights may be (Signs, Limits).

Everything here is NumPy, so that bad input is answered before torch is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.feasibility import check_feasible
from gradnet_cli.problem.limits import Strengths, WeightRoom
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.selection import relaxed
from gradnet_cli.settings.budget import Budget, Signs
from gradnet_cli.settings.limits import Limits
from gradnet_cli.settings.selection import ANY_WEIGHTS, Selection

__all__ = ["Budget", "Limits", "Mask", "Problem", "Signs"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """Mask, budget, signs and limits together, checked against each other. Made by Problem.build.

    Where edges are chosen, whole or not at all, it is the relaxed problem: see gradnet_cli.problem.selection.

    Attributes:
        design: (E,) what an edge weighs that is chosen, 0 where it cannot be; None unless edges are chosen
    """

    mask: Mask
    budget: Budget
    signs: Signs
    limits: Limits
    selection: Selection = ANY_WEIGHTS
    design: np.ndarray | None = None

    @classmethod
    def build(
        cls,
        *,
        mask: Mask,
        budget: Budget | Mapping[str, Any],
        signs: Signs | Mapping[str, Any],
        limits: Limits | Mapping[str, Any] | None = None,
        selection: Selection | Mapping[str, Any] | None = None,
    ) -> Self:
        """Check everything and return the problem.

        Args:
            budget, signs, limits: the object, or the settings of that name from the configuration
            selection: the same of ``select``

        Raises:
            SettingError: a mask that does not keep its promises, a value that is not allowed, or signs,
                limits or a budget that no network can satisfy
        """
        budget = budget if isinstance(budget, Budget) else Budget.from_mapping(budget)
        signs = signs if isinstance(signs, Signs) else Signs.from_mapping(signs)
        limits = limits if isinstance(limits, Limits) else Limits.from_mapping(limits or {})
        if not isinstance(selection, Selection):
            selection = Selection.from_mapping(selection or {})
        mask.check()
        design = None
        if selection.wanted:
            room = WeightRoom.of(limits, mask, signs)
            mask, budget, signs, design = relaxed(mask, budget, signs, room, selection)
        problem = cls(
            mask=mask, budget=budget, signs=signs, limits=limits, selection=selection, design=design
        )
        if problem.budget.kind == "relative" and not problem.base.any():
            raise SettingError(
                setting="budget.kind",
                value="relative",
                allowed="needs a base network, and the mask has no base weights: use per_node or total",
            )
        check_feasible(problem)
        return problem

    def on(self, edges: np.ndarray) -> Self:
        """The same problem with other candidates held: edges (2, M), sorted, without duplicates."""
        return replace(self, mask=self.mask.on(edges))

    @property
    def nodes(self) -> int:
        """Number of nodes N."""
        return self.mask.nodes

    @property
    def edges(self) -> int:
        """Number of edges E of the mask; where candidates are not listed, of those that are held."""
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
        return float(self.budget_total / self.multiplicity ** (1 / self.budget.order))

    @cached_property
    def room(self) -> WeightRoom:
        """What limits leave to the weights."""
        return WeightRoom.of(self.limits, self.mask, self.signs)

    @property
    def strengths(self) -> Strengths | None:
        """The largest strengths of nodes, where any is limited."""
        return self.room.strengths

    @cached_property
    def strength_room(self) -> np.ndarray:
        """(M,) what the base network leaves of these; empty where none is limited."""
        strengths = self.strengths
        return np.zeros(0) if strengths is None else strengths.most - strengths.matrix @ self.base

    @cached_property
    def lower(self) -> np.ndarray:
        """(E,) least delta that signs and limits allow, -inf where there is no limit."""
        change = np.full(self.edges, 0.0 if self.signs.change == "increase" else -np.inf)
        least = np.maximum(0.0, self.room.least) if self.signs.result == "nonnegative" else self.room.least
        # 0 - base and not -base: a bound of -0.0 would be written as such.
        return np.where(self.room.fixed, 0.0, np.maximum(change, least - self.base))

    @cached_property
    def upper(self) -> np.ndarray:
        """(E,) greatest delta that signs and limits allow, +inf where there is no limit."""
        change = np.full(self.edges, 0.0 if self.signs.change == "decrease" else np.inf)
        if self.design is not None:
            change = self.design
        return np.where(self.room.fixed, 0.0, np.minimum(change, self.room.most - self.base))

    @property
    def simple(self) -> bool:
        """Whether networks are all w >= 0 with sum(cost * w) <= K, or = K, and nothing else is asked."""
        return (
            self.edge_budget is not None
            and self.budget.order == 1
            and self.strengths is None
            and not self.base.any()
            and bool((self.lower == 0).all() and np.isinf(self.upper).all())
        )

    @property
    def bounded(self) -> bool:
        """Whether no weight can grow without limit: there is a budget, or limits of all edges do it."""
        if self.budget_total is not None:
            return True
        open_edges = np.isinf(self.upper)
        if self.strengths is not None:
            open_edges &= self.strengths.matrix.sum(axis=0) == 0
        return not open_edges.any()

    def allows(self, weights: np.ndarray, *, tolerance: float = 1e-9) -> bool:
        """Whether adjacency weights (E,) keep budget, signs and limits, to rounding."""
        if not self.within_limits(weights, tolerance=tolerance):
            return False
        if self.budget_total is None:
            return True
        over = self.spent(weights - self.base) / self.budget_total - 1
        return over <= tolerance and (self.budget.rule == "at_most" or over >= -tolerance)

    def within_limits(self, weights: np.ndarray, *, tolerance: float = 1e-9) -> bool:
        """Whether adjacency weights (E,) keep signs and limits, whatever they cost, to rounding."""
        delta = weights - self.base
        room = tolerance * max(1.0, float(np.abs(weights).max(initial=0.0)))
        within = bool((delta >= self.lower - room).all() and (delta <= self.upper + room).all())
        return within and (self.strengths is None or self.strengths.excess(weights) <= tolerance)

    def spent(self, delta: np.ndarray) -> float:
        """Return (sum over ordered pairs of (cost * abs(delta))^p)^(1/p) for delta of shape (E,)."""
        paid = self.cost * np.abs(np.asarray(delta, dtype=np.float64))
        largest = float(paid.max(initial=0.0))
        if largest == 0.0 or not np.isfinite(largest):
            return largest
        p = self.budget.order
        # Dividing by the largest keeps high powers from over- and underflowing.
        return float(largest * (self.multiplicity * np.sum((paid / largest) ** p)) ** (1 / p))
