"""What is left of a network without its light edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """Which edges are kept, as the settings `prune` say. One of the first three is given, or none: then
    nothing is pruned.

    Attributes:
        below: edges lighter than this share of the heaviest go, 0 < below < 1
        to: this many of the heaviest edges stay, >= 1
        share: the fewest edges stay that carry this share of what all of them cost, 0 < share < 1
        rescale: what is left spends the budget again; on networks without a base
    """

    below: float | None = None
    to: int | None = None
    share: float | None = None
    rescale: bool = True

    @property
    def wanted(self) -> bool:
        """Whether there is a rule."""
        return any(rule is not None for rule in (self.below, self.to, self.share))

    def kept(self, problem: Problem, weights: np.ndarray) -> np.ndarray:
        """Which edges stay, bool (E,); of equal ones the first in the mask."""
        size = np.abs(weights)
        if self.below is not None:
            return (size >= self.below * size.max(initial=0.0)) & (size > 0)
        order = np.argsort(-size, kind="stable")
        count = int(np.count_nonzero(size))
        if self.to is not None:
            count = min(count, self.to)
        elif self.share is not None:
            paid = np.cumsum((problem.cost * size)[order])
            count = min(count, 1 + int(np.searchsorted(paid, self.share * paid[-1])))
        mask = np.zeros(len(weights), dtype=bool)
        mask[order[:count]] = True
        return mask

    def apply(self, problem: Problem, weights: np.ndarray) -> np.ndarray:
        """Adjacency weights (E,) without the light edges, and rescaled if that is asked for."""
        pruned = np.where(self.kept(problem, weights), weights, 0.0)
        if not self.rescale or problem.budget_total is None or problem.base.any():
            return pruned
        return pruned * (problem.budget_total / problem.spent(pruned))
