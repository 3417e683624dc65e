"""Objectives that learn from batches: judged once an epoch, stopped and resumed at any update."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from omegaconf import open_dict
from torch import Tensor, nn

import gradnet_cli as gn
from gradnet_cli import Evaluation, Network, Objective
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.runs.checkpoints import Checkpoints
from gradnet_cli.runs.recorded import STATE_PATH, Resumption
from tests.runs import composed, execute, problem_of, run
from tests.training.test_resume import Killed

GRID = ("rows=3", "cols=4", "stop.plateau=null", "optimizer=adam", "checkpoint.updates=1")
PYTHON = {"rows": 3, "cols": 4, "progress": "none", "plateau": None}
FREE = {
    **PYTHON,
    "budget": "none",
    "initial": "random",
    "optimizer.schedule": "constant",
    "signs.result": "any",
}


class Batches(Objective):
    """A number that follows the batch, judged by its distance from 2; an epoch is five batches."""

    sense = "minimize"
    epoch = 5

    def __init__(self) -> None:
        super().__init__()
        self.number = nn.Parameter(torch.zeros(()))
        self.judged: list[float] = []

    def loss(self, network: Network, step: int) -> Tensor:
        noise = torch.rand(())  # the random state is a part of the state of training
        return (
            self.number - 2 - 0.1 * (step % self.epoch) - 0.1 * noise
        ).square() + 0 * network.weights.sum()

    def forward(self, network: Network, step: int) -> Evaluation:
        self.judged.append(float(self.number))
        return Evaluation(score=(self.number - 2).square() + 0 * network.weights.sum())


class Shares(Batches):
    """The same, judged in steps of which the last is reached early; the distance decides."""

    epoch = 1

    def forward(self, network: Network, step: int) -> Evaluation:
        distance = super().forward(network, step).score
        return Evaluation(score=(distance > 1).double() + 0 * distance, second=float(distance.detach()))


class Course(gn.Callback):
    """All weights on the way."""

    def __init__(self) -> None:
        self.weights: list[Tensor] = []

    def on_record(self, module: Any) -> None:
        self.weights.append(module.record.delta.clone())


def test_it_is_judged_once_an_epoch_and_at_the_end() -> None:
    objective = Batches()
    result = gn.optimize("grid", objective=objective, updates=23, **PYTHON)
    assert result.course["step"].tolist() == [0, 5, 10, 15, 20, 23]
    assert result.updates == 23
    assert len(objective.judged) >= 6


def test_a_plateau_is_counted_in_updates() -> None:
    class Still(Batches):
        def loss(self, network: Network, step: int) -> Tensor:
            return super().loss(network, step) * 0

    result = gn.optimize("grid", objective=Still(), updates=200, **{**PYTHON, "plateau": 12})
    assert result.updates == 15  # the first epoch that ends 12 updates or more behind the best


def test_of_equal_scores_the_second_number_decides() -> None:
    result = gn.optimize("grid", objective=Shares(), updates=80, objective_lr=0.1, optimizer="adam", **PYTHON)
    distances = np.square(np.asarray(result.learned["number"]) - 2)
    first = int(np.flatnonzero(result.course["score"] == 0)[0])
    assert result.step > first
    assert distances < 0.05


@pytest.mark.parametrize("killed_at", [3, 4, 11])
def test_killed_within_an_epoch_and_resumed(
    killed_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = composed(*GRID, "updates=17")
    with open_dict(config):
        config.objective = {"_target_": "tests.training.test_epochs.Batches"}
    whole = execute(config, problem_of(config), tmp_path / "whole")
    with monkeypatch.context() as patch:
        complete = Checkpoints.on_update

        def on_update(self: Checkpoints, module: Any) -> None:
            complete(self, module)
            if module.step == killed_at:
                raise Killed

        patch.setattr(Checkpoints, "on_update", on_update)
        patch.setattr(Checkpoints, "on_error", lambda *_: None)
        with pytest.raises(Killed):
            execute(config, problem_of(config), tmp_path / "killed")
    state = torch.load(tmp_path / "killed" / STATE_PATH, weights_only=True)
    assert state["step"] == killed_at + 1
    again = execute(
        config, problem_of(config), tmp_path / "killed", resumption=Resumption(command=None, extended=False)
    )
    assert again.learned["number"].item() == whole.learned["number"].item()
    one, other = (read_metrics(tmp_path / name).drop(columns="seconds") for name in ("whole", "killed"))
    assert one.equals(other)
    assert (tmp_path / "whole" / "learned.npz").read_bytes() == (
        tmp_path / "killed" / "learned.npz"
    ).read_bytes()


def test_gradients_of_one_loss_keep_their_sizes() -> None:
    """Gradient descent goes as far as the slope is, on the edges as well as beside them."""

    class Slopes(Batches):
        epoch = 1

        def loss(self, network: Network, step: int) -> Tensor:
            return 0.3 * network.weights.sum() + 0.2 * self.number

        def forward(self, network: Network, step: int) -> Evaluation:
            return Evaluation(score=-self.number + 0 * network.weights.sum())

    slopes, start = Slopes(), Course()
    slopes.sense = "maximize"
    result = gn.optimize(
        "grid",
        objective=slopes,
        optimizer={"name": "sgd", "lr": 0.1, "momentum": 0.0},
        updates=5,
        callbacks=[start],
        **FREE,
    )
    assert float(result.learned["number"]) == pytest.approx(-5 * 0.1 * 0.2)
    moved = start.weights[-1] - start.weights[0]
    np.testing.assert_allclose(moved.numpy(), -5 * 0.1 * 0.3, rtol=1e-9)


def test_adam_with_decay_is_that_of_pytorch() -> None:
    class Flat(Batches):
        epoch = 1

        def loss(self, network: Network, step: int) -> Tensor:
            return (network.weights - 0.5).square().sum() + (self.number - 2).square()

    course = Course()
    adam = {"name": "adam", "lr": 0.05, "weight_decay": 0.3}
    gn.optimize("grid", objective=Flat(), updates=20, callbacks=[course], optimizer=adam, **FREE)
    own = nn.Parameter(course.weights[0].clone())
    theirs = torch.optim.Adam([own], lr=0.05, weight_decay=0.3)
    for _ in range(20):
        theirs.zero_grad()
        (own - 0.5).square().sum().backward()
        theirs.step()
    torch.testing.assert_close(course.weights[-1], own.detach(), rtol=1e-9, atol=1e-12)


def test_a_decay_that_is_none_is_told() -> None:
    with pytest.raises(gn.SettingError, match=r"^optimizer.weight_decay = -1: must be a finite number >= 0"):
        gn.optimize("grid", objective=Batches(), optimizer={"name": "adam", "weight_decay": -1}, **PYTHON)


@pytest.mark.parametrize(
    "overrides",
    [
        ("experiment=graff", "nodes=6", "data.size=40", "data.features=8", "objective.variant=DD"),
        ("experiment=rewiring", "layers=[4,6,5]", "objective.perceptron=1", "rewiring=none", "data.noise=2"),
    ],
    ids=["nodes", "graphs"],
)
def test_disturbed_weights_are_learned_with_one_by_one(overrides: tuple[str, ...], tmp_path: Path) -> None:
    noisy = run(
        tmp_path / "noisy", *overrides, "noise=gaussian", "noise.samples=2", "noise.additive=0.1", "updates=6"
    )
    still = run(tmp_path / "still", *overrides, "updates=6")
    assert 0.0 <= noisy.score <= 1.0
    assert noisy.updates == 6
    assert any(not np.array_equal(value, still.learned[name]) for name, value in noisy.learned.items()), (
        "noise makes no difference"
    )
