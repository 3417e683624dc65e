import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from gradnet_cli.problem.masks import grid
from gradnet_cli.report import show
from gradnet_cli.report.panel import panel_rows


def printed(result, directory, *, terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    show(result, directory, console=console)
    return console.file.getvalue()


def test_the_end_is_told_in_plain_lines_without_a_terminal(grid_result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = printed(grid_result, tmp_path / "outputs" / "run", terminal=False).splitlines()
    assert lines == [
        "score: 0.0033366 (maximized)",
        "bound: 0.003337 (no network can exceed it)",
        "gap: 0.012 % (proven)",
        "gain: +17.8 % over the uniform network (0.0028335)",
        "edges used: 40 of 40, on 25 nodes",
        "budget spent: 25 of 25",
        "training: 1.25 s, 40 updates (gap reached)",
        "results: outputs/run/",
    ]


def test_a_terminal_gets_a_panel(grid_result, tmp_path):
    text = printed(grid_result, tmp_path, terminal=True)
    assert "╭" in text
    assert "algebraic_connectivity" in text
    assert "0.012 %" in text


def test_lines_are_never_broken_nor_read_as_markup(grid_result, tmp_path):
    directory = tmp_path / ("[bold]" + "long" * 30)
    for terminal in (False, True):
        # In a panel a path that is longer than a row goes on in the next, between the frame's bars.
        told = re.sub(r"[\s│]", "", printed(grid_result, directory, terminal=terminal))
        assert "[bold]long" in told
    assert len(printed(grid_result, directory, terminal=False).splitlines()) == 8


def test_what_there_is_not_is_left_out(samples, tmp_path):
    changes = {"bound": None, "gap": None, "certified": False, "references": {}}
    problem = samples.problem(grid.build(rows=3, cols=3), budget={"kind": "none", "value": None})
    rows = dict(panel_rows(samples.result(problem, **changes), tmp_path))
    assert not {"bound", "gap", "gain"} & set(rows)
    assert rows["budget spent"].endswith("without a limit")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0123, "12 ms"), (75.04, "75 s"), (150, "2 min 30 s"), (7500, "2 h 5 min")]
)
def test_time_is_told_in_a_unit_that_suits(samples, tmp_path, seconds, text):
    result = samples.result(grid.build(rows=3, cols=3), seconds=seconds)
    assert dict(panel_rows(result, tmp_path))["training"].startswith(text + ",")


def test_a_smaller_score_is_a_gain_when_minimizing(samples):
    result = samples.result(
        grid.build(rows=3, cols=3), sense="minimize", score=1.0, references={"uniform": 2.0}
    )
    assert result.gain_over("uniform") == 0.5
    assert result.gain_over("nothing") is None
    assert (
        samples.result(grid.build(rows=3, cols=3), references={"uniform": 0.0}).gain_over("uniform") is None
    )


def test_places_elsewhere_are_told_in_full(grid_result, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert dict(panel_rows(grid_result, tmp_path))["results"] == f"{Path(tmp_path).resolve()}/"
