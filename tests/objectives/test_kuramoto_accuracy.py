"""Fast networks: what stands in the result is what an independent integrator finds, or it is said."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from gradnet_cli.errors import NumericalError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.objectives import build_objective
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.report.panel import panel_rows
from gradnet_cli.result.references import spanning_tree
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, problem_of, run, settings

COMPLETE = ("mask=complete", "nodes=20", "objective=kuramoto_synchrony")


def order_by_scipy(problem: Problem, weights: np.ndarray, *, low: float = 0.0, high: float = 1.0) -> float:
    """Mean r at 150 times from 0 to 5, from equal phases, by an implicit method of fifth order."""
    matrix = np.zeros((problem.nodes, problem.nodes))
    matrix[tuple(problem.edge_index)] = weights
    matrix += matrix.T
    omega = np.linspace(low, high, problem.nodes)

    def rates(_: float, x: np.ndarray) -> np.ndarray:
        return omega + (np.exp(-1j * x) * (matrix @ np.exp(1j * x))).imag

    def jacobian(_: float, x: np.ndarray) -> np.ndarray:
        slopes = matrix * np.cos(x[None, :] - x[:, None])
        return slopes - np.diag(slopes.sum(axis=1))

    solved = solve_ivp(
        rates, (0, 5), np.zeros(problem.nodes), method="Radau", jac=jacobian,
        t_eval=np.linspace(0, 5, 150), rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    return float(np.abs(np.exp(1j * solved.y).mean(axis=0)).mean())


@pytest.mark.parametrize("budget", quick([30, 400], 1))
def test_large_budgets(budget: int, tmp_path: Path) -> None:
    """At 400 nothing used to be learned, and a score of 0.57 was told of a network that has 0.9999997."""
    result = run(tmp_path, *COMPLETE, f"budget.value={budget}", "updates=6")
    assert_written(result, tmp_path)
    assert result.score == pytest.approx(order_by_scipy(result.problem, result.weights), abs=1e-9)
    assert result.score > max(result.references.values())
    tree = spanning_tree(result.problem)
    assert tree is not None
    expected = order_by_scipy(result.problem, tree)
    assert result.references["spanning_tree"] == pytest.approx(expected, abs=1e-9)
    # Training saw the same network, to a hundredth of what it is about, 1 - r.
    best = read_metrics(tmp_path)["score"].max()
    assert abs(best - result.score) <= 1e-2 * (1 - result.score)
    assert result.notes == ()


def test_the_spanning_tree_of_the_tutorial(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=kuramoto_100", "updates=5")
    assert result.references["spanning_tree"] == pytest.approx(0.970935, abs=5e-7)
    assert result.gain_over("spanning_tree") == pytest.approx(0.0282, abs=5e-4)


def scored(*overrides: str, scale: float, training: bool, **changes: Any) -> float:
    problem = problem_of(composed(*overrides))
    plugin = settings(*overrides).objective
    objective = build_objective(replace(plugin, arguments={**plugin.arguments, **changes}), seed=1)
    objective.prepare(problem)
    objective.train(training)
    weights = torch.as_tensor(scale * np.random.default_rng(0).lognormal(size=problem.edges))
    network = Network(
        weights=weights.requires_grad_(training), topology=topology_of(problem), problem=problem
    )
    with torch.set_grad_enabled(training):
        score = objective(network, 0).score
    if training:
        score.backward()
        assert weights.grad is not None
        assert bool(weights.grad.isfinite().all())
    return float(score.detach())


@pytest.mark.parametrize(("scale", "phases"), quick(product([0.01, 1.0, 30.0], ["zero", "random"]), 0, 3, 4))
def test_training_scores_as_the_end_does(scale: float, phases: str) -> None:
    """Three steps are asked for, and as many are taken as it needs."""
    changes = {"phases": phases, "steps": 3, "horizon": 2.0}
    train, end = (scored(*COMPLETE, scale=scale, training=each, **changes) for each in (True, False))
    assert abs(train - end) <= min(1e-4, 1e-2 * (1 - end)) * 1.1


def test_fast_frequencies_are_followed_too() -> None:
    """Phases that part by 20 radians within a step of the settings: both numbers were noise."""
    changes = {"high": 40.0, "steps": 10}
    train, end = (scored(*COMPLETE, scale=0.5, training=each, **changes) for each in (True, False))
    assert train == pytest.approx(end, abs=2e-4)


def test_implicit_steps_have_the_gradient_of_their_score() -> None:
    problem = problem_of(composed("mask=complete", "nodes=8", "objective=kuramoto_synchrony"))
    plugin = settings("objective=kuramoto_synchrony").objective
    objective = build_objective(replace(plugin, arguments={**plugin.arguments, "lag": 0.2}), seed=1)
    objective.prepare(problem)
    objective.train()
    weights = torch.as_tensor(100 * np.random.default_rng(1).lognormal(size=problem.edges))

    def score(values: torch.Tensor) -> torch.Tensor:
        return objective(Network(weights=values, topology=topology_of(problem), problem=problem), 0).score

    leaf = weights.clone().requires_grad_()
    score(leaf).backward()
    assert leaf.grad is not None
    for edge in range(0, problem.edges, 9):
        step = torch.zeros_like(weights)
        step[edge] = 0.5
        difference = float(score(weights + step) - score(weights - step))
        assert float(leaf.grad[edge]) == pytest.approx(difference, rel=1e-3)


def test_too_fast_for_any_step_is_one_line() -> None:
    large = ("mask=random_regular", "nodes=1200", "degree=4", "objective=kuramoto_synchrony")
    with pytest.raises(
        NumericalError, match=r"too fast: rates up to .* smaller budget or objective\.horizon"
    ):
        scored(*large, scale=1e6, training=True)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks are written with their residues, so that their scores are those of training."""
    monkeypatch.setattr("gradnet_cli.result.finishing.RESIDUES", ())


@pytest.mark.usefixtures("whole")
def test_one_number_for_the_steady_state(tmp_path: Path) -> None:
    """What training records of networks that do not lock is what stands in the result, and it is said."""
    result = run(
        tmp_path,
        "experiment=kuramoto_steady",
        "nodes=20",
        "budget.value=0.3",
        "updates=25",
        "objective.horizon=20",
        "initial=uniform",
    )
    course = read_metrics(tmp_path)
    assert result.score == pytest.approx(course["score"].max(), abs=1e-4)
    assert course["guide"].max() > 2 * result.score  # what had been told before
    (note,) = [note for note in result.notes if "phase-locked" in note]
    assert "not phase-locked by time 20" in note
    assert "mean of r from time 10 to 20" in note
    assert ("note", note) in panel_rows(result, tmp_path)
    assert note in read_json(tmp_path / "summary.json")["notes"]
    late = result.arrays["order"][result.arrays["time"] >= 10]
    low, high = (float(number) for number in note.rpartition("between ")[2].split(" and "))
    assert low == pytest.approx(late.min(), abs=0.02)
    assert high == pytest.approx(late.max(), abs=0.02)


@pytest.mark.usefixtures("whole")
def test_locked_networks_need_no_note(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=kuramoto_steady", "nodes=20", "budget.value=2", "updates=25")
    assert result.metrics["locked"] == 1.0
    assert result.notes == ("no network locks with a budget below 10 (0.5 a node)",)
    assert result.score == pytest.approx(read_metrics(tmp_path)["score"].max(), abs=1e-9)
    assert np.isnan(read_metrics(tmp_path).get("guide", np.array([np.nan]))).all()
