"""Networks that carry given flows, against what states, budgets and theory must be."""

import numpy as np
import pytest
from scipy.optimize import minimize

from gradnet_cli.numerics.locking.carried_flow import carrying_phases, carrying_weights
from gradnet_cli.numerics.locking.uniform_locking import best_order
from gradnet_cli.objectives.kuramoto_synchrony.pairs import first_couplings, first_network


def balance(pairs: np.ndarray, flow: np.ndarray, nodes: int) -> np.ndarray:
    return np.bincount(pairs[0], flow, nodes) - np.bincount(pairs[1], flow, nodes)


def along_edges(pairs: np.ndarray, nodes: int) -> np.ndarray:
    rows = np.arange(pairs.shape[1])
    matrix = np.zeros((pairs.shape[1], nodes))
    matrix[rows, pairs[0]], matrix[rows, pairs[1]] = 1.0, -1.0
    return matrix


def midpoints(nodes: int) -> np.ndarray:
    return (np.arange(nodes) + 0.5) / nodes * 2 - 1


@pytest.mark.parametrize("kind", ["midpoints", "normal", "cauchy", "bimodal"])
def test_first_couplings_route_the_frequencies(kind: str) -> None:
    rng = np.random.default_rng(3)
    drawn = {
        "midpoints": midpoints(60),
        "normal": rng.standard_normal(61),
        "cauchy": rng.standard_cauchy(40),
        "bimodal": np.concatenate([rng.normal(-1, 0.1, 30), rng.normal(1, 0.1, 25)]),
    }
    omega = drawn[kind]
    pairs, carried = first_couplings(omega)
    assert (carried > 0).all()
    assert len(np.unique(pairs, axis=1).T) == len(carried)
    missed = balance(pairs, carried, len(omega)) - (omega - omega.mean())
    assert np.abs(missed).max() < 1e-7 * np.abs(omega).sum()


@pytest.mark.parametrize("ratio", [0.6, 1.0, 4.0])
def test_uniform_frequencies_come_to_the_theory(ratio: float) -> None:
    omega = midpoints(2000)
    pairs, weights = first_network(omega, budget=ratio * len(omega) / 2)
    assert weights.sum() == pytest.approx(ratio * len(omega) / 2, rel=1e-8)
    phases = carrying_phases(
        pairs,
        first_couplings(omega)[1],
        np.ones(len(weights)),
        budget=ratio * len(omega) / 2,
        nodes=len(omega),
    )
    assert phases is not None
    flow = weights * np.sin(phases[pairs[0]] - phases[pairs[1]])
    assert balance(pairs, flow, len(omega)) == pytest.approx(omega, abs=1e-8)
    order = abs(np.exp(1j * phases).mean())
    assert 1 - order == pytest.approx(1 - best_order(ratio), rel=1e-4)


def test_a_small_program_is_solved_as_by_scipy() -> None:
    rng = np.random.default_rng(0)
    edges = np.array([[0, 1, 2, 3, 0], [1, 2, 3, 4, 4]])
    flow, cost, budget = np.array([1.0, -0.5, 0.3, 0.8, 0.2]), rng.uniform(0.5, 2.0, 5), 6.0
    phases = carrying_phases(edges, flow, cost, budget=budget, nodes=5)
    assert phases is not None
    paid = cost * np.abs(flow)
    along = along_edges(edges, 5) * np.sign(flow)[:, None]
    found = minimize(
        lambda theta: -np.cos(theta).sum(),
        along.T @ np.linalg.lstsq(along @ along.T, np.full(5, 0.3), rcond=None)[0],
        method="SLSQP",
        constraints=[
            {"type": "ineq", "fun": lambda theta: along @ theta - 1e-3},
            {"type": "ineq", "fun": lambda theta: np.pi / 2 - along @ theta},
            {"type": "ineq", "fun": lambda theta: budget - (paid / np.sin(along @ theta)).sum()},
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert np.cos(phases).sum() == pytest.approx(-found.fun, abs=1e-6)
    assert cost @ carrying_weights(edges, flow, phases) == pytest.approx(budget, rel=1e-8)


def test_a_budget_that_is_too_small_has_no_network() -> None:
    edges, flow, cost = np.array([[0], [1]]), np.array([1.0]), np.array([2.0])
    assert carrying_phases(edges, flow, cost, budget=2.0, nodes=2) is None
    assert carrying_phases(edges, 0 * flow, cost, budget=3.0, nodes=2) is None
    phases = carrying_phases(edges, flow, cost, budget=4.0, nodes=2)
    assert phases is not None
    assert phases[0] - phases[1] == pytest.approx(np.arcsin(0.5))
