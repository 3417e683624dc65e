"""What networks of conductances dissipate: the common part of the objectives that minimise it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.elimination.dense_core import sparse_fronts
from gradnet_cli.numerics.elimination.laplacian_fronts import LaplacianFronts
from gradnet_cli.numerics.flows.dissipation import (
    Dissipation,
    connected,
    dense_dissipation,
    fronts_dissipation,
    joined,
    solved_dissipation,
)
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import SOLVERS, LaplacianSolverFactory
from gradnet_cli.numerics.pairs.pair_prices import PairPrices, SquaredDistances
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice

DENSE_UP_TO = 4096  # nodes; beyond, a solve a pattern is cheaper and needs less memory
UNIT_DENSE_UP_TO = 8192  # nodes, with a load at each: 512 MiB a matrix, but N solves take far longer
FEW = 1 / 16  # patterns a node, up to which so it is at any size
LARGEST = 32768  # patterns; an exact score takes a linear solve for each


class DissipationObjective(Objective):
    """Minimise D = tr(L^+ S S') for loads S (N, P), one pattern a column.

    The network is undirected, with conductances w >= 0. D is convex in them, and 1/D is concave and
    homogeneous. With M = L^+, Y = M S and g_e = -norm(y_i - y_j)^2, the gradient,

        1/D(w') <= <-g, w'> / D^2 for every w' >= 0,

    which holds for any matrix M, however inexact, if D = tr(S' M S): by Cauchy and Schwarz tr(S'Y)^2 <=
    tr(Y' L(w') Y) tr(S' L(w')^+ S). So inexact inverses weaken the bound and never break it.

    Args:
        solver: of Laplacian systems, one of auto, dense, factorised, multigrid, conjugate_gradient; dense is
            a Cholesky factorisation, O(N^3), the others solve once a pattern

    Attributes:
        whole_inverse: whether more is wanted of the inverse than its product with the loads
        unit_loads: whether S S' is N times the unit matrix, so that sparse elimination serves
    """

    whole_inverse = False
    unit_loads = False

    sense = "minimize"
    requires: tuple[str, ...] = ("undirected", "connected", "nonnegative", "budget")
    concave = True
    reciprocal = True
    monotone = "decreasing"

    def __init__(self, *, solver: str) -> None:
        super().__init__()
        self.solver = choice(setting="objective.solver", value=solver, choices=SOLVERS)
        self.holds_dense = self.solver == "dense"
        self._solving = WarmStart(self._begin)
        self._potentials: np.ndarray | None = None
        self._pairs = False
        self._curvature: np.ndarray | None = None

    @abstractmethod
    def loads(self, nodes: int) -> sp.csc_array:
        """S (N, P); what it has along the vector of ones is left out."""

    def get_extra_state(self) -> dict[str, Any]:
        """What the choice of the next solver depends on."""
        return {"solver": self._solving.memory}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Choose solvers as from there."""
        self._solving.memory = state["solver"]

    def prepare(self, problem: Problem) -> None:
        """Refuse sizes at which an exact score, or the slopes of all pairs, are out of reach.

        Raises:
            SettingError: the mask has too many nodes, or there are too many patterns
        """
        if problem.mask.pairs is not None and problem.nodes > DENSE_UP_TO:
            raise SettingError(
                setting="edges",
                value="active",
                allowed=f"is for at most {DENSE_UP_TO:,} nodes with objective={self.name}, and the mask has "
                f"{problem.nodes:,}: slopes of all pairs need a dense inverse",
            )
        self._pairs = problem.mask.pairs is not None
        patterns = self.loads(problem.nodes).shape[1]
        if patterns > LARGEST and not self.unit_loads:
            raise SettingError(
                setting="objective",
                value=self.name,
                allowed=f"is for at most {LARGEST:,} patterns of loads, and has {patterns:,}: an exact score "
                "takes a linear solve for each",
            )

    @property
    def prices_pairs(self) -> bool:
        """A dense inverse gives a slope to any pair."""
        return self.solver in ("auto", "dense")

    def prices(self) -> PairPrices | None:
        """norm(y_i - y_j)^2."""
        return None if self._potentials is None else SquaredDistances(self._potentials)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score D of weights (E,)."""
        found = self.dissipation(network)
        if self.training and network.problem.mask.pairs is not None:
            self._potentials = found.potentials
        if self.training and self.curved:
            self._curvature = self._bent(network, found)
        return Evaluation(score=with_gradient(network.weights, value=found.total, slope=-found.slopes))

    def curvature(self) -> np.ndarray:
        """2 R_e norm(y_i - y_j)^2, with the resistances R_e of edges (i, j)."""
        return prepared(self._curvature)

    @staticmethod
    def _bent(network: Network, found: Dissipation) -> np.ndarray:
        resistances = found.resistances
        if resistances is None:  # 1/s_i + 1/s_j of the strengths s is no more than that
            weights = network.weights.detach().to("cpu", torch.float64).numpy()
            least = 1 / network.topology.laplacian.strengths(weights).clip(min=np.finfo(float).tiny)
            source, target = network.topology.array
            resistances = least[source] + least[target]
        bent: np.ndarray = np.nan_to_num(2 * resistances * found.slopes)
        return bent

    def dissipation(self, network: Network) -> Dissipation:
        """What a network dissipates, with the slopes of its edges."""
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        return self._solving.on(network.topology).dissipation(weights)

    def _begin(self, topology: Topology) -> _Solving:
        loads, nodes = self.loads(topology.nodes), topology.nodes
        small = nodes <= DENSE_UP_TO and (self.whole_inverse or loads.shape[1] > FEW * nodes)
        small = small or (self.unit_loads and nodes <= UNIT_DENSE_UP_TO)
        dense = self.solver == "dense" or (self.solver == "auto" and small)
        pattern = topology.laplacian
        fronts = None
        if self.unit_loads and self.solver == "auto" and not self._pairs:
            fronts = sparse_fronts(pattern)
        elif self.unit_loads and self.solver == "factorised" and nodes > 1:
            fronts = LaplacianFronts(pattern)
        solvers = None if dense else LaplacianSolverFactory(kind=self.solver, pattern=pattern)
        return _Solving(pattern, solvers, loads, whole=self.whole_inverse, fronts=fronts)


class _Solving:
    """Laplacian systems one after the other on the same edges."""

    def __init__(
        self,
        pattern: LaplacianPattern,
        solvers: LaplacianSolverFactory | None,
        loads: sp.csc_array,
        *,
        whole: bool,
        fronts: LaplacianFronts | None,
    ) -> None:
        self._pattern = pattern
        self._solvers = solvers
        self._loads = loads
        self._whole = whole
        self._fronts = fronts

    @property
    def memory(self) -> tuple[str, int] | None:
        """What the choice of the next solver depends on; None where there is no choice."""
        return None if self._solvers is None else self._solvers.memory

    @memory.setter
    def memory(self, memory: tuple[str, int]) -> None:
        if self._solvers is not None:
            self._solvers.memory = memory

    def dissipation(self, weights: np.ndarray) -> Dissipation:
        """Of weights (E,)."""
        if self._fronts is not None and connected(self._pattern, weights):
            found = fronts_dissipation(self._fronts, self._pattern, weights)
            if found is not None:
                return found
        laplacian = joined(self._pattern.assemble(weights), weights, self._pattern, self._loads)
        if self._solvers is None:
            return dense_dissipation(laplacian, self._pattern, self._loads, whole=self._whole)
        return solved_dissipation(self._solvers(laplacian), self._pattern, self._loads)
