"""The swing equation of power grids: trajectories by SciPy, and what theory says of locked states and of the
ways to them."""

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from tests.objectives.test_kuramoto_bound import solved
from tests.objectives.test_kuramoto_synchrony import built, drawn, network, problem, score
from tests.runs import composed, problem_of
from tests.samples import mask_of

SIGNS = {"change": "any", "result": "nonnegative"}
INERTIA, DAMPING = 0.7, 0.4
SWING = {"inertia": INERTIA, "damping": DAMPING, "frequencies": "normal", "deviation": 0.5}


def task_of(graph: nx.Graph) -> Problem:
    return Problem.build(mask=mask_of(graph), budget={"kind": "per_node", "value": 1.0}, signs=SIGNS)


def order_over_time(task: Problem, weights: np.ndarray, objective: Any, times: np.ndarray) -> np.ndarray:
    """r by SciPy, from phases at rest."""
    matrix = np.zeros((task.nodes, task.nodes))
    matrix[tuple(task.edge_index)] = weights
    matrix += matrix.T
    omega, start = objective.oscillators.frequencies[:, 0], objective.oscillators.start[:, 0]

    def field(_: float, state: np.ndarray) -> np.ndarray:
        phases, speeds = np.split(state, 2)
        pull = (matrix * np.sin(phases[None, :] - phases[:, None])).sum(axis=1)
        return np.concatenate([speeds, (omega + pull - DAMPING * speeds) / INERTIA])

    first = np.concatenate([start, np.zeros_like(start)])
    found = solve_ivp(field, (0, times[-1]), first, method="DOP853", rtol=1e-11, atol=1e-11, t_eval=times)
    order: np.ndarray = np.abs(np.exp(1j * found.y[: task.nodes]).mean(axis=0))
    return order


@pytest.mark.parametrize("phases", ["zero", "random"])
def test_trajectories_are_those_of_scipy(phases: str) -> None:
    task = problem()
    weights = drawn(task)
    objective = built(task, **SWING, phases=phases, horizon=3.0, times=31)
    expected = order_over_time(task, weights, objective, np.linspace(0, 3, 31)).mean()
    assert score(objective, task, weights) == pytest.approx(expected, abs=1e-8)
    assert score(objective, task, weights, gradient=True) == pytest.approx(expected, abs=1e-7)
    described = objective.describe(network(task, weights))
    track = described.arrays["order"]
    np.testing.assert_allclose(
        track, order_over_time(task, weights, objective, described.arrays["time"]), atol=1e-6
    )


@pytest.mark.parametrize(("integrator", "memory"), [("rk4", "checkpoint"), ("adaptive", "store")])
def test_gradients_are_those_of_the_numbers_computed(integrator: str, memory: str) -> None:
    """The discrete adjoint, against differences of the very same steps."""
    task = problem()
    weights = drawn(task)
    objective = built(
        task, training=True, **SWING, phases="random", horizon=2.0, integrator=integrator, memory=memory,
        tolerance=1e-7,
    )  # fmt: skip
    tensor = torch.as_tensor(weights).clone().requires_grad_()
    objective(network(task, tensor), 0).score.backward()
    assert tensor.grad is not None
    for edge in (0, 7, 20):
        step = np.zeros(task.edges)
        step[edge] = 1e-5
        up, down = (score(objective, task, weights + sign * step, gradient=True) for sign in (1, -1))
        assert float(tensor.grad[edge]) == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-9)


def test_locked_states_are_those_without_inertia() -> None:
    """And the transients are not; with little inertia these come near too, in proportion to it."""
    task = problem()
    weights = 3.0 * drawn(task)
    common = {"frequencies": "normal", "deviation": 0.5, "horizon": 60.0}
    first, second = (
        built(task, **common, measure="steady", inertia=inertia, damping=0.8) for inertia in (None, 0.5)
    )
    assert score(first, task, weights) == pytest.approx(score(second, task, weights), abs=1e-10)
    early = {**common, "phases": "random", "horizon": 3.0, "damping": 1.0}
    without, heavy, light, lighter = (
        score(built(task, **early, inertia=inertia), task, weights / 6) for inertia in (None, 1.0, 1e-2, 5e-3)
    )
    assert abs(heavy - without) > 10 * abs(light - without)
    assert (light - without) / (lighter - without) == pytest.approx(2.0, rel=0.05)


def equal_areas() -> float:
    """The load P/K that a line without friction can just take when it is switched on at rest.

    From the angle 0 the power that speeds up is P per radian, and the line takes K (1 - cos), up to the
    unstable angle pi - arcsin(P/K).
    """

    def excess(load: float) -> float:
        return load * (np.pi - np.arcsin(load)) - 1 - np.sqrt(1 - load * load)

    return float(brentq(excess, 0.5, 0.9))


def turned(load: float, *, inertia: float | None, damping: float) -> float:
    """The largest angle [radians] between a node that feeds in and one that takes, on a line of weight 1."""
    task = task_of(nx.path_graph(2))
    objective = built(
        task, frequencies=[load, -load], inertia=inertia, damping=damping, horizon=18.0, times=50
    )
    phases = objective.describe(network(task, np.ones(1))).arrays["track_phases"]
    return float(np.ptp(phases, axis=1).max())


@pytest.mark.slow
def test_what_inertia_carries_past_the_locked_state() -> None:
    """Equal-area criterion: beyond 0.7246 of its capacity a line that is switched on slips, and could lock.

    Both states are stable at the same load: which one is reached depends on the way, which is hysteresis.
    """
    critical = equal_areas()
    assert critical == pytest.approx(0.7246, abs=1e-4)
    unstable = np.pi - np.arcsin(critical)
    assert turned(0.98 * critical, inertia=1.0, damping=1e-3) < unstable
    assert turned(1.02 * critical, inertia=1.0, damping=1e-3) > 2 * np.pi
    # Without inertia, or with friction that takes what is too much, it locks there.
    for inertia in (None, 1.0):
        stays = turned(1.01 * critical, inertia=inertia, damping=2.0)
        assert stays == pytest.approx(np.arcsin(1.01 * critical), rel=0.2)


def test_the_share_at_which_a_tree_unlocks() -> None:
    """Each edge of a tree carries what is behind it: the first one to be full unlocks the network."""
    graph = nx.random_labeled_tree(9, seed=2)
    task = task_of(graph)
    omega = np.random.default_rng(1).normal(size=9)
    omega -= omega.mean()
    weights = np.random.default_rng(2).uniform(4, 6, size=task.edges)
    shares = []
    for (i, j), weight in zip(task.edge_index.T.tolist(), weights, strict=True):
        cut = nx.Graph(graph)
        cut.remove_edge(i, j)
        shares.append(abs(sum(omega[node] for node in nx.node_connected_component(cut, i))) / weight)
    objective = built(task, measure="steady", frequencies=omega.tolist(), horizon=15.0)
    described = objective.describe(network(task, weights))
    assert described.metrics["critical_share"] == pytest.approx(max(shares), rel=2e-4)


CASE = Path("tests/edge_files/made/matpower_undirected.m").resolve()


def test_frequencies_are_what_a_case_feeds_in_and_takes() -> None:
    task = problem_of(composed("mask=edge_list", f"path={CASE}", "objective=kuramoto_synchrony"))
    balance = task.mask.node_data["generation"] - task.mask.node_data["load"]
    objective = built(task, frequencies="column", column=["generation", "-load"], scale=0.01)
    np.testing.assert_allclose(objective.oscillators.frequencies[:, 0], balance / 100, rtol=1e-15)
    alone = built(task, frequencies="column", column="-load")
    np.testing.assert_array_equal(alone.oscillators.frequencies[:, 0], -task.mask.node_data["load"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"inertia": 0}, "objective.inertia = 0"),
        ({"inertia": -1.0}, "objective.inertia = -1"),
        ({"inertia": "heavy"}, "objective.inertia = heavy"),
        ({"inertia": 1.0, "damping": 0.0}, "objective.damping = 0"),
        ({"scale": 0.0}, "objective.scale = 0"),
        ({"scale": float("nan")}, "objective.scale = .nan"),
        ({"frequencies": "column", "column": []}, "objective.column"),
        ({"frequencies": "column", "column": ["generation", 3]}, "objective.column"),
        ({"frequencies": "column", "column": ["generation", "-lod"]}, "load"),
        ({"frequencies": "column", "column": "--load"}, "must be a column"),
    ],
)
def test_wrong_settings(changes: dict[str, Any], why: str) -> None:
    task = problem_of(composed("mask=edge_list", f"path={CASE}", "objective=kuramoto_synchrony"))
    with pytest.raises(SettingError, match=why):
        built(task, **changes)


def test_a_grid_is_trained() -> None:
    """The bound is that of networks without inertia, for they lock in the same states."""
    overrides = (
        "mask=edge_list", f"path={CASE}", "objective=kuramoto_synchrony", "updates=5", "starts=1",
        "objective.frequencies=column", "objective.column=[generation,-load]", "objective.scale=0.01",
        "objective.damping=1", "objective.measure=steady", "objective.horizon=20", "budget.kind=total",
        "budget.value=40",
    )  # fmt: skip
    heavy, light = (solved(*overrides, f"objective.inertia={inertia}") for inertia in ("0.2", "null"))
    assert heavy.bound == light.bound
    assert heavy.bound is not None
    assert heavy.references["uniform"] < heavy.score <= heavy.bound
    assert heavy.metrics["locked"] == 1.0
    assert 0 < heavy.metrics["critical_share"] < 1
