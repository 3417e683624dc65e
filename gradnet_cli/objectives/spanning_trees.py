"""Spanning trees: how many ways there are to connect all nodes, a measure of reliability."""

from __future__ import annotations

import numpy as np
import torch

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.pairs.pair_prices import PairPrices, SquaredDistances
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.numerics.trees.tree_count import TreeCount, TreeCounter
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation, Optimum
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice

SOLVERS = ("auto", "dense", "factorised")
DENSE_UP_TO = 4096  # nodes, where slopes of all pairs are asked for


class SpanningTrees(Objective):
    """Maximise log tau, tau = sum over spanning trees of the product of their weights.

    The network is undirected, with weights >= 0, and tau = det(L + 11'/N) / N (Kirchhoff 1847). This is
    D-optimal design (Kiefer and Wolfowitz 1960); a network with many spanning trees is the most reliable one
    when edges begin to fail (Kelmans 1965). The logarithm is concave, with the effective resistance R_e for
    the slope, and as sum_e w_e R_e = N - 1,

        log tau(w') <= log tau(w) + (N - 1) log(<R, w'> / (N - 1)) for every w' >= 0.

    A network in parts has no spanning tree, and the score -inf.

    Args:
        solver: auto, dense (O(N^3)) or factorised (sparse, of the inverse only what lies on edges)
    """

    sense = "maximize"
    requires = ("undirected", "connected", "nonnegative", "budget")
    quantity = "log of the weighted number of spanning trees"
    concave = True
    monotone = "increasing"
    power = 1.0

    def __init__(self, *, solver: str) -> None:
        super().__init__()
        self.solver = choice(setting="objective.solver", value=solver, choices=SOLVERS)
        self.holds_dense = self.solver == "dense"
        self._counters = WarmStart(self._begin)
        self._embedding: np.ndarray | None = None

    def prepare(self, problem: Problem) -> None:
        """Take down the number of nodes, and refuse sizes at which no slope of all pairs can be told.

        Raises:
            SettingError: edges=active with too many nodes
        """
        self.logarithmic = problem.nodes - 1.0
        if problem.mask.pairs is not None and problem.nodes > DENSE_UP_TO:
            raise SettingError(
                setting="edges",
                value="active",
                allowed=f"is for at most {DENSE_UP_TO:,} nodes with objective=spanning_trees, and the mask "
                f"has {problem.nodes:,}: slopes of all pairs need a dense inverse",
            )

    @property
    def prices_pairs(self) -> bool:
        """A dense inverse gives a slope to any pair."""
        return self.solver in ("auto", "dense")

    def prices(self) -> PairPrices | None:
        """R_ij."""
        return None if self._embedding is None else SquaredDistances(self._embedding)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score log tau of weights (E,).

        Raises:
            NumericalError: in training, a network without a spanning tree, from which no gradient leads
        """
        embedded = self.training and network.problem.mask.pairs is not None
        count = self._count(network, embedded=embedded)
        if self.training and count.logarithm == -np.inf:
            raise NumericalError(
                f"the network of update {step} has no spanning tree: it has come apart, and the score is -inf"
            )
        self._embedding = count.embedding
        score = with_gradient(network.weights, value=count.logarithm, slope=count.resistances)
        return Evaluation(score=score)

    def optimum(self, problem: Problem) -> Optimum | None:
        """On a tree the same money for each edge, and, where all pairs cost the same, the same weight.

        The first is the inequality of arithmetic and geometric means; the second follows from symmetry.
        """
        if not problem.simple:
            return None
        nodes, cost = problem.nodes, problem.cost
        complete = problem.edges == nodes * (nodes - 1) // 2 and bool((cost == cost[0]).all())
        if not (complete or problem.edges == nodes - 1):
            return None
        assert problem.edge_budget is not None
        return Optimum(weights=problem.edge_budget / (problem.edges * cost))

    def describe(self, network: Network) -> Description:
        """Tell the mean eigenvalue, and the price and the use of each edge.

        A random spanning tree, drawn by the product of its weights, has the edge e with probability w_e R_e
        (Kirchhoff 1847). At the optimum that is what the edge is paid, beside B / (N - 1).
        """
        count = self._count(network)
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        metrics, arrays = {}, {}
        if np.isfinite(count.logarithm):
            mean = np.exp((count.logarithm + np.log(network.nodes)) / max(network.nodes - 1, 1))
            metrics = {"geometric_mean_eigenvalue": float(mean)}
            arrays = {
                "edge_value": count.resistances / network.problem.cost,
                "tree_probability": weights * count.resistances,
            }
        return Description(metrics=metrics, arrays=arrays)

    def _count(self, network: Network, *, embedded: bool = False) -> TreeCount:
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        counter = self._counters.on(network.topology)
        if embedded and not counter.dense:
            counter = TreeCounter(network.topology.laplacian, dense=True)
        return counter.count(weights, embedded=embedded)

    def _begin(self, topology: Topology) -> TreeCounter:
        dense = {"auto": None, "dense": True, "factorised": False}[self.solver]
        return TreeCounter(topology.laplacian, dense=dense)
