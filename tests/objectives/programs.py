"""Optima of small problems by another program: CVXPY with an interior-point solver."""

from collections.abc import Sequence
from typing import Any

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn

NODES = 9
CLOSE = 1e-4  # relative: a little more than the gap that training is stopped at


def graph() -> nx.Graph:
    """A network without bridges, edges sorted."""
    drawn = nx.connected_watts_strogatz_graph(NODES, 4, 0.3, seed=4)
    sorted_graph = nx.empty_graph(NODES)
    sorted_graph.add_edges_from(sorted(tuple(sorted(edge)) for edge in drawn.edges))
    assert not list(nx.bridges(sorted_graph))
    return sorted_graph


EDGES = np.array(graph().edges).T
COUNT = EDGES.shape[1]
_INCIDENCE = nx.incidence_matrix(graph(), oriented=True).toarray()
_ONES = np.ones((NODES, NODES)) / NODES


def targets(count: int) -> np.ndarray:
    """Networks to be close to, (K, E), each of them on the budget of 1 a node."""
    drawn = np.random.default_rng(0).lognormal(size=(count, COUNT))
    return drawn * (NODES / 2 / drawn.sum(axis=1, keepdims=True))


class Program:
    """Weights w >= 0 whose sum over ordered pairs is N, and what can be wanted of them."""

    def __init__(self) -> None:
        self.weights = cp.Variable(COUNT, nonneg=True)
        self.constraints: list[cp.Constraint] = [2 * cp.sum(self.weights) == NODES]

    def connectivity(self, kept: Sequence[float] | np.ndarray | None = None) -> cp.Variable:
        """A number that is at most lambda_2 of w times `kept` (E,)."""
        least = cp.Variable()
        # The vector of ones has eigenvalue 0, which is lifted out of the way so that there is an interior.
        lifted = self._laplacian(kept) + 10 * _ONES
        self.constraints.append(lifted - least * np.eye(NODES) >> 0)
        return least

    def resistance(self, kept: Sequence[float] | np.ndarray | None = None) -> cp.Expression:
        """The total effective resistance of w times `kept` (E,)."""
        return NODES * (cp.tr_inv(self._laplacian(kept) + _ONES) - 1)

    def distance(self, target: np.ndarray) -> cp.Expression:
        """The squared distance to a network, over ordered pairs."""
        return 2 * cp.sum_squares(self.weights - target)

    def best(self, objective: cp.Maximize | cp.Minimize) -> float:
        """The optimum."""
        problem = cp.Problem(objective, self.constraints)
        problem.solve(solver="CLARABEL", tol_gap_rel=1e-7, tol_gap_abs=1e-7, tol_feas=1e-7)
        assert problem.status == "optimal"
        return float(problem.value)

    def _laplacian(self, kept: Sequence[float] | np.ndarray | None) -> cp.Expression:
        weights = self.weights if kept is None else cp.multiply(np.asarray(kept), self.weights)
        return _INCIDENCE @ cp.diag(weights) @ _INCIDENCE.T


def optimized(objective: Any, **settings: Any) -> gn.Result:
    """The best network of `graph` at a budget of 1 a node."""
    return gn.optimize(
        graph(), objective=objective, updates=600, stop={"gap": 3e-5}, progress="none", **settings
    )


def assert_proven(result: gn.Result, optimum: float) -> None:
    """The score is the optimum, and the bound beyond it, to within CLOSE; the optimum is known to 1e-7."""
    sign = 1 if result.sense == "maximize" else -1
    size = abs(optimum)
    assert result.bound is not None
    assert result.score == pytest.approx(optimum, rel=CLOSE)
    assert -1e-6 * size <= sign * (result.bound - optimum) <= CLOSE * size
