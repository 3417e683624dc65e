"""Total effective resistance: how far apart the nodes are for currents and random walks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import SOLVERS, LaplacianSolverFactory
from gradnet_cli.numerics.resistance import InverseTrace, dense_trace, solved_trace
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.objectives.base import Description, Evaluation, Objective
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

    Arguments:
        solver: of Laplacian systems, one of auto, dense, factorised, multigrid, conjugate_gradient; dense is
            a Cholesky factorisation, O(N^3), the others solve once a node
    """

    sense = "minimize"
    requires = ("undirected", "connected", "nonnegative", "budget")
    quantity = "total effective resistance"
    concave = True
    reciprocal = True
    monotone = True

    def __init__(self, *, solver: str) -> None:
        super().__init__()
        self.solver = choice(setting="objective.solver", value=solver, choices=SOLVERS)
        self.holds_dense = self.solver == "dense"
        self._edges: Tensor | None = None
        self._pattern: LaplacianPattern
        self._factory: LaplacianSolverFactory | None = None
        self._restored: tuple[str, int] | None = None

    def get_extra_state(self) -> dict[str, Any]:
        """What the choice of the next solver depends on."""
        return {"solver": None if self._factory is None else self._factory.memory}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Choose solvers as from there."""
        self._restored, self._edges = state["solver"], None

    def prepare(self, problem: Problem) -> None:
        """Refuse sizes at which an exact score is out of reach."""
        if problem.nodes > LARGEST:
            raise SettingError(
                setting="objective",
                value="effective_resistance",
                allowed=f"is for at most {LARGEST:,} nodes, and the mask has {problem.nodes:,}: an exact "
                "score takes a linear solve a node",
            )

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score R of weights (E,), or of each sample of (S, E)."""
        self._prepare(network)
        if network.weights.dim() == 1:
            return Evaluation(score=self._score(network.weights))
        samples = network.weights.flatten(end_dim=-2)
        scores = torch.stack([self._score(weights) for weights in samples])
        return Evaluation(score=scores.reshape(network.weights.shape[:-1]))

    def describe(self, network: Network) -> Description:
        """Mean resistance between two nodes, and from each node to the others; the price of each edge."""
        self._prepare(network)
        nodes = network.nodes
        inverse = self._inverse(network.weights)
        distances = (nodes * inverse.diagonal + inverse.trace) / (nodes - 1)
        return Description(
            metrics={"mean_resistance": 2 * inverse.trace / (nodes - 1)},
            node_data={"mean_resistance": distances},
            arrays={"edge_value": inverse.slopes / network.problem.cost},
        )

    def _score(self, weights: Tensor) -> Tensor:
        inverse = self._inverse(weights)
        nodes = self._pattern.nodes
        return with_gradient(weights, value=nodes * inverse.trace, slope=-nodes * inverse.slopes)

    def _inverse(self, weights: Tensor) -> InverseTrace:
        laplacian = self._pattern.assemble(weights.detach().to("cpu", torch.float64).numpy())
        if self._factory is None:
            return dense_trace(laplacian, self._pattern)
        return solved_trace(self._factory(laplacian), self._pattern)

    def _prepare(self, network: Network) -> None:
        if self._edges is network.edge_index:
            return
        self._edges = network.edge_index
        self._pattern = LaplacianPattern(edge_index=network.edge_index.cpu().numpy(), nodes=network.nodes)
        dense = self.solver == "dense" or (self.solver == "auto" and network.nodes <= DENSE_UP_TO)
        self._factory = None if dense else LaplacianSolverFactory(kind=self.solver, pattern=self._pattern)
        if self._factory is not None and self._restored is not None:
            self._factory.memory = self._restored
            self._restored = None
