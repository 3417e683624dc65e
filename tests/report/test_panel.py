import io
import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from gradnet_cli.problem.masks import grid
from gradnet_cli.report import show
from gradnet_cli.report.panel import panel_rows
from gradnet_cli.report.wording import percent


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


def test_the_path_stands_outside_of_the_frame_in_one_piece(grid_result, tmp_path):
    """As a terminal of 80 columns gets it: a frame would break the path into pieces, each between bars."""
    directory = tmp_path / ("deep" * 25)
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    show(grid_result, directory, console=console)
    *_, last = console.file.getvalue().splitlines()
    assert last == f"results: {directory.resolve()}/"


@pytest.mark.parametrize(
    ("sense", "score", "reference", "told"),
    [
        ("maximize", 1.129, 1.0, "+12.9 % over the uniform network (1)"),
        ("maximize", 20.2, 1.0, "× 20.2 against the uniform network (1)"),
        ("maximize", 1.0, 1.0 + 4e-16, "none: equal to the uniform network (1)"),
        ("maximize", 1.0 + 4e-8, 1.0, "none: equal to the uniform network within 0.001 % (1)"),
        ("maximize", 0.361, 1.0, "−63.9 % against the uniform network (1), which is better"),
        ("minimize", 0.9, 1.0, "+10 % over the uniform network (1)"),
        ("minimize", 3e-7, 0.1722963, "÷ 574,000 against the uniform network (0.1722963)"),
        ("minimize", 30.0, 1.0, "× 30 against the uniform network (1), which is better"),
        ("minimize", -30.0, 1.0, "+3,100 % over the uniform network (1)"),
    ],
)
def test_gains_are_told_as_people_read_them(samples, sense, score, reference, told):
    result = samples.result(
        grid.build(rows=3, cols=3), sense=sense, score=score, references={"uniform": reference}
    )
    assert dict(panel_rows(result, None))["gain"] == told


def test_a_reference_of_an_objective_of_ones_own_is_called_as_it_calls_it(samples):
    result = samples.result(grid.build(rows=3, cols=3), score=2.0, references={"my_design": 1.0})
    assert dict(panel_rows(result, None))["gain"] == "+100 % over the network my design (1)"


def test_nothing_is_gained_over_a_score_of_zero(samples):
    result = samples.result(grid.build(rows=3, cols=3), references={"uniform": 0.0})
    assert "gain" not in dict(panel_rows(result, None))


def test_references_on_a_base_network_are_called_what_they_are(samples):
    mask = samples.mask([(0, 1), (1, 2)], nodes=3, base=np.array([2.0, 1.0]))
    references = {"base": 0.002, "uniform": 0.003, "random": 0.0025}
    rows = [
        text for name, text in panel_rows(samples.result(mask, references=references), None) if name == "gain"
    ]
    assert rows == [
        "+66.8 % over the base network (0.002)",
        "+11.2 % over a uniform change of the base network (0.003)",
        "+33.5 % over a random change of the base network (0.0025)",
    ]


@pytest.mark.parametrize("gap", [1e-9, 1e-7, 1e-5, 0.05, 0.283, 9.99, 19.2, 1.92e4])
def test_no_share_has_an_exponent(gap):
    text = percent(gap)
    assert "e" not in text.removeprefix("below")
    value = float(text.removeprefix("below ").removesuffix(" %").replace(",", "")) / 100
    assert value == pytest.approx(gap, rel=5e-3) if gap >= 1e-8 else value == 1e-8
