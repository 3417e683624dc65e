"""Objectives that learn: the best is a network together with what was learned when it was judged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from omegaconf import open_dict

import gradnet_cli as gn
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.result import Result
from gradnet_cli.result.result import strengths
from gradnet_cli.runs.checkpoints import Checkpoints
from gradnet_cli.runs.recorded import STATE_PATH, Resumption
from tests.api import learning
from tests.assertions import assert_found, assert_written
from tests.quick import quick
from tests.runs import composed, execute, problem_of, run

NAMES = ("Fit", "Averaged")
OVERRIDES = ("rows=4", "updates=60", "stop.plateau=null", "initial=random", "checkpoint.updates=5")
PYTHON = {"rows": 4, "updates": 60, "plateau": None, "initial": "random", "progress": "none"}


def described(name: str, **settings: Any) -> dict[str, Any]:
    return {"_target_": f"tests.api.learning.{name}", **settings}


def judged(name: str, result: Result, learned: Any, weights: np.ndarray | None = None) -> float:
    """The score by a formula of its own."""
    outward, _ = strengths(result.problem, result.weights if weights is None else weights)
    return learning.score(name, outward, learned)


@pytest.mark.parametrize("name", NAMES)
class TestBest:
    """One lucky batch does not win."""

    def test_a_run(self, name: str, tmp_path: Path) -> None:
        result = run(tmp_path, *OVERRIDES, objective=described(name))
        assert_written(result, tmp_path)
        assert_found(result)
        best = torch.load(tmp_path / "checkpoints" / "best.pt", weights_only=True)
        np.testing.assert_array_equal(best["weights"].numpy(), result.weights)
        assert result.score == pytest.approx(judged(name, result, best["learned"]), rel=1e-12)
        on_disk = read_edges(tmp_path / "edges.csv", result.problem)
        assert result.score == pytest.approx(judged(name, result, best["learned"], on_disk), rel=1e-12)
        course = read_metrics(tmp_path)
        assert result.score == pytest.approx(course.score.min(), rel=1e-12)
        assert result.step == best["step"] == course.step[course.score.argmin()]
        assert result.step not in (0, learning.LUCKY)
        assert result.score > 0.05  # of the lucky batch it would be zero
        assert (result.bound, result.certified) == (None, False)

    def test_each_record_is_judged_alike(self, name: str) -> None:
        class Look(gn.Callback):
            def on_record(self, module: Any) -> None:
                record = module.record
                weights = (module.model.base + record.delta).numpy()
                outward, _ = strengths(module.model.feasible.problem, weights)
                expected = learning.score(name, outward, record.learned)
                assert record.score == pytest.approx(expected, rel=1e-12)

        gn.optimize("grid", **PYTHON, objective=getattr(learning, name)(dropout=0.3), callbacks=[Look()])

    def test_in_python(self, name: str, tmp_path: Path) -> None:
        objective = getattr(learning, name)()
        result = gn.optimize("grid", **PYTHON, objective=objective)
        assert_found(result)
        assert result.score == pytest.approx(judged(name, result, result.learned), rel=1e-12)
        assert not objective.training
        for key, value in objective.learned().items():
            assert torch.equal(value, result.learned[key])
        back = gn.load(result.save(tmp_path / "run"))
        assert back.step == result.step
        assert back.score == pytest.approx(judged(name, back, back.learned), rel=1e-12)
        typed = run(tmp_path / "typed", *OVERRIDES, objective=described(name))
        np.testing.assert_array_equal(typed.weights, result.weights)

    def test_what_was_learned_is_gone_on_with(self, name: str) -> None:
        objective = getattr(learning, name)()
        first = gn.optimize("grid", **PYTHON, objective=objective)
        again = gn.optimize("grid", **PYTHON, objective=objective)
        fresh = gn.optimize("grid", **PYTHON, objective=getattr(learning, name)())
        assert again.course["score"][0] < first.course["score"][0]
        np.testing.assert_array_equal(first.weights, fresh.weights)


class Killed(BaseException):
    """Ends a run as SIGKILL would."""


def resumed(directory: Path, objective: dict[str, Any]) -> Result:
    config = composed(*OVERRIDES)
    with open_dict(config):
        config.objective = objective
    return execute(config, problem_of(config), directory, resumption=Resumption(command=None, extended=False))


@pytest.mark.parametrize("killed_at", quick([13, 41], 0))
@pytest.mark.parametrize("name", NAMES)
def test_a_run_that_was_resumed_is_the_one_that_was_not(
    name: str, killed_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = described(name, dropout=0.3)  # random numbers are a part of the state, too
    whole = run(tmp_path / "whole", *OVERRIDES, objective=objective)
    complete = Checkpoints.on_update
    with monkeypatch.context() as patch:

        def on_update(self: Checkpoints, module: Any) -> None:
            complete(self, module)
            if module.record.step == killed_at:
                raise Killed

        patch.setattr(Checkpoints, "on_update", on_update)
        patch.setattr(Checkpoints, "on_error", lambda *_: None)
        with pytest.raises(Killed):
            run(tmp_path / "killed", *OVERRIDES, objective=objective)
    state = torch.load(tmp_path / "killed" / STATE_PATH, weights_only=True)
    assert state["step"] == killed_at - killed_at % 5
    assert set(state["record"]["best_learned"]) == set(whole.learned)
    again = resumed(tmp_path / "killed", objective)
    one, other = (tmp_path / place for place in ("whole", "killed"))
    assert (one / "edges.csv").read_bytes() == (other / "edges.csv").read_bytes()
    assert (again.score, again.step) == (whole.score, whole.step)
    for key, value in whole.learned.items():
        assert torch.equal(value, again.learned[key])
    assert read_metrics(one).drop(columns="seconds").equals(read_metrics(other).drop(columns="seconds"))
    best = [torch.load(place / "checkpoints" / "best.pt", weights_only=True) for place in (one, other)]
    assert torch.equal(best[0]["weights"], best[1]["weights"])


class Rates(gn.Callback):
    """The learning rates of the groups at each update, and the sizes of the parameters' first steps."""

    def __init__(self) -> None:
        self.rates: list[list[float]] = []
        self.groups: list[list[torch.Tensor]] = []

    def on_record(self, module: Any) -> None:
        groups = module.optimization.optimizer.param_groups
        self.rates.append([group["lr"] for group in groups])
        self.groups.append([parameter.detach().clone() for group in groups for parameter in group["params"]])


class TestRates:
    """The network, and what is learned beside it, have learning rates of their own."""

    @staticmethod
    def rates(**optimizer: Any) -> Rates:
        rates = Rates()
        objective = learning.Fit()
        gn.optimize(
            "grid", **PYTHON, objective=objective, callbacks=[rates], optimizer={"name": "adam", **optimizer}
        )
        return rates

    def test_two_groups(self) -> None:
        rates = self.rates(lr=0.01, objective_lr=0.5, schedule="linear", final=0.5)
        assert rates.rates[0] == [0.01, 0.5]
        assert rates.rates[30] == pytest.approx([0.0075, 0.375])
        assert rates.rates[60] == pytest.approx([0.005, 0.25])
        # Adam's first step is as long as its rate.
        _, factor = rates.groups[1]
        assert abs(factor.item()) == pytest.approx(0.5, rel=1e-6)
        moved = (rates.groups[1][0] - rates.groups[0][0]).abs()
        assert moved.max().item() < 0.05

    def test_one_rate_is_for_both(self) -> None:
        assert self.rates(lr=0.03, schedule="constant").rates[0] == [0.03, 0.03]

    def test_a_rate_that_is_none_is_told(self) -> None:
        with pytest.raises(
            gn.SettingError, match=r"^optimizer.objective_lr = -1: must be a finite number > 0"
        ):
            self.rates(objective_lr=-1)

    def test_optimizers_of_weights_alone_refuse(self) -> None:
        with pytest.raises(
            gn.SettingError, match=r"trains edge weights alone, .* Did you mean optimizer=adam"
        ):
            gn.optimize("grid", **PYTHON, objective=learning.Fit(), optimizer="multiplicative")


def test_nothing_is_proven_of_an_objective_that_learns() -> None:
    class Bold(learning.Fit):
        concave = True

    assert gn.optimize("grid", **PYTHON, objective=Bold()).bound is None
