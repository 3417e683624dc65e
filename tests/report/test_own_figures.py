"""Figures that an objective brings, also one of a user's own."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from gradnet_cli.objectives import Drawing
from gradnet_cli.objectives.spectral_radius import SpectralRadius
from gradnet_cli.problem.masks import complete
from gradnet_cli.report.figures import all_drawings, draw_all, style
from gradnet_cli.report.html import write_run_report
from gradnet_cli.settings.plugins import load_target
from tests.plugins import Drawn
from tests.report.pages import Page
from tests.runs import choices, composed, run

CAPTION = "Weights <b>edge</b> by edge, λ."


def test_a_users_objective_draws_a_figure_that_is_saved_and_shown(tmp_path):
    run(
        tmp_path,
        "rows=3",
        "updates=2",
        "figures=true",
        objective={"_target_": "tests.plugins.Drawn"},
    )
    with Image.open(tmp_path / "figures" / "spread.png") as image:
        assert image.size == (720, 540)  # 4 x 3 inches in the resolution of all figures
        assert image.info["Description"] == CAPTION
        blue = ImageColor.getrgb(style.BLUE)  # the first colour of a line that names none
        assert (np.asarray(image)[..., :3] == blue).all(axis=-1).sum() > 100
    assert "</svg>" in (tmp_path / "figures" / "spread.svg").read_text()
    write_run_report(tmp_path)
    page = Page(tmp_path / "report.html")
    assert f"Spread. {CAPTION}" in page.text
    assert f"Figure: spread. {CAPTION}" in page.attributes("alt")
    assert {"./figures/spread.png", "./figures/spread.svg"} <= set(page.attributes("href"))


@pytest.mark.parametrize(
    ("case", "own", "told"),
    [
        ("late", {"spread"}, "ZeroDivisionError"),
        ("early", set(), "ZeroDivisionError"),
        ("stranger", {"spread"}, "yields a Figure, and must yield Drawings"),
        ("twice", {"spread"}, "two drawings are called 'spread'"),
        ("no_axes", {"spread", "after"}, "The figure 'broken' could not be drawn"),
    ],
)
def test_what_a_users_figures_do_wrong_is_logged_and_the_others_are_drawn(
    grid_result, tmp_path, caplog, monkeypatch, case, own, told
):
    monkeypatch.setattr(Drawn, "case", case)
    with caplog.at_level(logging.ERROR):
        paths = draw_all(replace(grid_result, objective_class=Drawn), tmp_path)
    assert {path.stem for path in paths} == own | {"distribution", "grid", "network"}
    (record,) = caplog.records
    assert told in caplog.text
    assert "could not be drawn; all else is written" in record.message
    assert {path.name for path in paths} == {path.name for path in Path(tmp_path).iterdir()}


def test_a_drawing_takes_the_place_of_the_general_one_of_its_name(grid_result, tmp_path, monkeypatch):
    monkeypatch.setattr(Drawn, "case", "network")
    paths = draw_all(replace(grid_result, objective_class=Drawn), tmp_path)
    assert [path.name for path in paths].count("network.png") == 1
    with Image.open(tmp_path / "network.png") as image:
        assert image.info["Description"] == CAPTION


def test_a_drawing_that_says_more_replaces_general_ones(samples, tmp_path):
    class Told(SpectralRadius):
        @classmethod
        def figures(cls, result):
            yield Drawing(name="own", caption="Own.", figure=style.new_figure(2, 2), replaces=("adjacency",))

    result = samples.result(complete.build(nodes=5), objective_class=Told)
    stems = {path.stem for path in draw_all(result, tmp_path)}
    assert stems == {"own", "distribution", "network"} == {each.name for each in all_drawings(result)}


@pytest.mark.parametrize("name", ["", "../network", ".hidden", "a/b", "two words", "-flag", "a\n", "µ"])
def test_names_of_drawings_are_names_of_files(name):
    with pytest.raises(ValueError, match="the name of a drawing"):
        Drawing(name=name, caption="", figure=None)


@pytest.mark.parametrize("stem", choices("objective"))
def test_objectives_draw_nothing_of_what_was_not_told(stem, samples, caplog):
    path = composed(f"objective={stem}").objective["_target_"]
    objective_class = load_target(setting="objective._target_", path=path)
    bare = samples.result(complete.build(nodes=4), objective_class=objective_class)
    assert list(objective_class.figures(bare)) == []
    assert caplog.records == []
