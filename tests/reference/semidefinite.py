"""The best networks by convex programs of CVXPY: an outside truth for small problems."""

import warnings

import cvxpy
import numpy as np

from gradnet_cli.problem import Problem


def largest_connectivity(problem: Problem) -> float:
    """Maximise t subject to L(A0 + delta) >= t on the complement of 1, delta feasible, p = 1 (Boyd 2006)."""
    delta, level = cvxpy.Variable(problem.edges), cvxpy.Variable()
    reduced = _reduced_laplacian(problem, delta)
    rules = [reduced - level * np.eye(problem.nodes - 1) >> 0]
    # Spending less is never better, so that the convex rule serves an exact budget too.
    program = cvxpy.Problem(cvxpy.Maximize(level), rules + _feasible(problem, delta, exact=False))
    return _solved(program)


def smallest_resistance(problem: Problem) -> float:
    """Minimise N trace(L^+) (Ghosh, Boyd and Saberi 2008), delta feasible, p = 1."""
    delta = cvxpy.Variable(problem.edges)
    total = problem.nodes * cvxpy.tr_inv(_reduced_laplacian(problem, delta))
    return _solved(cvxpy.Problem(cvxpy.Minimize(total), _feasible(problem, delta, exact=False)))


def smallest_radius(problem: Problem) -> float:
    """Minimise the largest eigenvalue of A0 + delta, delta feasible with changes of one sign, p = 1."""
    delta = cvxpy.Variable(problem.edges)
    nodes, (source, target) = problem.nodes, problem.edge_index
    places = np.zeros((nodes * nodes, problem.edges))
    places[source * nodes + target, np.arange(problem.edges)] = 1.0
    places[target * nodes + source, np.arange(problem.edges)] = 1.0
    adjacency = cvxpy.reshape(places @ (problem.base + delta), (nodes, nodes), order="C")
    rules = _feasible(problem, delta, exact=problem.budget.rule == "exact")
    return _solved(cvxpy.Problem(cvxpy.Minimize(cvxpy.lambda_max(adjacency)), rules))


def smallest_eigenratio(problem: Problem) -> float:
    """Minimise t subject to 1 <= L(u) <= t on the complement of 1, u = s (A0 + delta), s >= 0, p = 1.

    Any scale s is allowed, so that the ratio of eigenvalues is the largest (Charnes and Cooper 1962).
    """
    change, scale, level = cvxpy.Variable(problem.edges), cvxpy.Variable(nonneg=True), cvxpy.Variable()
    weights = scale * problem.base + change
    reduced, one = _reduced(problem), np.eye(problem.nodes - 1)
    laplacian = reduced @ cvxpy.diag(weights) @ reduced.T
    rules = [laplacian - one >> 0, level * one - laplacian >> 0]
    lower, upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    rules += [change[lower] >= scale * problem.lower[lower]] if lower.any() else []
    rules += [change[upper] <= scale * problem.upper[upper]] if upper.any() else []
    source, target = problem.edge_index
    strength = problem.room.strength
    for node in np.flatnonzero(np.isfinite(strength)):
        rules.append(cvxpy.sum(weights[(source == node) | (target == node)]) <= scale * strength[node])
    if problem.budget.rule == "exact" and (problem.lower >= 0).all():
        rules.append(problem.cost @ change == scale * problem.edge_budget)
    else:
        rules.append(problem.cost @ cvxpy.abs(change) <= scale * problem.edge_budget)
    return _solved(cvxpy.Problem(cvxpy.Minimize(level), rules))


BEST = {
    "algebraic_connectivity": largest_connectivity,
    "effective_resistance": smallest_resistance,
    "spectral_radius": smallest_radius,
    "mixing_rate": smallest_eigenratio,
}


def _reduced_laplacian(problem: Problem, delta: cvxpy.Variable) -> cvxpy.Expression:
    """The Laplacian in the space orthogonal to ones: a null vector would leave no interior point."""
    reduced = _reduced(problem)
    return reduced @ cvxpy.diag(problem.base + delta) @ reduced.T


def _reduced(problem: Problem) -> np.ndarray:
    """The incidence matrix (N - 1, E), in an orthonormal basis of that space."""
    nodes, edges = problem.nodes, problem.edges
    source, target = problem.edge_index
    incidence = np.zeros((nodes, edges))
    incidence[source, np.arange(edges)] = 1.0
    incidence[target, np.arange(edges)] = -1.0
    reduced: np.ndarray = np.linalg.svd(np.eye(nodes) - 1 / nodes)[0][:, :-1].T @ incidence
    return reduced


def _feasible(problem: Problem, delta: cvxpy.Variable, *, exact: bool) -> list[cvxpy.Constraint]:
    lower, upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    rules = [delta[lower] >= problem.lower[lower]] if lower.any() else []
    rules += [delta[upper] <= problem.upper[upper]] if upper.any() else []
    source, target = problem.edge_index
    strength = problem.room.strength
    for node in np.flatnonzero(np.isfinite(strength)):
        at = (source == node) | (target == node)
        rules.append(cvxpy.sum((problem.base + delta)[at]) <= strength[node])
    if problem.budget_total is None:
        return rules
    paid = problem.cost @ (delta if (problem.lower >= 0).all() else cvxpy.abs(delta))
    if exact and (problem.upper <= 0).all():
        paid = problem.cost @ -delta
    return [*rules, paid == problem.edge_budget if exact else paid <= problem.edge_budget]


def _solved(program: cvxpy.Problem) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is not all of the digits asked for
        program.solve(solver="CLARABEL", tol_gap_abs=1e-9, tol_gap_rel=1e-9)
    assert program.status in ("optimal", "optimal_inaccurate")
    return float(program.value)
