"""Total effective resistance: how far apart the nodes are for currents and random walks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import SOLVERS, LaplacianSolverFactory
from gradnet_cli.numerics.pair_prices import PairPrices, SquaredDistances
from gradnet_cli.numerics.resistance import InverseTrace, dense_trace, solved_trace
from gradnet_cli.numerics.rooted_tree import RootedTree
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation, Optimum
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice

DENSE_UP_TO = 4096  # nodes; beyond, a solve a node is cheaper and needs less memory
LARGEST = 32768  # nodes; an exact trace takes a solve a node, and an estimate would prove nothing


class EffectiveResistance(Objective):
    """Minimise R = sum over pairs of R_ij = N tr(L^+), the Kirchhoff index of an undirected network with
    weights >= 0 (Ghosh, Boyd and Saberi 2008).

    R_ij is the resistance between i and j of a network of resistors with conductances w, and the commute time
    of a random walk in units of the total weight. R is convex in the weights, and 1/R is concave and
    homogeneous. With M = L^+ and g_e = -N norm(M (e_i - e_j))^2, the gradient,

        1/R(w') <= <-g, w'> / R^2 for every w' >= 0,

    which holds for any matrix M, however inexact, if R = N tr M: by Cauchy and Schwarz (tr M)^2 <=
    tr(M' L(w') M) tr(L(w')^+). So inexact inverses weaken the bound and never break it.

    Args:
        solver: of Laplacian systems, one of auto, dense, factorised, multigrid, conjugate_gradient; dense is
            a Cholesky factorisation, O(N^3), the others solve once a node
    """

    sense = "minimize"
    requires = ("undirected", "connected", "nonnegative", "budget")
    quantity = "total effective resistance"
    concave = True
    reciprocal = True
    monotone = "decreasing"

    def __init__(self, *, solver: str) -> None:
        super().__init__()
        self.solver = choice(setting="objective.solver", value=solver, choices=SOLVERS)
        self.holds_dense = self.solver == "dense"
        self._inverses = WarmStart(self._begin)
        self._matrix: np.ndarray | None = None

    def get_extra_state(self) -> dict[str, Any]:
        """What the choice of the next solver depends on."""
        return {"solver": self._inverses.memory}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Choose solvers as from there."""
        self._inverses.memory = state["solver"]

    def prepare(self, problem: Problem) -> None:
        """Refuse sizes at which an exact score is out of reach.

        Raises:
            SettingError: the mask has too many nodes
        """
        self._refuse_sizes(problem)
        if problem.nodes > LARGEST:
            raise SettingError(
                setting="objective",
                value="effective_resistance",
                allowed=f"is for at most {LARGEST:,} nodes, and the mask has {problem.nodes:,}: an exact "
                "score takes a linear solve a node",
            )

    @property
    def prices_pairs(self) -> bool:
        """A dense inverse gives a slope to any pair."""
        return self.solver in ("auto", "dense")

    def prices(self) -> PairPrices | None:
        """N norm(M (e_i - e_j))^2."""
        matrix = self._matrix
        return None if matrix is None else SquaredDistances(np.sqrt(len(matrix)) * matrix)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score R of weights (E,)."""
        nodes, inverse = network.nodes, self._inverse(network)
        if self.training and network.problem.mask.pairs is not None:
            self._matrix = inverse.matrix
        score = with_gradient(network.weights, value=nodes * inverse.trace, slope=-nodes * inverse.slopes)
        return Evaluation(score=score)

    def optimum(self, problem: Problem) -> Optimum | None:
        """That of trees: w_e proportional to sqrt(n_e (N - n_e) / cost_e), n_e nodes on one side of e.

        There R = sum n_e (N - n_e) / w_e, which Cauchy and Schwarz bound from below, with equality here.
        """
        if not (problem.simple and problem.edges == problem.nodes - 1):
            return None
        weights = np.sqrt(RootedTree.of(problem.edge_index).pairs_apart() / problem.cost)
        assert problem.edge_budget is not None
        return Optimum(weights=weights * (problem.edge_budget / float(problem.cost @ weights)))

    def _refuse_sizes(self, problem: Problem) -> None:
        if problem.mask.pairs is not None and problem.nodes > DENSE_UP_TO:
            raise SettingError(
                setting="edges",
                value="active",
                allowed=f"is for at most {DENSE_UP_TO:,} nodes with objective=effective_resistance, and the "
                f"mask has {problem.nodes:,}: slopes of all pairs need a dense inverse",
            )

    def describe(self, network: Network) -> Description:
        """Mean resistance between two nodes, and from each node to the others; the price of each edge."""
        nodes, inverse = network.nodes, self._inverse(network)
        distances = (nodes * inverse.diagonal + inverse.trace) / (nodes - 1)
        return Description(
            metrics={"mean_resistance": 2 * inverse.trace / (nodes - 1)},
            node_data={"mean_resistance": distances},
            arrays={"edge_value": inverse.slopes / network.problem.cost},
        )

    def _inverse(self, network: Network) -> InverseTrace:
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        return self._inverses.on(network.topology).trace(weights)

    def _begin(self, topology: Topology) -> _Inverses:
        dense = self.solver == "dense" or (self.solver == "auto" and topology.nodes <= DENSE_UP_TO)
        pattern = topology.laplacian
        solvers = None if dense else LaplacianSolverFactory(kind=self.solver, pattern=pattern)
        return _Inverses(pattern, solvers)


class _Inverses:
    """Inverses of one Laplacian after the other on the same edges."""

    def __init__(self, pattern: LaplacianPattern, solvers: LaplacianSolverFactory | None) -> None:
        self._pattern = pattern
        self._solvers = solvers

    @property
    def memory(self) -> tuple[str, int] | None:
        """What the choice of the next solver depends on; None where there is no choice."""
        return None if self._solvers is None else self._solvers.memory

    @memory.setter
    def memory(self, memory: tuple[str, int]) -> None:
        if self._solvers is not None:
            self._solvers.memory = memory

    def trace(self, weights: np.ndarray) -> InverseTrace:
        """Of weights (E,)."""
        laplacian = self._pattern.assemble(weights)
        if self._solvers is None:
            return dense_trace(laplacian, self._pattern)
        return solved_trace(self._solvers(laplacian), self._pattern)
