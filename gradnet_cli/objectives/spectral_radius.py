"""Spectral radius: how easily an epidemic takes hold, and how strongly a linear system excites itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.graphs import adjacency, strengths
from gradnet_cli.numerics.pairs.pair_prices import PairPrices, Products
from gradnet_cli.numerics.spectra.perron import largest_eigenpair
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import number

FINAL_TOLERANCE = 1e-7  # relative residual outside training; the eigenvalue's error is never larger


class SpectralRadius(Objective):
    """Minimise lambda_max(A), the largest eigenvalue of an undirected network with weights >= 0.

    Its inverse is the infection rate beyond which an epidemic of susceptible and infected nodes persists
    (Wang, Chakrabarti, Wang and Faloutsos 2003). lambda_max = max of y' A y over unit vectors y is convex and
    homogeneous in the weights, and every unit vector y gives a bound,

        lambda_max(w') >= <g, w'> for every w' >= 0,  g_e = 2 y_i y_j.

    The eigenvector of lambda_max is a poor y next to the optimum: there the network falls into parts with
    equal eigenvalues, and the eigenvector of one part says nothing of the others. But the best y is known. At
    the optimum the prices of used edges are c_e = lambda g_e / K, so that A y = lambda y says that y_i^2 is
    the share of the budget spent at node i. In training mode, and where all weights are bought, y is that
    vector: y_i^2 = sum_j c_ij w_ij / 2K. Then multiplicative updates of power 1, w_e <- w_e c_e / g_e, are
    exponentiated gradient ascent, at a step that never overshoots, of the concave function

        D(m) = sum_e m_e log c_e^2 - sum_i s_i log s_i,  m_e = c_e w_e, s_i = sum of m over the edges at i,

    whose maximum over networks within the budget is the dual problem, the geometric program that minimises
    sum_i y_i^2 subject to 2 y_i y_j >= c_e. Elsewhere y is the eigenvector and g the gradient.

    Args:
        tolerance: relative residual of the eigenvector while training; outside training it is 1e-7

    Metrics: residual (of the eigenvector).
    """

    sense = "minimize"
    requires = ("undirected", "nonnegative", "budget")
    batched = True
    quantity = "spectral radius"
    concave = True
    homogeneous = True
    monotone = "increasing"
    power = 1.0

    def __init__(self, *, tolerance: float) -> None:
        super().__init__()
        self.tolerance = number(setting="objective.tolerance", value=tolerance, above=0, maximum=1)
        self._guess = WarmStart(_Guess.uniform, of_nodes=lambda vector: vector)
        self._vector: np.ndarray | None = None
        self._bought = False

    def get_extra_state(self) -> dict[str, Any]:
        """The warm start."""
        return {"vector": self._guess.memory}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Begin with this warm start."""
        self._guess.memory = state["vector"]

    def prepare(self, problem: Problem) -> None:
        """Refuse budgets that need not be spent: the empty network would be the best.

        Raises:
            SettingError: the budget is such a one
        """
        self._bought = not problem.base.any() and problem.budget.order == 1
        if problem.budget_total is not None and problem.budget.rule == "at_most" and not problem.base.any():
            raise SettingError(
                setting="budget.rule",
                value="at_most",
                allowed="must be exact: of all networks the empty one has the smallest spectral radius",
            )

    @property
    def prices_pairs(self) -> bool:
        """The eigenvector gives a slope to any pair."""
        return True

    def prices(self) -> PairPrices | None:
        """-2 y_i y_j."""
        if self._vector is None:
            return None
        column = self._vector[:, None]
        return Products(-2.0 * column, column)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score lambda_max of weights (E,), or of each sample of (S, E)."""
        if network.weights.dim() == 1:
            score, residual = self._evaluate(network, network.weights, bought=self._bought)
            rough = residual > (self.tolerance if self.training else 10 * FINAL_TOLERANCE)
            error = residual * abs(float(score.detach())) if rough else None
            return Evaluation(score=score, metrics={"residual": residual}, error=error)
        samples = [
            self._evaluate(network, weights, bought=False) for weights in network.weights.flatten(end_dim=-2)
        ]
        score = torch.stack([score for score, _ in samples]).reshape(network.weights.shape[:-1])
        return Evaluation(score=score, metrics={"residual": max(residual for _, residual in samples)})

    def describe(self, network: Network) -> Description:
        """The epidemic threshold, each node's share of the eigenvector, and the dual value of each edge."""
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        source, target = edge_index = network.topology.array
        matrix = adjacency(edge_index, weights, nodes=network.nodes)
        pair = largest_eigenpair(matrix, guess=np.ones(network.nodes), tolerance=FINAL_TOLERANCE)
        vector = self._bought_vector(network, weights) if self._bought else np.abs(pair.vector)
        return Description(
            metrics={"epidemic_threshold": 1 / pair.value} if pair.value > 0 else {},
            node_data={"spreading": np.abs(pair.vector)},
            arrays={"edge_value": 2 * vector[source] * vector[target] / network.problem.cost},
        )

    def _evaluate(self, network: Network, weights: Tensor, *, bought: bool) -> tuple[Tensor, float]:
        values = weights.detach().to("cpu", torch.float64).numpy()
        source, target = edge_index = network.topology.array
        matrix = adjacency(edge_index, values, nodes=network.nodes)
        guess = self._guess.on(network.topology)
        tolerance = self.tolerance if self.training else FINAL_TOLERANCE
        pair = largest_eigenpair(matrix, guess=guess.memory, tolerance=tolerance)
        vector = np.abs(pair.vector)
        # A little of everywhere, lest a part that the eigenvector has left is lost from the warm start.
        guess.memory = vector + 1e-3 * network.nodes**-0.5
        if self.training and bought:
            vector = self._bought_vector(network, values)
        if self.training:
            self._vector = vector
        slope = 2 * vector[source] * vector[target]
        return with_gradient(weights, value=pair.value, slope=slope), pair.residual

    @staticmethod
    def _bought_vector(network: Network, weights: np.ndarray) -> np.ndarray:
        """The unit vector y (N,) whose squares are what is spent at each node."""
        spent = strengths(network.topology.array, network.problem.cost * weights, nodes=network.nodes)
        total = float(spent.sum())
        return np.sqrt(spent / total) if total > 0 else np.full(network.nodes, network.nodes**-0.5)


@dataclass
class _Guess:
    """Where the search for the eigenvector begins: `memory` (N,)."""

    memory: np.ndarray

    @classmethod
    def uniform(cls, topology: Topology) -> _Guess:
        """The same entry at every node."""
        return cls(np.full(topology.nodes, topology.nodes**-0.5))
