"""All figures of a result, and their files."""

import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from gradnet_cli.objectives.algebraic_connectivity import AlgebraicConnectivity
from gradnet_cli.objectives.spectral_radius import SpectralRadius
from gradnet_cli.problem.masks import complete, grid
from gradnet_cli.report import figures
from gradnet_cli.report.figures import fonts, network, style
from tests.quick import quick


@pytest.fixture(autouse=True)
def nothing_fails(caplog):
    """A figure that cannot be drawn is logged and left out: here that is a failure."""
    yield
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def rendered(figure):
    """Grey values of the figure, small for speed."""
    figure.set_dpi(40)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=2)


def test_figures_are_found_by_being_there():
    found = [module.__name__.split(".")[-1] for module in figures.figure_modules()]
    present = {path.stem for path in Path(figures.__file__).parent.glob("*.py")} - {
        "__init__",
        "animation",
        "bars",
        "colours",
        "fonts",
        "labels",
        "legends",
        "looks",
        "style",
        "ticks",
    }
    assert found == sorted(present)


def test_every_figure_of_every_kind_of_mask_says_something(samples, tmp_path, mask, monkeypatch):
    """Drawn small, for speed: each has dark ink on its paper, and a grid has its profile too."""
    drawn = set()

    def look(figure, directory, stem, *, caption, formats):
        assert caption.endswith(".")
        grey = rendered(figure)
        assert grey.min() < 100
        assert grey.max() == 255
        drawn.add(stem)
        return []

    monkeypatch.setattr(style, "save", look)
    figures.draw_all(samples.result(mask, course=samples.course(tmp_path, rows=5)), tmp_path)
    further = {"grid"} if mask.shape else {"adjacency"}
    assert drawn == {"convergence", "distribution", "network"} | further


@pytest.mark.parametrize("size", quick([5, 130], 0))
def test_files_are_whole_small_and_leave_the_settings_of_the_process(samples, tmp_path, size):
    course = samples.course(tmp_path, rows=5)
    settings = dict(matplotlib.rcParams)
    result = samples.result(grid.build(rows=size, cols=size), course=course)
    paths = figures.draw_all(result, tmp_path / "figures")
    assert dict(matplotlib.rcParams) == settings
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {path.name for path in paths}
    for path in paths:
        if path.suffix == ".png":
            with Image.open(path) as image:
                assert min(image.size) > 300
        else:
            assert path.stat().st_size < 1_000_000
            assert "</svg>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("values", ["equal", "signed", "zero but one", "decades"])
def test_unusual_weights_are_drawn(samples, tmp_path, values, monkeypatch):
    monkeypatch.setattr(
        style, "save", lambda figure, directory, stem, *, caption, formats: [rendered(figure)]
    )
    mask = complete.build(nodes=8)
    weights = {
        "equal": np.ones(mask.edges),
        "signed": np.linspace(-1, 1, mask.edges),
        "zero but one": np.eye(mask.edges)[3],
        "decades": np.geomspace(1e-9, 1e3, mask.edges),
    }[values]
    problem = samples.problem(mask, budget={"kind": "none", "value": None}, signs={"result": "any"})
    changes = {
        "course": samples.course(tmp_path, rows=1),
        "bound": None,
        "gap": None,
        "certified": False,
        "references": {},
    }
    result = samples.result(problem, weights, **changes)
    assert len(figures.draw_all(result, tmp_path)) == 4


def test_a_figure_that_fails_is_logged_and_the_others_are_drawn(grid_result, tmp_path, monkeypatch, caplog):
    def fail(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(network, "plot", fail)
    monkeypatch.setattr(style, "save", lambda figure, directory, stem, *, caption, formats: [stem])
    with caplog.at_level(logging.ERROR):
        paths = figures.draw_all(grid_result, tmp_path)
    assert paths == ["grid", "distribution"]
    (record,) = caplog.records
    assert "'network'" in record.message
    assert record.exc_info[0] is ZeroDivisionError
    caplog.clear()


def test_the_same_result_gives_the_same_bytes(grid_result, tmp_path):
    first, second = (
        [path.read_bytes() for path in figures.draw_all(grid_result, tmp_path / name)]
        for name in ("one", "two")
    )
    assert first == second
    assert len(first) == 6


@pytest.mark.parametrize("objective_class", [AlgebraicConnectivity, SpectralRadius, None])
def test_the_optimum_is_that_of_the_objective(grid_result, objective_class, tmp_path, monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        style, "save", lambda figure, directory, stem, *, caption, formats: drawn.setdefault(stem, [figure])
    )
    figures.draw_all(replace(grid_result, objective_class=objective_class), tmp_path)
    lines = drawn["grid"][0].axes[0].lines
    assert len(lines) == (2 if objective_class is AlgebraicConnectivity else 1)


def test_files_carry_their_captions(samples, grid_result, tmp_path):
    drawn = figures.draw_all(replace(grid_result, course=samples.course(tmp_path)), tmp_path)
    told = {path.name: description(path) for path in drawn}
    assert told["network.png"] == told["network.svg"] == "The network as drawn by its own geometry."
    assert told["grid.png"].endswith("against the optimal parabola.")
    assert all(told.values())


def description(path):
    if path.suffix == ".svg":
        found = ElementTree.parse(path).find(".//{http://purl.org/dc/elements/1.1/}description")
        return found.text
    with Image.open(path) as image:
        return image.info["Description"]


@pytest.mark.parametrize("caption", ["λ₂ of <b>W</b> & 'more'", "two\nlines", ""])
def test_any_caption_can_be_carried(caption, tmp_path):
    with style.paper():
        png, svg = style.save(style.new_figure(1, 1), tmp_path, "empty", caption=caption)
    if caption:
        assert description(png) == description(svg) == caption
    else:
        assert b"Description" not in png.read_bytes() + svg.read_bytes()


ANOTHER_LOOK = """
text.usetex: True
font.size: 30
font.family: serif
axes.facecolor: black
axes.spines.left: False
figure.constrained_layout.use: False
savefig.bbox: tight
savefig.transparent: True
svg.fonttype: none
path.simplify: False
"""
DRAW = """
import sys
from pathlib import Path
from gradnet_cli.problem.masks import grid
from gradnet_cli.report.figures import draw_all
from tests.report.conftest import Samples

samples, directory = Samples(), Path(sys.argv[1])
course = samples.course(directory, rows=5)
draw_all(samples.result(grid.build(rows=5, cols=5), course=course), directory / "figures")
"""


def drawn_elsewhere(directory, **environment):
    """Figures by name, drawn by a process of its own in another environment, and what it said of errors."""
    directory.mkdir()
    (directory / "matplotlibrc").write_text(ANOTHER_LOOK)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DRAW, str(directory)],
        env={**os.environ, "MATPLOTLIBRC": str(directory), **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {path.name: path.read_bytes() for path in (directory / "figures").glob("*")}, done.stderr


@pytest.mark.slow
def test_figures_do_not_depend_on_the_users_settings(samples, grid_result, tmp_path):
    course = samples.course(tmp_path, rows=5)
    paths = figures.draw_all(replace(grid_result, course=course), tmp_path / "figures")
    here = {path.name: path.read_bytes() for path in paths}
    there, said = drawn_elsewhere(tmp_path / "there", MPLBACKEND="module://matplotlib_inline.backend_inline")
    assert said == ""
    assert set(there) == set(here)
    assert [name for name in here if there[name] != here[name]] == []


def test_where_matplotlib_cannot_be_loaded_nothing_is_drawn(grid_result, tmp_path, caplog, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with caplog.at_level(logging.ERROR):
        assert figures.draw_all(grid_result, tmp_path) == []
    (record,) = caplog.records
    assert record.message == "The figures could not be drawn; all else is written."
    assert record.exc_info[0] is ModuleNotFoundError
    caplog.clear()


def test_an_odd_cache_of_fonts_is_not_complained_of(samples, tmp_path, caplog, monkeypatch):
    """As where another program has left a cache without matplotlib's own fonts, or of files that are gone."""
    manager = font_manager.fontManager
    odd = font_manager.FontEntry(fname=str(tmp_path / "gone.ttf"), name=fonts.FONT, weight=400)
    monkeypatch.setattr(manager, "ttflist", [odd])
    assert len(figures.draw_all(samples.result(grid.build(rows=3, cols=3)), tmp_path / "figures")) == 6
    assert caplog.records == []
    assert odd not in manager.ttflist


def test_what_matplotlib_logs_of_fonts_is_kept_from_the_terminal(samples, caplog):
    with style.paper():
        font_manager.findfont(font_manager.FontProperties(family="No such font"))
        assert caplog.records == []
    font_manager.findfont(font_manager.FontProperties(family="No such font either"))
    assert "not found" in caplog.text
    caplog.clear()
