"""The one path from the command to its network: composed once, checked once, and short."""

import inspect
from pathlib import Path

import pytest

import gradnet_cli
from gradnet_cli.runs import run as runs
from gradnet_cli.settings.hydra import Frontend
from gradnet_cli.settings.settings import Settings

PACKAGE = str(Path(gradnet_cli.__file__).parent)


def test_from_main_to_solve(command, monkeypatch: pytest.MonkeyPatch) -> None:
    between: list[str] = []
    composed: list[object] = []
    checked: list[object] = []
    solve, compose, check = runs.solve, Frontend.compose, Settings.from_mapping.__func__

    def solving(*arguments, **keywords):
        stack = [frame for frame in inspect.stack()[1:] if frame.filename.startswith(PACKAGE)]
        names = [frame.function for frame in stack]
        between.extend(names[: names.index("main")])
        return solve(*arguments, **keywords)

    def composing(self, *arguments, **keywords):
        composed.append(arguments)
        return compose(self, *arguments, **keywords)

    def checking(cls, *arguments, **keywords):
        checked.append(arguments)
        return check(cls, *arguments, **keywords)

    monkeypatch.setattr(runs, "solve", solving)
    monkeypatch.setattr(Frontend, "compose", composing)
    monkeypatch.setattr(Settings, "from_mapping", classmethod(checking))
    answer = command("mask=grid", "rows=6", "figures=false", "report=false", "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (0, "")
    assert Path("run/edges.csv").exists()
    assert between == ["run_in", "run_job", "run", "dispatch"]
    assert (len(composed), len(checked)) == (1, 1)


@pytest.mark.parametrize("again", [("resume=run", "updates=4"), ("rerun=run",)])
def test_a_run_that_is_there_is_composed_once(command, monkeypatch: pytest.MonkeyPatch, again) -> None:
    short = ("rows=4", "updates=2", "stop.gap=null", "figures=false", "report=false")
    assert command(*short, "hydra.run.dir=run").exit_status == 0
    composed: list[object] = []
    compose = Frontend.compose

    def composing(self, *arguments, **keywords):
        composed.append(arguments)
        return compose(self, *arguments, **keywords)

    monkeypatch.setattr(Frontend, "compose", composing)
    answer = command(*again)
    assert (answer.exit_status, answer.err) == (0, "")
    assert len(composed) == 1
