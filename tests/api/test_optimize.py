"""optimize is the command without a directory: the same networks, the same words, and nothing left behind."""

import doctest
import importlib
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

import gradnet_cli as gn
from gradnet_cli.objectives import build_objective
from gradnet_cli.report.files.edges import write_edges
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.settings.catalog import config_directory
from tests.assertions import assert_found
from tests.cli.conftest import Command
from tests.runs import run, settings

SMALL = {"rows": 6, "progress": "none"}


def test_the_docstring_is_true() -> None:
    module = importlib.import_module("gradnet_cli.runs.optimize")
    outcome = doctest.testmod(module)
    assert outcome.attempted >= 4
    assert outcome.failed == 0


class TestTheCommand:
    """What Python finds is what the command finds."""

    @pytest.mark.parametrize(
        ("keywords", "overrides"),
        [
            ({}, ()),
            ({"budget": 2.5}, ("budget.value=2.5",)),
            ({"budget": {"kind": "total", "value": 7}}, ("budget=total", "budget.value=7")),
            ({"optimizer": "adam", "updates": 15}, ("optimizer=adam", "updates=15")),
            (
                {"optimizer": {"name": "adam", "lr": 0.1}, "updates": 15, "stop": {"gap": None}},
                ("optimizer=adam", "optimizer.lr=0.1", "updates=15", "stop.gap=null"),
            ),
            ({"gap": 1e-5}, ("stop.gap=1e-5",)),
            ({"initial": "random", "seed": 3}, ("initial=random", "seed=3")),
            ({"objective": "effective_resistance"}, ("objective=effective_resistance",)),
            ({"noise": "gaussian", "updates": 15, "seed": 5}, ("noise=gaussian", "updates=15", "seed=5")),
            ({"dtype": np.float32, "updates": 15}, ("dtype=float32", "updates=15")),
            (
                {"objective": "kuramoto_synchrony", "horizon": 5, "updates": 6},
                ("objective=kuramoto_synchrony", "objective.horizon=5", "updates=6"),
            ),
        ],
        ids=str,
    )
    def test_the_same_files_byte_for_byte(
        self, keywords: dict[str, Any], overrides: tuple[str, ...], tmp_path: Path
    ) -> None:
        typed = run(tmp_path / "typed", "rows=6", *overrides)
        called = gn.optimize("grid", **SMALL, **keywords)
        write_edges(tmp_path / "edges.csv", called.problem, called.weights)
        assert (tmp_path / "edges.csv").read_bytes() == (tmp_path / "typed" / "edges.csv").read_bytes()
        assert (called.score, called.bound, called.gap) == (typed.score, typed.bound, typed.gap)
        assert (called.updates, called.step, called.stop_reason) == (
            typed.updates,
            typed.step,
            typed.stop_reason,
        )
        assert called.references == typed.references
        told = read_metrics(tmp_path / "typed").drop(columns="seconds")
        assert called.metrics_table().drop(columns="seconds").equals(told)

    def test_the_installed_command_too(self, installed: Command, here: Path) -> None:
        assert installed("rows=6", "hydra.run.dir=run", "figures=false").exit_status == 0
        gn.optimize("grid", **SMALL).save("saved")
        assert Path("saved/edges.csv").read_bytes() == Path("run/edges.csv").read_bytes()

    def test_settings_by_keyword_are_those_that_are_typed(self) -> None:
        called = gn.settings_from(
            optimizer={"name": "adam", "lr": 0.2, "betas": (0.8, 0.99)},
            stop={"gap": None, "plateau": np.int64(7)},
            objective="kuramoto_synchrony",
            frequencies=np.array([0.5, -0.5]),
            signs={"change": "increase"},
            **{"trainer.threads": 1, "trainer.progress": "none", "figures": False},
        )
        typed = settings(
            "optimizer=adam",
            "optimizer.lr=0.2",
            "optimizer.betas=[0.8,0.99]",
            "stop.gap=null",
            "stop.plateau=7",
            "objective=kuramoto_synchrony",
            "objective.frequencies=[0.5,-0.5]",
            "signs.change=increase",
        )
        assert called.to_mapping() == typed.to_mapping()

    @pytest.mark.parametrize(
        ("keywords", "overrides"),
        [
            ({"rows": 2.5}, ["rows=2.5"]),
            ({"rows": 0}, ["rows=0"]),
            ({"budget": -1}, ["budget.value=-1"]),
            ({"budget": "totl"}, ["budget=totl"]),
            ({"updats": 3}, ["updats=3"]),
            ({"nodes": 3}, ["nodes=3"]),
            ({"objective": "lambda"}, ["objective=lambda"]),
            ({"objective": "function", "sense": "maximize"}, ["objective=function", "sense=maximize"]),
            ({"optimizer": {"name": "adam", "lr": 0}}, ["optimizer=adam", "optimizer.lr=0"]),
            ({"stop": {"gapp": 1}}, ["stop.gapp=1"]),
            ({"gap": 2}, ["stop.gap=2"]),
            ({"dtype": "float16"}, ["dtype=float16"]),
            ({"seed": -1}, ["seed=-1"]),
            ({"trainer": "gpu"}, ["trainer=gpu"]),
            ({"budget": "+10%"}, ["budget=relative", "budget.value=0.1"]),
        ],
        ids=str,
    )
    def test_bad_input_is_told_in_the_same_words(
        self, keywords: dict[str, Any], overrides: list[str], command: Command
    ) -> None:
        if keywords == {"trainer": "gpu"} and torch.cuda.is_available():
            pytest.skip("there is a graphics processor")
        with pytest.raises(gn.SettingError) as caught:
            gn.optimize("grid", **{**SMALL, **keywords})
        answer = command("rows=6", *overrides)
        assert (answer.exit_status, answer.err) == (2, f"gradnet-run: {caught.value}\n")

    def test_a_score_that_is_no_number_is_told_in_the_same_words(
        self, command: Command, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (here / "losses.py").write_text("def loss(network):\n    return network().sum() * float('nan')\n")
        monkeypatch.syspath_prepend(here)
        from losses import loss  # type: ignore[import-not-found]

        with pytest.raises(gn.NumericalError) as caught:
            gn.optimize("grid", **SMALL, objective=loss, sense="minimize")
        answer = command("rows=6", "objective=function", "function=losses.loss", "sense=minimize")
        assert answer.exit_status == 1
        assert answer.err.startswith(f"gradnet-run: {caught.value}")


REFUSED = {
    "a mistyped argument": ({"budgte": 2}, r"budgte = 2: is no setting. Did you mean budget=2\?$"),
    "another one": ({"cots": "distance"}, r"cots = distance: is no setting. Did you mean cost=distance\?$"),
    "a value that is none": ({"updates": print}, "updates = .*: must be a number, a text, true, false, null"),
    "a setting of another optimizer": ({"lr": 0.1}, "optimizer.lr = 0.1: is a setting of optimizer=adam or"),
    "a setting of another objective": (
        {"horizon": 3},
        "objective.horizon = 3: is a setting of objective=kuramoto",
    ),
    "two settings of that name": (
        {"seconds": 3},
        r'seconds = ...: is the name of several settings: write \*\*{"stop.seconds": ...} or',
    ),
    "a section that is none": ({"stop": 3}, "stop = 3: must be a group of settings"),
    "a group that is none": (
        {"optimizer": 3},
        "optimizer = 3: must be the name of a choice, or its settings",
    ),
    "a budget that is none": ({"budget": [1]}, r"budget.value = \[1\]: must be a finite number > 0"),
    "a share that is none": ({"budget": "+x%"}, r'budget = \+x%: must be a number with a %, "\+20%"'),
    "an objective that is none": (
        {"objective": 3},
        "objective = 3: must be the name of an objective, an Obj",
    ),
    "a class": (
        {"objective": gn.Objective},
        r"objective = Objective: is a class, and one of its kind is wanted: Objective\(...\)",
    ),
    "a sense of a name": (
        {"sense": "minimize"},
        "sense = minimize: belongs to a function, and the objective has",
    ),
    "progress": (
        {"progress": "br"},
        "trainer.progress = br: must be auto, bar, lines or none. Did you mean bar",
    ),
    "a callback alone": ({"callbacks": gn.Callback()}, "callbacks = .*: must be a list of objects"),
    "a callback that is none": ({"callbacks": [print]}, "callbacks = .*: must be a list of objects of subcl"),
    "a directory": ({"hydra": {"run": {"dir": "x"}}}, "hydra = .* is for runs that write a directory"),
    "an experiment": ({"experiment": "karate"}, "experiment = karate: is for runs that write a directory"),
    "a film": ({"animation": True}, "animation = true: is for runs that write a directory: use the command"),
    "a tracker": ({"logger": "tensorboard"}, "logger = tensorboard: is for runs that write a directory"),
    "checkpoints": ({"checkpoint.seconds": 3}, "checkpoint.seconds = 3: is for runs that write a directory"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_told_in_one_line(case: str) -> None:
    keywords, line = REFUSED[case]
    with pytest.raises(gn.SettingError, match=f"^{line}") as caught:
        gn.optimize(nx.path_graph(4), **{"progress": "none", **keywords})
    assert "\n" not in str(caught.value)


class TestNothingIsLeftBehind:
    """The process is as it was, whatever happened."""

    @pytest.fixture(params=["done", "refused", "failed"])
    def outcome(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def go(self, outcome: str) -> None:
        def broken(network: Any) -> torch.Tensor:
            raise ZeroDivisionError

        if outcome == "done":
            assert_found(gn.optimize("grid", **SMALL, seed=4))
        elif outcome == "refused":
            with pytest.raises(gn.SettingError):
                gn.optimize("grid", **SMALL, updats=4)
        else:
            with pytest.raises(ZeroDivisionError):
                gn.optimize("grid", **SMALL, objective=broken, sense="minimize")

    @pytest.fixture
    def threads(self) -> Iterator[None]:
        before = torch.get_num_threads()
        torch.set_num_threads(2)
        yield
        torch.set_num_threads(before)

    @pytest.mark.usefixtures("threads")
    def test_threads_and_precision(self, outcome: str) -> None:
        self.go(outcome)
        assert torch.get_num_threads() == 2
        assert torch.get_default_dtype() == torch.float32
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
        assert torch.get_float32_matmul_precision() == "highest"
        assert not torch.are_deterministic_algorithms_enabled()

    def test_random_numbers(self, outcome: str) -> None:
        import random

        torch.manual_seed(7)
        np.random.seed(7)  # noqa: NPY002 - what people call
        random.seed(7)
        expected = torch.rand(3), np.random.rand(3), random.random()  # noqa: NPY002
        torch.manual_seed(7)
        np.random.seed(7)  # noqa: NPY002
        random.seed(7)
        self.go(outcome)
        assert torch.equal(torch.rand(3), expected[0])
        assert (np.random.rand(3) == expected[1]).all()  # noqa: NPY002
        assert random.random() == expected[2]

    def test_signals(self, outcome: str) -> None:
        before = {number: signal.getsignal(number) for number in signal.valid_signals()}
        self.go(outcome)
        assert {number: signal.getsignal(number) for number in signal.valid_signals()} == before

    def test_hydra(self, outcome: str) -> None:
        with initialize_config_dir(config_dir=str(config_directory()), version_base="1.3"):
            before = GlobalHydra.instance().hydra
            self.go(outcome)
            assert GlobalHydra.instance().hydra is before
            assert compose("config", ["rows=7"]).rows == 7
        self.go(outcome)
        assert not GlobalHydra.instance().is_initialized()

    def test_environment_directory_and_files(self, outcome: str, here: Path) -> None:
        before = dict(os.environ)
        self.go(outcome)
        assert dict(os.environ) == before
        assert Path.cwd() == here
        assert not list(here.iterdir())

    def test_logs_warnings_and_path(self, outcome: str) -> None:
        root = logging.getLogger()
        before = list(root.handlers), root.level, list(warnings.filters), list(sys.path)
        self.go(outcome)
        assert (list(root.handlers), root.level, list(warnings.filters), list(sys.path)) == before

    def test_nothing_is_said(self, outcome: str, capfd: pytest.CaptureFixture[str]) -> None:
        self.go(outcome)
        assert capfd.readouterr() == ("", "")


class TestAgain:
    """The same call gives the same network."""

    @pytest.mark.parametrize(
        "keywords",
        [
            {},
            {"initial": "random", "seed": 2},
            {"noise": "gaussian", "updates": 12},
            {"objective": "kuramoto_synchrony", "frequencies": "normal", "updates": 5},
            {"objective": "quantum_capacity", "updates": 5},
        ],
        ids=str,
    )
    def test_two_calls(self, keywords: dict[str, Any]) -> None:
        one, other = (gn.optimize("grid", **{**SMALL, "rows": 4}, **keywords) for _ in range(2))
        np.testing.assert_array_equal(one.weights, other.weights)
        assert one.score == other.score
        assert_found(one)

    @pytest.mark.parametrize("name", ["algebraic_connectivity", "effective_resistance", "spectral_radius"])
    def test_an_objective_that_is_used_again_is_as_fresh_as_new(self, name: str) -> None:
        plugin = gn.settings_from(objective=name).objective
        objective = build_objective(plugin, seed=0)
        first = gn.optimize("grid", **SMALL, objective=objective)
        other = gn.optimize("grid", rows=4, cols=7, progress="none", objective=objective)
        again = gn.optimize("grid", **SMALL, objective=objective)
        by_name = gn.optimize("grid", **SMALL, objective=name)
        np.testing.assert_array_equal(first.weights, again.weights)
        np.testing.assert_array_equal(first.weights, by_name.weights)
        assert_found(other)
        assert first.settings.objective.name == name

    def test_its_settings_are_its_own(self) -> None:
        objective = build_objective(gn.settings_from().objective, seed=0)
        with pytest.raises(
            gn.SettingError, match=r"^solver = dense: is a setting of objective=algebraic_connec"
        ):
            gn.optimize("grid", **SMALL, objective=objective, solver="dense")


class Counting(gn.Callback):
    """Counts what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def on_start(self, module: Any) -> None:
        self.told.append("start")

    def on_record(self, module: Any) -> None:
        self.told.append("record")
        if module.record.step == 3:
            module.record.stop_reason = "three are enough"

    def on_update(self, module: Any) -> None:
        self.told.append("update")

    def on_end(self, module: Any) -> None:
        self.told.append("end")

    def on_found(self, problem: gn.Problem, weights: np.ndarray) -> None:
        self.told.append(f"found {len(weights)}")


def test_callbacks_look_on_and_may_stop() -> None:
    counting = Counting()
    result = gn.optimize("grid", **SMALL, gap=1e-9, callbacks=[counting])
    assert counting.told == ["start", *["record", "update"] * 3, "record", "end", "found 60"]
    assert (result.stop_reason, result.updates) == ("three are enough", 3)
    assert_found(result)


def test_in_a_thread() -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(gn.optimize("grid", **SMALL)))
    thread.start()
    thread.join(timeout=120)
    np.testing.assert_array_equal(found[0].weights, gn.optimize("grid", **SMALL).weights)


class TestProgress:
    """What is shown while it runs."""

    def test_lines_where_there_is_no_terminal(self, capsys: pytest.CaptureFixture[str]) -> None:
        result = gn.optimize("grid", rows=6)
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("update 0/1000  0.")
        assert lines[-1].startswith(f"update {result.updates}/1000")
        assert "score" in lines[-1]
        assert "gap" in lines[-1]

    def test_a_bar(self, capsys: pytest.CaptureFixture[str]) -> None:
        gn.optimize("grid", rows=6, progress="bar")
        assert "training" in capsys.readouterr().out

    def test_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        gn.optimize("grid", rows=6, trainer={"progress": "none"})
        assert capsys.readouterr().out == ""
