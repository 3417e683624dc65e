"""The largest algebraic connectivity by a semidefinite program: an outside truth for small networks."""

import cvxpy
import numpy as np

from gradnet_cli.problem import Problem


def largest_connectivity(problem: Problem) -> float:
    """Maximise t subject to L(A0 + delta) >= t on the complement of 1, delta feasible, p = 1 (Boyd 2006)."""
    nodes, edges = problem.nodes, problem.edges
    source, target = problem.edge_index
    incidence = np.zeros((nodes, edges))
    incidence[source, np.arange(edges)] = 1.0
    incidence[target, np.arange(edges)] = -1.0
    delta, level = cvxpy.Variable(edges), cvxpy.Variable()
    weights = problem.base + delta
    # Within the space orthogonal to the vector of ones, for a null vector would leave no interior point.
    basis = np.linalg.svd(np.eye(nodes) - 1 / nodes)[0][:, :-1]
    reduced = basis.T @ incidence
    rules = [reduced @ cvxpy.diag(weights) @ reduced.T - level * np.eye(nodes - 1) >> 0]
    lower, upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    rules += [delta[lower] >= problem.lower[lower]] if lower.any() else []
    rules += [delta[upper] <= problem.upper[upper]] if upper.any() else []
    # Spending less is never better, so that the convex rule serves an exact budget too.
    rules += [problem.cost @ cvxpy.abs(delta) <= problem.edge_budget]
    program = cvxpy.Problem(cvxpy.Maximize(level), rules)
    program.solve(solver="CLARABEL")
    assert program.status == "optimal"
    return float(level.value)
