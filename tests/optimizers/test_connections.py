"""Connections of a listed mask that are exchanged: how many, which, what is forgotten, and what is kept."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.exchange import Exchange
from gradnet_cli.model.network import Network
from gradnet_cli.objectives import Evaluation, Objective
from gradnet_cli.optimizers import state_of_edges
from gradnet_cli.problem.build import build_problem
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.report.panel import panel_rows
from gradnet_cli.result import Result
from gradnet_cli.runs.optimize import optimize
from gradnet_cli.training import Callback, TrainingModule
from gradnet_cli.training.held_edges import HeldConnections
from tests.assertions import SINGLE_ROUNDING, assert_found, assert_written
from tests.quick import quick
from tests.runs import run, settings
from tests.training.test_resume import Killed, kill_after, resumed

GATES = ("experiment=gates_xor", "mask=layered", "layers=[2,4,3,1]", "directed=true", "skip=1")
CHANNELS = (
    *("experiment=graff", "nodes=8", "data.size=48", "data.classes=3", "data.features=8", "data.degree=5"),
    *("updates=40", "checkpoint.updates=5", "checkpoint.seconds=null", "rewiring.every=3"),
)
GRAPHS = (
    *("experiment=rewiring", "layers=[6,5,4]", "objective.perceptron=1", "objective.batch=16"),
    *("data.graphs=60", "updates=40", "checkpoint.updates=5", "checkpoint.seconds=null"),
)
KINDS = ("static", "set", "rigl", "decaying", "adaptive")


class Watch(Callback):
    """Sees after every update which edges are held, and what the optimizer remembers of the others."""

    def __init__(self) -> None:
        self.held: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []
        self.scores: list[float] = []
        self.rates: list[float] = []
        self.came_with: list[float] = []

    def on_record(self, module: TrainingModule) -> None:
        self.scores.append(module.record.score)
        self.rates.append(float(module.record.metrics.get("rewiring_rate", 0.0)))

    def on_update(self, module: TrainingModule) -> None:
        assert isinstance(module.held, HeldConnections)
        held = module.held.rewiring.held.copy()
        weights = module.model.delta.detach().numpy().copy()
        out = torch.as_tensor(~held)
        assert not weights[~held].any()
        state = module.optimization.optimizer.state[module.model.parameter]
        moments = [value for value in state.values() if value.shape == out.shape]
        assert moments
        assert not any(bool(value[out].any()) for value in moments)
        if self.held:
            new = held & ~self.held[-1]
            assert not weights[new].any()
            assert not any(bool(value[torch.as_tensor(new)].any()) for value in moments)
        self.held.append(held)
        self.weights.append(weights)


def gates(watch: Watch, **changes: Any) -> Result:
    asked: dict[str, Any] = {
        "layers": [3, 6, 4, 1],
        "directed": True,
        "objective": {"name": "logic_gates", "table": "xor", "rounds": 3},
        "budget": "none",
        "signs.result": "any",
        "initial": "random",
        "optimizer": {"name": "adam", "lr": 0.05},
        "updates": 60,
        "plateau": None,
        "progress": "none",
        "callbacks": [watch],
        **changes,
    }
    if "mask" in changes:
        asked = {name: value for name, value in asked.items() if name != "layers" and value is not ...}
    return optimize(asked.pop("mask", "layered"), **asked)


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_keeps_its_number_of_connections(kind: str) -> None:
    watch = Watch()
    moving = {} if kind == "static" else {"every": 4}
    result = gates(watch, rewiring={"name": kind, "density": 0.5, **moving})
    layer = result.problem.mask.node_data["layer"][result.problem.edge_index[0]]
    for held in watch.held:
        assert [int(held[layer == number].sum()) for number in range(3)] == [9, 12, 2]
    moved = [step for step in range(1, 60) if (watch.held[step] != watch.held[step - 1]).any()]
    moments = list(range(4, 45, 4))  # until three quarters are done
    if kind in ("set", "adaptive"):
        assert moved == moments
    else:  # a share that falls comes to less than an edge
        assert moved == ([] if kind == "static" else moments[: len(moved)])
        assert len(moved) >= (0 if kind == "static" else 6)
    assert result.metrics["edges_held"] == 23
    explored = np.any(watch.held, axis=0).mean()
    assert result.metrics["edges_explored"] == pytest.approx(explored)
    used = result.weights != 0
    assert any((used <= held).all() for held in watch.held)
    assert result.edges_used == used.sum() <= 23


def test_edges_are_exchanged_once_an_epoch_where_data_have_one(tmp_path: Path) -> None:
    sizes = ("layers=[6,5,4]", "objective.perceptron=1", "objective.batch=16", "data.graphs=60", "updates=20")
    result = run(tmp_path, "experiment=rewiring", "rewiring=set", "rewiring.density=0.5", *sizes)
    course = read_metrics(tmp_path)
    epoch = int(course.step.iloc[1])
    assert epoch > 1
    explored = course.edges_explored.to_numpy()
    # An exchange follows the first update of an epoch, but not that of the first one.
    assert explored[1] == explored[0]
    assert (np.diff(explored)[1:3] > 0).all()
    assert result.metrics["edges_held"] == 15 + 10
    held = dict(panel_rows(result, None))["edges held"]
    assert held == f"25 at a time, {explored[-1]:.1%} of the mask in all"


def test_epsilon_is_the_density_of_erdos_and_renyi() -> None:
    """epsilon (n + m) / (n m) of the n m edges of a layer: epsilon (n + m) of them (Mocanu et al. 2018)."""
    watch = Watch()
    result = gates(watch, rewiring={"name": "set", "epsilon": 0.8}, updates=2)
    layer = result.problem.mask.node_data["layer"][result.problem.edge_index[0]]
    counts = [int(watch.held[-1][layer == number].sum()) for number in range(3)]
    assert counts == [round(0.8 * 9), round(0.8 * 10), 4]  # a layer has no more than its four
    assert result.metrics["edges_held"] == sum(counts)


def test_the_lightest_go_and_as_many_others_come() -> None:
    watch = Watch()
    gates(watch, mask="complete", nodes=8, rewiring={"name": "set", "every": 5})
    seen = 0
    for number, (before, now) in enumerate(pairwise(watch.held), start=1):
        gone = before & ~now
        if not gone.any():
            continue
        assert number % 5 == 0
        seen += 1
        assert gone.sum() == round(0.3 * before.sum()) == (now & ~before).sum()
        # Weights of those that stayed are as they were; those that went were no heavier a step before.
        assert np.abs(watch.weights[number - 1][gone]).max() <= (
            np.sort(np.abs(watch.weights[number - 1][before]))[gone.sum() - 1] + 2 * 0.05
        )
    assert seen == 8


def test_those_of_the_steepest_slope_come() -> None:
    """The slope by every weight at the latest loss, computed here by central differences."""
    at: list[tuple[np.ndarray, np.ndarray]] = []

    class Before(Watch):
        def on_record(self, module: TrainingModule) -> None:
            super().on_record(module)
            assert isinstance(module.held, HeldConnections)
            weights, step = module.model.weights.detach(), 1e-5
            slope = np.zeros(len(weights))
            with torch.no_grad():
                for edge in range(len(weights)):
                    for sign in (1, -1):
                        moved = weights.clone()
                        moved[edge] += sign * step
                        score = module.objective(module.model.network(moved), 0).score
                        slope[edge] += sign * float(score) / (2 * step)
            at.append((module.held.rewiring.held.copy(), slope))

    watch = Before()
    gates(watch, rewiring={"name": "rigl", "density": 0.4, "every": 6}, updates=40)
    moves = 0
    for (before, slope), now in zip(at, watch.held, strict=False):
        new = np.flatnonzero(now & ~before)
        others = np.flatnonzero(~before & ~now)
        layer = np.repeat([0, 1, 2], [18, 24, 4])
        for number in range(3):
            came, stayed_out = new[layer[new] == number], others[layer[others] == number]
            if len(came) and len(stayed_out):
                moves += 1
                assert np.abs(slope[came]).min() >= np.abs(slope[stayed_out]).max() - 1e-8
    assert moves >= 6


@pytest.mark.parametrize("kind", ["set", "rigl"])
def test_a_budget_is_spent_by_the_edges_held_alone(kind: str) -> None:
    """On the edges held the best network has a target's weights, as far as the budget goes."""
    target = torch.linspace(0.5, 2.0, 45, dtype=torch.float64)

    class Distance(Objective):
        sense = "minimize"
        concave = True

        def forward(self, network: Network, step: int) -> Evaluation:
            return Evaluation(score=(network.weights - target).square().sum())

    watch = Watch()
    result = optimize(
        "complete",
        nodes=10,
        objective=Distance(),
        budget=1.0,
        rewiring={"name": kind, "density": 0.3, "every": 4},
        optimizer={"name": "adam", "lr": 0.05},
        updates=60,
        stop={"gap": None, "plateau": None},
        progress="none",
        callbacks=[watch],
    )
    assert_found(result)
    assert all(weights.sum() == pytest.approx(5.0) and weights.min() >= 0 for weights in watch.weights)
    assert result.bound is not None
    assert result.bound <= result.score  # it speaks of all edges of the mask


def test_the_rate_rises_unless_the_score_falls() -> None:
    watch = Watch()
    gates(watch, rewiring={"name": "adaptive", "every": 3}, updates=90)
    rate, last = 0.3, None
    for step in range(90):
        expected = rate if step < 67.5 else 0.0
        assert watch.rates[step] == pytest.approx(expected)
        if step > 0 and step % 3 == 0:
            score = watch.scores[step]  # the lower the better
            if last is not None:
                rate = float(np.clip(rate * (1.1 if score <= last else 0.7), 0.02, 0.5))
            last = score
    assert len(set(watch.rates)) > 5


def test_a_rate_that_decays_is_half_of_the_first_half_way() -> None:
    watch = Watch()
    gates(watch, rewiring={"name": "decaying", "fraction": 0.4, "until": 0.5}, updates=40)
    assert watch.rates[0] == 0.4
    assert watch.rates[10] == pytest.approx(0.2)
    assert watch.rates[20:] == [0.0] * 21
    assert (np.diff(watch.rates[:21]) < 0).all()


OPTIMIZERS = {
    "adam": lambda params: torch.optim.Adam(params, lr=0.1, amsgrad=True),
    "fused": lambda params: torch.optim.Adam(params, lr=0.1, fused=True),
    "adamw": lambda params: torch.optim.AdamW(params, lr=0.1),
    "rmsprop": lambda params: torch.optim.RMSprop(params, lr=0.1, momentum=0.5, centered=True),
    "adagrad": lambda params: torch.optim.Adagrad(params, lr=0.1),
    "sgd": lambda params: torch.optim.SGD(params, lr=0.1, momentum=0.9),
}


def stepped(optimizer: torch.optim.Optimizer, parameter: torch.nn.Parameter, slope: torch.Tensor) -> None:
    parameter.grad = slope.clone()
    optimizer.step()


@pytest.mark.parametrize("name", OPTIMIZERS)
class TestMemoryOfEdges:
    """Of edges that moved it is zero, and all others go on as if none had."""

    slopes = torch.linspace(-1, 1, 5 * 4).reshape(4, 5)

    def test_the_parameter_stays(self, name: str) -> None:
        moved = torch.tensor([False, True, False, True, False])
        found = []
        for forgets in (False, True):
            parameter = torch.nn.Parameter(torch.zeros(5))
            optimizer = OPTIMIZERS[name]([parameter])
            for slope in self.slopes[:3]:
                stepped(optimizer, parameter, slope)
            before = parameter.detach().clone()
            if forgets:
                state_of_edges.forget(optimizer, parameter, moved)
                moments = [each for each in optimizer.state[parameter].values() if each.shape == (5,)]
                assert moments
                assert not any(bool(each[moved].any()) for each in moments)
            stepped(optimizer, parameter, self.slopes[3])
            found.append(parameter.detach() - before)
        assert torch.equal(found[0][~moved], found[1][~moved])
        assert not torch.isclose(found[0][moved], found[1][moved], rtol=1e-3).any()

    def test_the_parameter_is_another_one(self, name: str) -> None:
        before = np.array([[0, 0, 1, 1, 2], [1, 2, 2, 3, 3]])
        stays = np.array([True, False, True, True, False])
        change = Exchange.of(before, stays=stays, comes=np.array([[0, 3], [3, 4]]), nodes=5)
        parameter = torch.nn.Parameter(torch.zeros(5))
        other, beside = torch.nn.Parameter(torch.zeros(5)), torch.nn.Parameter(torch.zeros(2))
        optimizer = OPTIMIZERS[name]([{"params": [parameter, beside]}])
        for slope in self.slopes[:3]:
            beside.grad = torch.ones(2)
            stepped(optimizer, parameter, slope)
        kept = dict(optimizer.state[parameter])
        feasible = FeasibleSet(build_problem(settings("rows=2", "cols=2")))
        state_of_edges.exchange(optimizer, feasible, change, before=parameter, now=other)
        assert parameter not in optimizer.state
        assert [id(each) for each in optimizer.param_groups[0]["params"]] == [id(other), id(beside)]
        for key, value in optimizer.state[other].items():
            if value.shape == (5,):
                assert torch.equal(value[~torch.as_tensor(change.comes)], kept[key][torch.as_tensor(stays)])
                assert not value[torch.as_tensor(change.comes)].any()
            else:
                assert torch.equal(value, kept[key])
        assert optimizer.state[beside]
        stepped(optimizer, other, self.slopes[3])


@pytest.mark.parametrize(("kind", "asked"), quick([("rigl", CHANNELS), ("adaptive", GRAPHS)], 0))
def test_killed_at_five_moments_and_resumed_it_ends_in_the_same_bytes(
    kind: str, asked: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edges, what was learned, predictions and course."""
    overrides = (*asked, f"rewiring={kind}")
    result = run(tmp_path / "whole", *overrides)
    assert_written(result, tmp_path / "whole", tolerance=SINGLE_ROUNDING)
    moments = np.sort(np.random.default_rng(KINDS.index(kind)).choice(np.arange(2, 39), 5, replace=False))
    with monkeypatch.context() as patch:
        kill_after(int(moments[0]), patch)
        with pytest.raises(Killed):
            run(tmp_path / "killed", *overrides)
    for moment in moments[1:]:
        with monkeypatch.context() as patch:
            kill_after(int(moment), patch)
            with pytest.raises(Killed):
                resumed(tmp_path / "killed", *overrides)
    again = resumed(tmp_path / "killed", *overrides)
    assert (again.score, again.step) == (result.score, result.step)
    for name in ("edges.csv", "learned.npz", "predictions.csv", "confusion.csv"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes(), name
    courses = [read_metrics(tmp_path / name).drop(columns="seconds") for name in ("whole", "killed")]
    assert courses[0].equals(courses[1])
    told = [
        json.loads((tmp_path / name / "summary.json").read_text())["metrics"] for name in ("whole", "killed")
    ]
    assert told[0] == told[1]
    assert {"edges_held", "edges_explored", "accuracy_test"} <= set(told[0])


def test_the_best_network_keeps_the_edges_that_it_was_found_with(tmp_path: Path) -> None:
    watch = Watch()
    asked = {"name": "set", "every": 5, "until": 1, "fraction": 0.5}
    result = gates(watch, rewiring=asked, updates=64)
    assert 0 < result.step < 64
    assert (watch.held[result.step - 1] != watch.held[-1]).any()
    assert result.score == min(watch.scores)
    np.testing.assert_array_equal(result.weights, watch.weights[result.step - 1])


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            {"rewiring": {"name": "set", "density": 0.01}},
            r"rewiring.density = 0.01: leaves layer 0 to 1 without",
        ),
        (
            {"rewiring": {"name": "set", "epsilon": 0.01}},
            r"rewiring.epsilon = 0.01: leaves layer 0 to 1 without",
        ),
        ({"rewiring": {"name": "set", "density": 0}}, "rewiring.density = 0: must be"),
        ({"rewiring": {"name": "set", "density": 1.5}}, "rewiring.density = 1.5: must be"),
        ({"rewiring": {"name": "set", "density": 0.2, "epsilon": 1}}, "give one of the two"),
        ({"rewiring": {"name": "set", "count": 5}}, "rewiring.count = 5: is for edges=active"),
        ({"rewiring": {"name": "set", "fraction": 1}}, "rewiring.fraction = 1: must be"),
        ({"rewiring": {"name": "set", "every": 0}}, "rewiring.every = 0: must be"),
        ({"rewiring": {"name": "set", "until": 2}}, "rewiring.until = 2: must be"),
        ({"rewiring": "random"}, "rewiring = random: is served by rewiring=set"),
        ({"rewiring": "set", "noise": "gaussian"}, "cannot be combined with noise"),
        ({"rewiring": "set", "limits": {"weight": 1}}, "cannot be combined with limits"),
        (
            {"rewiring": "set", "starts": 2, "plateau": 50},
            "cannot be combined with starts",
        ),
        ({"rewiring": "set", "optimizer": "lbfgs"}, "cannot go on with other edges.*adam and sgd can"),
        (
            {
                "rewiring": "set",
                "mask": "grid",
                "layers": None,
                "directed": ...,
                "objective": "algebraic_connectivity",
            },
            "needs a connected network",
        ),
        (
            {
                "rewiring": {"name": "set", "density": 0.5},
                "mask": "complete",
                "layers": None,
                "edges": "active",
                "directed": ...,
                "objective": "algebraic_connectivity",
                "signs.result": "nonnegative",
                "budget": 1.0,
                "nodes": 9,
            },
            "rewiring.density = 0.5: is for edges=all",
        ),
    ],
)
def test_what_cannot_be_is_told_in_one_line(asked: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingError, match=line) as told:
        gates(Watch(), **asked)
    assert "\n" not in str(told.value)
