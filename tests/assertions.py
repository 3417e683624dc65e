"""What holds of every trained network, whatever it was trained for: budget, signs, mask and symmetry."""

from pathlib import Path

import numpy as np
import scipy.sparse as sp

from gradnet_cli.problem import Problem
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.result import Result

ROUNDING = 1e-9  # relative; promised of every update in float64
SINGLE_ROUNDING = 1e-5  # the same in float32, whose sums over some hundred edges carry 1e-6


def assert_feasible(problem: Problem, delta: np.ndarray, *, tolerance: float = ROUNDING) -> None:
    """delta (E,) keeps to signs, limits and budget, relative to the budget or to the base network."""
    delta = np.asarray(delta, dtype=np.float64)
    assert delta.shape == (problem.edges,)
    assert np.isfinite(delta).all()
    scale = problem.edge_budget / problem.cost.min() if problem.edge_budget else np.abs(problem.base).max()
    assert (delta >= problem.lower - tolerance * scale).all()
    assert (delta <= problem.upper + tolerance * scale).all()
    if problem.strengths is not None:
        assert problem.strengths.excess(problem.base + delta) <= max(tolerance, 1e-9)
    if problem.budget_total is None:
        return
    spent = problem.spent(delta)
    assert spent <= problem.budget_total * (1 + tolerance)
    if problem.budget.rule == "exact":
        assert spent >= problem.budget_total * (1 - tolerance)


def assert_written(result: Result, directory: Path, *, tolerance: float = ROUNDING) -> None:
    """The network on disk is the result, and it is feasible, on the mask, and symmetric unless directed."""
    problem = result.problem
    np.testing.assert_array_equal(read_edges(directory / "edges.csv", problem), result.weights)
    assert_feasible(problem, result.weights - problem.base, tolerance=tolerance)
    if problem.signs.result == "nonnegative":
        assert (result.weights >= 0).all()
    matrix = sp.coo_array(sp.load_npz(directory / "network.npz"))
    allowed = set(zip(*problem.edge_index.tolist(), strict=True))
    if not problem.directed:
        allowed |= {(j, i) for i, j in allowed}
        assert (matrix != matrix.T).nnz == 0
    assert set(zip(matrix.row.tolist(), matrix.col.tolist(), strict=True)) <= allowed


def assert_found(result: Result, *, tolerance: float = ROUNDING) -> None:
    """The network of a result is feasible, on the mask, and the same in every form that it is handed out."""
    problem, weights = result.problem, result.weights
    assert_feasible(problem, weights - problem.base, tolerance=tolerance)
    if problem.signs.result == "nonnegative":
        assert (weights >= 0).all()
    matrix = result.to_scipy()
    assert matrix.shape == (problem.nodes, problem.nodes)
    if not problem.directed:
        assert (matrix != matrix.T).nnz == 0
    source, target = problem.edge_index
    np.testing.assert_array_equal(np.asarray(matrix[source, target]).ravel(), weights)
    assert matrix.nnz == (1 if problem.directed else 2) * np.count_nonzero(weights)
    graph = result.graph()
    assert graph.is_directed() == problem.directed
    assert len(graph) == problem.nodes
    names = list(graph)
    for i, j, weight, cost in zip(source, target, weights, problem.cost, strict=True):
        assert graph.has_edge(names[i], names[j]) == (weight != 0)
        if weight:
            assert graph[names[i]][names[j]]["weight"] == weight
            assert graph[names[i]][names[j]]["cost"] == cost
    assert graph.number_of_edges() == np.count_nonzero(weights)
    if result.bound is not None:
        better = result.bound - result.score if result.sense == "maximize" else result.score - result.bound
        assert better >= -1e-9 * abs(result.bound)
