"""Least squares in edge weights against SciPy's solver of dense problems, with the budget as a heavy row."""

import numpy as np
import pytest
from scipy.optimize import nnls

from gradnet_cli.numerics.convex.edge_least_squares import EdgeLeastSquares

HEAVY = 1e5  # of the row that holds the budget; it leaves an error of its inverse square in the misfit


def sample(
    seed: int, *, rows: int, nodes: int = 8
) -> tuple[EdgeLeastSquares, np.ndarray, np.ndarray, np.ndarray]:
    """A random problem, and the same as a dense matrix (N M, E) and a vector, with costs."""
    generator = np.random.default_rng(seed)
    i, j = np.triu_indices(nodes, 1)
    slopes, targets = generator.normal(size=(len(i), rows)), generator.normal(size=(nodes, rows))
    matrix = np.zeros((nodes, rows, len(i)))
    matrix[i, :, range(len(i))] = slopes
    matrix[j, :, range(len(i))] -= slopes
    problem = EdgeLeastSquares(slopes=slopes, targets=targets, edge_index=np.stack([i, j]))
    return problem, matrix.reshape(-1, len(i)), targets.ravel(), generator.uniform(0.5, 2.0, len(i))


@pytest.mark.parametrize("seed", range(12))
def test_solution_without_a_budget(seed: int) -> None:
    problem, matrix, target, cost = sample(seed, rows=1 + seed)
    weights = problem.solve(cost=cost, total=None)
    _, misfit = nnls(matrix, target)
    assert (weights >= 0).all()
    assert np.linalg.norm(matrix @ weights - target) == pytest.approx(misfit, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_solution_on_a_budget(seed: int) -> None:
    problem, matrix, target, cost = sample(seed, rows=1 + seed)
    weights = problem.solve(cost=cost, total=3.0)
    expected, _ = nnls(np.vstack([matrix, HEAVY * cost]), np.append(target, HEAVY * 3.0))
    assert (weights >= 0).all()
    assert cost @ weights == pytest.approx(3.0, rel=1e-12)
    misfit = np.linalg.norm(matrix @ expected - target)
    assert np.linalg.norm(matrix @ weights - target) == pytest.approx(misfit, rel=1e-8)


@pytest.mark.parametrize("total", [None, 3.0])
def test_any_start_leads_to_the_same_solution(total: float | None) -> None:
    problem, _, _, cost = sample(3, rows=12)
    cold = problem.solve(cost=cost, total=total)
    for start in (cold > 0, np.ones(len(cost), dtype=bool), np.arange(len(cost)) % 2 == 0):
        np.testing.assert_allclose(problem.solve(cost=cost, total=total, start=start), cold, atol=1e-9)


def test_columns_and_correlation_are_those_of_the_matrix() -> None:
    problem, matrix, target, _ = sample(0, rows=5)
    some = np.array([3, 0, 20])
    np.testing.assert_allclose(problem.columns(some), matrix.T @ matrix[:, some], atol=1e-12)
    np.testing.assert_allclose(problem.correlation(), matrix.T @ target, atol=1e-12)


def test_targets_that_no_edge_helps_leave_nothing_or_the_budget() -> None:
    problem, _, _, cost = sample(1, rows=10)
    nothing = EdgeLeastSquares(
        slopes=problem._slopes, targets=np.zeros((8, 10)), edge_index=np.stack(np.triu_indices(8, 1))
    )
    assert not nothing.solve(cost=cost, total=None).any()
    assert cost @ nothing.solve(cost=cost, total=1.0) == pytest.approx(1.0)
