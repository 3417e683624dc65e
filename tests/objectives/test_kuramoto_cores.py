"""Networks of which a core of the oscillators locks, judged by SciPy's integrators."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from gradnet_cli.objectives import build_objective
from gradnet_cli.objectives.kuramoto_synchrony import cores as module
from gradnet_cli.objectives.kuramoto_synchrony.cores import cores
from gradnet_cli.objectives.kuramoto_synchrony.dissipation import critical_budget
from gradnet_cli.problem import Problem
from tests.runs import composed, problem_of, settings_of

FREQUENCIES = "objective.frequencies=normal"
HORIZON = 60.0
STEADY = (
    "objective=kuramoto_synchrony",
    "objective.measure=steady",
    f"objective.horizon={HORIZON}",
    FREQUENCIES,
)
GRID = ("mask=grid", "rows=4")
COMPLETE = ("mask=complete", "nodes=12")


def prepared(*overrides: str, share: float):
    """A problem whose budget is a share of the least with which all lock, its objective and frequencies."""
    settings = settings_of(composed(*STEADY, *overrides))
    problem = problem_of(composed(*STEADY, *overrides))
    objective = build_objective(settings.objective, seed=settings.seed)
    objective.prepare(problem)
    omega = objective.oscillators.frequencies[:, 0]
    omega = omega - omega.mean()
    least = critical_budget(problem, omega)
    assert least is not None
    budget = {"kind": "total", "value": share * least}
    problem = Problem.build(mask=problem.mask, budget=budget, signs=problem.signs)
    objective.limit(problem)
    return problem, objective, omega


def course(problem: Problem, omega: np.ndarray, weights: np.ndarray, *, times: np.ndarray) -> np.ndarray:
    """Phases (N, T) from equal ones on."""
    adjacency = np.zeros((problem.nodes, problem.nodes))
    adjacency[tuple(problem.edge_index)] = weights
    adjacency += adjacency.T

    def speed(_: float, phases: np.ndarray) -> np.ndarray:
        pull: np.ndarray = omega + (adjacency * np.sin(phases[None, :] - phases[:, None])).sum(axis=1)
        return pull

    found = solve_ivp(
        speed, (0, times[-1]), np.zeros(problem.nodes), t_eval=times, method="LSODA", rtol=1e-8, atol=1e-8
    )
    phases: np.ndarray = found.y
    return phases


def order(phases: np.ndarray) -> float:
    return float(np.abs(np.exp(1j * phases).mean(axis=0)).mean())


@pytest.mark.parametrize("mask", [GRID, COMPLETE])
@pytest.mark.parametrize("share", [0.4, 0.9, 1.1])
def test_a_core_has_a_locked_state(mask: tuple[str, ...], share: float) -> None:
    """Its edges carry what its nodes differ by in frequency, none more than its weight, within the budget."""
    problem, _, omega = prepared(*mask, share=share)
    found = cores(problem, omega)
    assert found
    for core in found:
        assert problem.allows(core.weights)
        assert problem.spent(core.weights) == pytest.approx(problem.budget_total, rel=1e-9)
        used = np.flatnonzero(core.weights)
        nodes = np.unique(problem.edge_index[:, used])
        assert np.isin(nodes, core.nodes).all()
        incidence = np.zeros((problem.nodes, len(used)))
        incidence[problem.edge_index[:, used], np.arange(len(used))] = [[1.0], [-1.0]]
        excess = np.where(np.isin(np.arange(problem.nodes), nodes), omega - omega[nodes].mean(), 0.0)
        # The flow that dissipates least: sum(F^2 / w) with what leaves each node given.
        laplacian = incidence * core.weights[used] @ incidence.T
        potentials = np.linalg.lstsq(laplacian, excess, rcond=None)[0]
        flow = core.weights[used] * (incidence.T @ potentials)
        assert incidence @ flow == pytest.approx(excess, abs=1e-8 * np.abs(omega).max())
        assert (np.abs(flow) < core.weights[used]).all()


@pytest.mark.parametrize("mask", [GRID, COMPLETE])
def test_the_start_is_better_than_uniform_weights(mask: tuple[str, ...]) -> None:
    """At every budget about the least one, and the better the more there is to spend."""
    times = np.linspace(HORIZON / 2, HORIZON, 100)
    orders = []
    for share in (0.5, 0.9, 1.05, 1.3):
        problem, objective, omega = prepared(*mask, share=share)
        uniform = np.full(problem.edges, 1.0)
        uniform *= problem.budget_total / problem.spent(uniform)
        start = objective.start(problem, uniform)
        assert start is not None
        assert problem.allows(start)
        ours, theirs = (order(course(problem, omega, weights, times=times)) for weights in (start, uniform))
        assert ours > theirs
        orders.append(ours)
    assert orders == sorted(orders)


def test_with_much_to_spend_all_nodes_lock() -> None:
    problem, objective, omega = prepared(*GRID, share=10.0)
    assert len(cores(problem, omega)[0].nodes) == problem.nodes
    uniform = np.full(problem.edges, 1.0)
    uniform *= problem.budget_total / problem.spent(uniform)
    start = objective.start(problem, uniform)
    phases = course(problem, omega, start, times=np.linspace(HORIZON - 1, HORIZON, 2))
    assert np.ptp(phases[:, 1] - phases[:, 0]) < 1e-4


def test_large_masks_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, _, omega = prepared(*GRID, share=0.9)
    monkeypatch.setattr(module, "EDGES", problem.edges - 1)
    assert cores(problem, omega) == []
