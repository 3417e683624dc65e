"""Trajectories of opinions, gates and oscillators, and networks from what was observed of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.sparse as sp
from scipy.integrate import solve_ivp

from gradnet_cli.problem import Problem
from tests.reference.judges.matrices import Case, adjacency, laplacian

DENSE_NODES = 1200
RELATIVE, ABSOLUTE = 1e-10, 1e-12  # of solve_ivp


def opinion_dissonance(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    leaders = settings["leaders"] or [0, problem.nodes - 1]
    matrix = laplacian(problem, weights).toarray()
    matrix[leaders] = 0.0
    opinion = np.zeros(problem.nodes)
    opinion[leaders] = settings["opinions"]
    if settings["state"] == "time":
        opinion = scipy.linalg.expm(-settings["time"] * matrix) @ opinion
    else:
        free = np.setdiff1d(np.arange(problem.nodes), leaders)
        pull = -matrix[np.ix_(free, leaders)] @ opinion[leaders]
        opinion[free] = np.linalg.lstsq(matrix[np.ix_(free, free)], pull, rcond=None)[0]
    source, target = problem.edge_index
    return float((weights * (opinion[source] - opinion[target]) ** 2).sum() / weights.sum())


def logic_gates(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    matrix = adjacency(problem, weights).toarray()
    squares = []
    for row, wanted in enumerate(tables[settings["table"]]):
        state = np.zeros(problem.nodes)
        state[:2] = row // 2, row % 2
        for _ in range(settings["rounds"]):
            state = np.array([np.tanh(sum(state * matrix[:, node])) for node in range(problem.nodes)])
            if settings["clamp"]:
                state[:2] = row // 2, row % 2
        squares.append((state[-1] - wanted) ** 2)
    return float(np.mean(squares))


def velocity(matrix: sp.csr_array, frequency: np.ndarray, *, sine: bool, lag: float) -> Callable[..., Any]:
    """x' of states (N,) or (N, M)."""
    strength = matrix.sum(axis=1)

    def rates(x: np.ndarray) -> np.ndarray:
        own = frequency if x.ndim == 1 else frequency[:, None]
        if not sine:
            return own + matrix @ x - (strength if x.ndim == 1 else strength[:, None]) * x
        return own + (np.exp(-1j * (x + lag)) * (matrix @ np.exp(1j * x))).imag

    return rates


def kuramoto_synchrony(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    matrix, horizon = adjacency(problem, weights), settings["horizon"]
    if problem.nodes <= DENSE_NODES:
        matrix = matrix.toarray()
    rates = velocity(matrix, case["frequency"], sine=True, lag=settings["lag"])
    steady = settings["measure"] == "steady"
    mass, friction = settings["inertia"], settings["damping"]
    # An explicit method of eighth order, and an implicit one of fifth where that would take long.
    stiff = horizon * np.abs(matrix).sum(axis=1).max() > 200 and problem.nodes <= 60 and mass is None

    def field(_: float, x: np.ndarray) -> np.ndarray:
        if mass is None:
            moved: np.ndarray = rates(x)
            return moved
        phases, speeds = np.split(x, 2)
        return np.concatenate([speeds, (rates(phases) - friction * speeds) / mass])

    solved = solve_ivp(
        field,
        (0, horizon),
        case["start"] if mass is None else np.concatenate([case["start"], 0 * case["start"]]),
        method="Radau" if stiff else "DOP853",
        t_eval=np.linspace(horizon / 2 if steady else 0, horizon, settings["times"]),
        rtol=RELATIVE,
        atol=ABSOLUTE,
    )
    assert solved.success
    phases = solved.y[: problem.nodes]
    if steady and case["locked"]:
        return locked_order(rates, phases[:, -1])
    return float(np.abs(np.exp(1j * phases).mean(axis=0)).mean())


def locked_order(rates: Callable[..., Any], phases: np.ndarray) -> float:
    """r where all velocities are alike, from phases near by."""

    def unrest(x: np.ndarray) -> np.ndarray:
        speed = rates(x)
        return speed - speed.mean() + x.mean() - phases.mean()

    found = scipy.optimize.root(unrest, phases, method="hybr", tol=1e-13)
    assert np.abs(unrest(found.x)).max() < 1e-9
    return float(np.abs(np.exp(1j * found.x).mean()))


def network_reconstruction(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    sine = settings["dynamics"] == "kuramoto"
    rates = velocity(adjacency(problem, weights), case["frequency"], sine=sine, lag=0.0)
    before, after = case["before"].T, case["after"].T
    if settings["error"] == "integral":
        return _missed_by_integrals(rates, np.column_stack([before, after[:, -1]]), settings, sine=sine)
    solved = solve_ivp(
        lambda _, x: rates(x.reshape(before.shape)).ravel(),
        (0, settings["interval"]),
        before.ravel(),
        method="DOP853",
        rtol=RELATIVE,
        atol=ABSOLUTE,
    )
    assert solved.success
    predicted = solved.y[:, -1].reshape(before.shape)
    if sine:
        return float(
            (np.abs(np.exp(1j * predicted) - np.exp(1j * after)) ** 2).sum()
            / (np.abs(np.exp(1j * before) - np.exp(1j * after)) ** 2).sum()
        )
    return float(((predicted - after) ** 2).sum() / ((before - after) ** 2).sum())


def _missed_by_integrals(
    rates: Callable[..., Any], states: np.ndarray, settings: Mapping[str, Any], *, sine: bool
) -> float:
    """What the cubic through the rates at the four samples around an interval leaves, of one trajectory."""
    slopes, h = rates(states), settings["interval"]
    samples = states.shape[1]
    change = np.diff(states, axis=1)
    if sine:
        change = np.angle(np.exp(1j * change))
    missed = 0.0
    for k in range(samples - 1):
        first = min(max(k - 1, 0), samples - 4)
        cubic = np.polynomial.polynomial.polyfit(
            np.arange(4) - (k - first), slopes[:, first : first + 4].T, 3
        )
        integral = (cubic / np.arange(1, 5)[:, None]).sum(axis=0)
        missed += ((change[:, k] - h * integral) ** 2).sum()
    return float(missed / (change**2).sum())
