"""What coupled oscillators dissipate at least when they turn at one speed, over all networks of a problem.

Flows F on the edges route frequencies omega if what leaves node i exceeds what arrives by omega_i minus the
mean. Q = min over networks w and flows F of sum_e F_e^2 / w_e is a convex program. For any potentials y,

    sum_e F_e^2 / w_e >= 2 <omega, y> - sum_e w_e (y_i - y_j)^2

(Thomson's principle, for each w), hence Q >= 2 <omega, y> - h with h = max over feasible w of
sum_e w_e (y_i - y_j)^2, which has a closed form (FeasibleSet.support) whatever base network, signs, limits
and norm of the budget are, as long as no weight is negative. The best multiple of y gives

    Q >= <omega, y>^2 / h.

So potentials need not be exact for the bound to hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.flows.least_flow import least_flow
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers.base import grounding
from gradnet_cli.numerics.linear_solvers.factorised import FactorisedSolver
from gradnet_cli.objectives.kuramoto_synchrony.pairs import first_couplings
from gradnet_cli.problem import Problem

PROGRAM_UP_TO = 50_000  # edges of a linear program; beyond, potentials are approached
ROUNDS, ENOUGH = 200, 1e-4  # of the alternation: its relative gap
DENSE_NODES = 2000
LIGHT = 1e-12  # of the heaviest weight: what an edge keeps that the flow leaves
BISECTIONS = 100


def least_dissipation(problem: Problem, omega: np.ndarray) -> tuple[float, np.ndarray | None]:
    """A lower bound on Q for frequencies omega (N,), and feasible weights (E,) near to it.

    With K the budget of the edges stored, and W the least cost of a flow that routes omega, where sending
    along an edge costs sqrt(cost_e): without a base network and limits, Q = W^2 / K, for by Cauchy and
    Schwarz (sum sqrt(cost) |F|)^2 <= sum(F^2 / w) sum(cost w), an equality at w proportional to
    |F| / sqrt(cost). That is a linear program. Where all pairs cost the same W is half of sum(abs(omega)),
    and between two sides of a bipartite mask what cannot cross goes two steps. With a base network or limits
    the two minimisations over w and over F, each in closed form, are alternated.

    Args:
        omega: sums up to zero in every part of the mask

    Returns:
        weights are None where candidates are not listed, or nothing flows
    """
    pairs, budget = problem.mask.pairs, problem.edge_budget
    assert budget is not None
    if pairs is not None:
        return unlisted_cost(omega, left=pairs.left) ** 2 / budget, None
    if not omega.any():
        return 0.0, None
    feasible = FeasibleSet(problem)
    if problem.simple and all_pairs(problem):
        return _bound(feasible, omega, np.sign(omega)), of_flow(
            problem, matched(problem, omega, np.arange(problem.nodes))
        )
    if problem.simple and problem.edges <= PROGRAM_UP_TO:
        cheapest = least_flow(problem.edge_index, omega, np.sqrt(problem.cost))
        if cheapest is not None:
            return _bound(feasible, omega, cheapest.potentials), of_flow(problem, cheapest.flow)
    best, network = 0.0, None
    for weights, potentials, dissipated in _alternate(problem, omega):
        best, network = max(best, _bound(feasible, omega, potentials)), weights
        if best >= dissipated * (1 - ENOUGH):
            break
    return best, network


def critical_budget(problem: Problem, omega: np.ndarray) -> float | None:
    """The least budget over ordered pairs that any network needs to lock frequencies omega (N,).

    In a phase-locked state each edge carries F_e = w_e sin(theta_i - theta_j), so that w_e >= |F_e|: what
    networks cost is at least the least cost of a flow that routes omega, paying cost_e for what the base
    network does not carry. Without a base network and limits that suffices: a cheapest flow lies on a forest,
    where phases with a right angle along each edge are found for any flow, and any more budget locks it.

    Returns:
        infinity where no budget suffices; None where it is not known: too many edges, or p > 1
    """
    pairs = problem.mask.pairs
    if problem.budget.order != 1:
        return None
    if pairs is not None:
        return 2 * unlisted_cost(omega, left=pairs.left) if not pairs.by_distance else None
    if problem.simple and all_pairs(problem):
        return float(problem.cost[0] * np.abs(omega).sum())
    if problem.edges > PROGRAM_UP_TO:
        return None
    flow = least_flow(
        problem.edge_index,
        omega,
        problem.cost,
        free=problem.base + np.clip(0.0, problem.lower, problem.upper),
        most=problem.base + problem.upper,
    )
    return np.inf if flow is None else 2 * flow.cost


def unlisted_cost(omega: np.ndarray, *, left: int | None) -> float:
    """The least cost of a flow that routes omega between all pairs, or across two sides, at 1 an edge."""
    whole = float(np.abs(omega).sum()) / 2
    if left is None:
        return whole
    given = [float(side[side > 0].sum()) for side in (omega[:left], omega[left:])]
    taken = [float(-side[side < 0].sum()) for side in (omega[:left], omega[left:])]
    across = min(given[0], taken[1]) + min(given[1], taken[0])
    return across + 2 * (whole - across)


def all_pairs(problem: Problem) -> bool:
    """Whether all pairs of nodes are edges, at one price."""
    cost = problem.cost
    return problem.edges == problem.nodes * (problem.nodes - 1) // 2 and bool((cost == cost[0]).all())


def matched(problem: Problem, excess: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """A flow (E,) on all pairs that routes excess (n,) of nodes (n,) and sends each unit along one edge."""
    source, target = problem.edge_index
    (first, second), carried = first_couplings(excess)
    first, second = nodes[first], nodes[second]
    pairs = np.minimum(source, target) * problem.nodes + np.maximum(source, target)
    order = np.argsort(pairs)
    wanted = np.minimum(first, second) * problem.nodes + np.maximum(first, second)
    flow = np.zeros(problem.edges)
    np.add.at(flow, order[np.searchsorted(pairs, wanted, sorter=order)], carried)
    return flow


def of_flow(problem: Problem, flow: np.ndarray) -> np.ndarray:
    """Weights (E,) in proportion to abs(F_e) / sqrt(cost_e) that spend the budget."""
    weights = np.abs(flow) / np.sqrt(problem.cost)
    assert problem.budget_total is not None
    scaled: np.ndarray = weights * (problem.budget_total / problem.spent(weights))
    return scaled


def _bound(feasible: FeasibleSet, omega: np.ndarray, potentials: np.ndarray) -> float:
    source, target = feasible.problem.edge_index
    slope = (potentials[source] - potentials[target]) ** 2
    most = float(slope @ feasible.problem.base) + feasible.support(slope)
    routed = float(omega @ potentials)
    return routed**2 / most if most > 0 and np.isfinite(most) else 0.0


def _alternate(problem: Problem, omega: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """Ever better networks (E,), their potentials (N,), and what they dissipate."""
    pattern = LaplacianPattern(edge_index=problem.edge_index, nodes=problem.nodes)
    source, target = problem.edge_index
    weights = _afforded(problem, np.ones(problem.edges))
    for _ in range(ROUNDS):
        held = np.maximum(weights, LIGHT * weights.max())
        laplacian = pattern.assemble(held)
        if problem.nodes <= DENSE_NODES:
            matrix = laplacian.toarray() + np.diag(grounding(laplacian.diagonal()))
            potentials = np.linalg.solve(matrix, omega)
        else:
            potentials = FactorisedSolver(laplacian).solve(omega[:, None])[:, 0]
        yield weights, potentials, float(omega @ potentials)
        weights = _afforded(problem, held * np.abs(potentials[source] - potentials[target]))


def _afforded(problem: Problem, flow: np.ndarray) -> np.ndarray:
    """The weights (E,) that minimise sum(F^2 / w) within budget and limits, for a flow F (E,).

    w^(p + 1) = F^2 / (price cost^p) within its limits, at the price at which the budget is spent. That is
    exact for p = 1, and for p > 1 without a base network; beside one it comes near.
    """
    p, budget = float(problem.budget.order), problem.edge_budget
    assert budget is not None
    least = problem.base + np.clip(0.0, problem.lower, problem.upper)
    most = problem.base + problem.upper
    wanted = (flow**2 / problem.cost**p) ** (1 / (p + 1))
    top = float(wanted.max()) or 1.0

    def at(size: float) -> np.ndarray:
        weights: np.ndarray = np.clip(size * wanted / top, least, most)
        return weights

    def spent(weights: np.ndarray) -> float:
        return float(np.linalg.norm(problem.cost * (weights - problem.base), p))

    low, high = 0.0, 1.0
    while spent(at(high)) < budget and high < 1e200:
        high *= 4.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if spent(at(middle)) <= budget else (low, middle)
    return at(low)
