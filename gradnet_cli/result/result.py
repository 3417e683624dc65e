"""The frozen result of a run: all that the report reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from gradnet_cli.numerics.graphs import directed_strengths, used_edges
from gradnet_cli.problem import Problem


def strengths(problem: Problem, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Summed weight out of and into each node, two arrays (N,); they are the same array if undirected."""
    outward, inward = directed_strengths(problem.edge_index, weights, nodes=problem.nodes)
    if problem.directed:
        return outward, inward
    both = outward + inward
    return both, both


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """What a run found. `weights` (E,) float64 are those of the adjacency, base + delta, on the mask's edges.

    `quantity` is what the score is called on an axis, empty for the objective's name.
    `score` is that of the edges read back from disk. `bound` is a proven limit on the score of any feasible
    network, `gap` is abs(bound - score) / abs(bound), and `certified` says that both exist; otherwise they
    are None. `seconds` is the time of training. `references` maps the name of a network to compare with
    ("uniform") to its score.
    """

    problem: Problem
    objective: str
    sense: str
    quantity: str = ""
    weights: np.ndarray
    score: float
    bound: float | None
    gap: float | None
    certified: bool
    updates: int
    seconds: float
    stop_reason: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    references: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mib: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.sense not in ("maximize", "minimize"):
            raise ValueError(f"sense = {self.sense!r}: must be maximize or minimize")
        if self.weights.shape != (self.problem.edges,):
            raise ValueError(
                f"weights have shape {self.weights.shape}, the mask has {self.problem.edges} edges"
            )

    @cached_property
    def delta(self) -> np.ndarray:
        """Change from the base network, (E,)."""
        return self.weights - self.problem.base

    @cached_property
    def used(self) -> np.ndarray:
        """Which edges are used, bool (E,)."""
        return used_edges(self.weights)

    @cached_property
    def edges_used(self) -> int:
        """How many edges are used."""
        return int(np.count_nonzero(self.used))

    @cached_property
    def strengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Strengths out of and into each node, two arrays (N,); the same one if undirected."""
        return strengths(self.problem, self.weights)

    @cached_property
    def budget_spent(self) -> float:
        """What the change costs, over ordered pairs."""
        return float(self.problem.spent(self.delta))

    def gain_over(self, reference: str) -> float | None:
        """Relative improvement on a reference score, positive when better; None when it is not defined."""
        before = self.references.get(reference)
        if before is None or before == 0 or not np.isfinite(before):
            return None
        change = (self.score - before) / abs(before)
        return float(change if self.sense == "maximize" else -change)
