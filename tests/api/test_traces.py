"""What optimize leaves behind: nothing. Callbacks, threads and progress."""

import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

import gradnet_cli as gn
from gradnet_cli.objectives import build_objective
from gradnet_cli.settings.catalog import config_directory
from tests.assertions import assert_found
from tests.quick import quick

SMALL = {"rows": 6, "progress": "none"}


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
        quick(
            [
                {},
                {"initial": "random", "seed": 2},
                {"noise": "gaussian", "updates": 12},
                {"objective": "kuramoto_synchrony", "frequencies": "normal", "updates": 5},
                {"objective": "quantum_capacity", "updates": 5},
            ],
            *(1, 2, 4),
        ),
        ids=str,
    )
    def test_two_calls(self, keywords: dict[str, Any]) -> None:
        one, other = (gn.optimize("grid", **{**SMALL, "rows": 4}, **keywords) for _ in range(2))
        np.testing.assert_array_equal(one.weights, other.weights)
        assert one.score == other.score
        assert_found(one)

    @pytest.mark.parametrize(
        "name", quick(["algebraic_connectivity", "effective_resistance", "spectral_radius"], 0)
    )
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
        told = "algebraic_connectivity of 36 nodes and 60 edges, optimizer=multiplicative, "
        assert lines[0] == told + "which suits this problem"
        assert lines[1].startswith("update 0/1000  0.")
        assert lines[-1].startswith(f"update {result.updates}/1000")
        assert "score" in lines[-1]
        assert "gap" in lines[-1]

    def test_a_bar(self, capsys: pytest.CaptureFixture[str]) -> None:
        gn.optimize("grid", rows=6, progress="bar")
        assert "training" in capsys.readouterr().out

    def test_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        gn.optimize("grid", rows=6, trainer={"progress": "none"})
        assert capsys.readouterr().out == ""
