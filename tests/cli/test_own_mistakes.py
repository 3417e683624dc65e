"""A mistake of the program itself is never told as bad input, and its traceback is to be found."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.report import html
from gradnet_cli.settings import hydra, plugins
from gradnet_cli.settings.plugins import load_target
from tests.cli.conftest import Command

RUN = ("rows=3", "updates=2", "figures=false", "trainer.progress=none", "hydra.run.dir=run")


class MistakeError(Exception):
    """What a mistake of ours may raise."""


def fail(*_: object, **__: object) -> None:
    raise MistakeError("of our own")


def state() -> tuple[str, str]:
    status = json.loads(Path("run/status.json").read_text())
    return status["state"], status["error"]


def test_within_a_run(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("gradnet_cli.runs.run"), "write_manifest", fail)
    answer = command(*RUN)
    log = Path("run/run.log").absolute()
    assert answer.exit_status == 1
    assert answer.err == f"gradnet-run: MistakeError: of our own (see {log})\n"
    assert state() == ("failed", "MistakeError: of our own")
    assert "Traceback (most recent call last)" in log.read_text()
    assert "in run_in\n" in log.read_text()


def test_around_a_run_before_there_is_a_log(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hydra, "configure_log", lambda *_: None)
    monkeypatch.setattr(hydra, "_save_config", fail)
    answer = command(*RUN)
    assert answer.exit_status == 1
    assert "Traceback (most recent call last)" in answer.err
    assert answer.err.endswith("gradnet-run: MistakeError: of our own\n")
    assert state() == ("failed", "MistakeError: of our own")


@pytest.mark.parametrize(
    "setting", ["hydra.job_logging.version=7", "+hydra.callbacks.mine._target_=no.such.Thing"]
)
def test_what_hydra_complains_of_is_bad_input(command: Command, setting: str) -> None:
    answer = command(*RUN, setting)
    assert (answer.exit_status, answer.err.count("\n")) == (2, 1)
    assert "cannot be used" in answer.err


def test_of_the_page(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "write_run_report", fail)
    answer = command(*RUN)
    assert answer.exit_status == 0
    assert answer.err == (
        "gradnet-run: report.html could not be written, all else is: MistakeError: of our own\n"
    )
    assert "Traceback (most recent call last)" in Path("run/run.log").read_text()


def test_of_a_job_that_hydra_calls(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HYDRA_FULL_ERROR")
    with pytest.raises(MistakeError):
        hydra.run_by_hydra(["-m", "seed=0,1", "hydra.sweep.dir=sweep"], fail)
    with pytest.raises(SettingError, match=r"no\.such"):
        hydra.run_by_hydra(["-m", "hydra/sweeper=basic", "hydra.launcher._target_=no.such.Launcher"], fail)


def test_of_a_module_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="cannot be imported"):
        load_target(setting="objective._target_", path="gradnet_cli.objectives.no_such_module.Thing")
    monkeypatch.setattr(plugins, "_import", fail)
    with pytest.raises(MistakeError):
        load_target(setting="mask._target_", path="gradnet_cli.problem.masks.grid.build")
    with pytest.raises(SettingError, match="cannot be imported: MistakeError: of our own"):
        load_target(setting="objective._target_", path="mine.Thing")
