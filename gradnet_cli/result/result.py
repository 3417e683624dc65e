"""The frozen result of a run: all that the report reads."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.numerics.graphs import directed_strengths, used_edges
from gradnet_cli.problem import Problem
from gradnet_cli.settings.settings import Settings

if TYPE_CHECKING:
    import networkx
    from scipy.sparse import csr_array
    from torch import Tensor


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
    `score` is that of the edges read back from disk, and `score_error` what it may be off by where it was not
    found to rounding. `notes` are lines that belong to it wherever it is told.
    `bound` is a proven limit on the score of any feasible network, `gap` is abs(bound - score) /
    abs(bound - ideal), where `ideal` is 0 but for scores that fall short of another number, as r does of 1,
    and `certified` says that both exist; otherwise they are None. `bound_scope` says which networks these
    speak of, where it is not all of them, and `no_bound` why there is none, where theory has one for other
    settings. `seconds` is the time of training.
    `references` maps the name of a network to compare with ("uniform") to its score. `pruned` (E,) are the
    weights without the light edges, if that was asked for. `learned` is what the objective has learned beside
    the network, found at update `step`. `course` has the columns of metrics.csv by name, each (K,).
    `objective_class` draws the figures that are the objective's own. `tables` maps names of tables to their
    columns (K,) by name. `data` tells what was learned from, if a data set was.
    """

    problem: Problem
    objective: str
    objective_class: type[Any] | None = None
    sense: str
    quantity: str = ""
    weights: np.ndarray
    pruned: np.ndarray | None = None
    learned: Mapping[str, Tensor] = field(default_factory=dict)
    score: float
    score_error: float | None = None
    notes: Sequence[str] = ()
    bound: float | None
    bound_scope: str = ""
    no_bound: str = ""
    ideal: float = 0.0
    gap: float | None
    certified: bool
    step: int = 0
    updates: int
    seconds: float
    stop_reason: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    references: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mib: float
    settings: Settings | None = None
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    course: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.sense not in ("maximize", "minimize"):
            raise ValueError(f"sense = {self.sense!r}: must be maximize or minimize")
        if self.weights.shape != (self.problem.edges,):
            raise ValueError(
                f"weights have shape {self.weights.shape}, the mask has {self.problem.edges} edges"
            )

    @property
    def objective_settings(self) -> Mapping[str, Any]:
        """The arguments of the objective by name, as far as they were settings."""
        return {} if self.settings is None else self.settings.objective.arguments

    @cached_property
    def delta(self) -> np.ndarray:
        """Change from the base network, (E,)."""
        delta: np.ndarray = self.weights - self.problem.base
        return delta

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

    def graph(self) -> networkx.Graph:
        """The network as a networkx graph, see gradnet_cli.result.graphs.to_networkx."""
        from gradnet_cli.result.graphs import to_networkx

        return to_networkx(self.problem, self.weights, node_data=self.node_data)

    def to_scipy(self) -> csr_array:
        """The adjacency (N, N) as a SciPy sparse array, both directions of an undirected edge."""
        from gradnet_cli.result.graphs import to_scipy

        return to_scipy(self.problem, self.weights)

    def gain_over(self, reference: str) -> float | None:
        """Relative improvement on a reference score, positive when better; None when it is not defined."""
        before = self.references.get(reference)
        if before is None or before == 0 or not np.isfinite(before):
            return None
        change = (self.score - before) / abs(before)
        return float(change if self.sense == "maximize" else -change)


def peak_memory_mib() -> float:
    """Largest memory that this process has held, MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
