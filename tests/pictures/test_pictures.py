"""Each kind of figure looks as it did, and can be read in every style.

`make pictures` draws the pictures beside this file anew; look at them before they are committed.
"""

import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from PIL import Image

import gradnet_cli.objectives
from gradnet_cli.report.figures import figure_modules, style
from tests.pictures.kinds import Kind, kinds
from tests.pictures.readable import colours_of_letters, faults

PICTURES = Path(__file__).parent / "expected"
ANEW = os.environ.get("GRADNET_PICTURES") == "anew"
DPI = 50
COARSE = 4
"""Pixels a side of the blocks whose means are compared: letters may lie a pixel aside."""
DIFFERENT = 4.0
"""Root mean square, of 255, from which a picture is another."""
KINDS = {kind.name: kind for kind in kinds()}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def pixels(figure: Any) -> np.ndarray:
    """The figure as it is saved, small: (height, width, 3)."""
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square of the difference of two pictures' blocks; infinite where their sizes differ."""
    if one.shape != other.shape:
        return np.inf
    height, width = (length // COARSE * COARSE for length in one.shape[:2])
    apart = one[:height, :width].astype(float) - other[:height, :width]
    blocks = apart.reshape(height // COARSE, COARSE, width // COARSE, COARSE, 3).mean(axis=(1, 3))
    return float(np.sqrt(np.mean(blocks**2)))


def test_a_figure_looks_as_it_did_and_can_be_read(kind: Kind) -> None:
    path = PICTURES / f"{kind.name}.png"
    with style.styled("paper"):
        figure = kind.draw()
        style.finish(figure)
        found = pixels(figure)
        assert faults(figure) == []
    if ANEW:
        Image.fromarray(found).quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    with Image.open(path) as picture:
        expected = np.asarray(picture.convert("RGB"))
    assert difference(found, expected) < DIFFERENT, f"if it is meant to look so: make pictures ({path.name})"


@pytest.mark.slow
def test_it_can_be_read_with_larger_letters(kind: Kind) -> None:
    with style.styled("slides"):
        figure = kind.draw()
        style.finish(figure)
        pixels(figure)
        assert faults(figure) == []


def test_on_dark_ground_nothing_is_written_in_dark_ink(kind: Kind) -> None:
    """All else is as on paper."""
    with style.styled("dark"):
        figure = kind.draw()
        assert to_hex(figure.get_facecolor()) == style.PAPER
        light = {style.INK, style.GREY, style.BLUE, style.RED}
        on_fills = {style.PAPER} if kind.name in ("confusion", "factions") else set()
        assert set(colours_of_letters(figure)) <= {to_hex(colour) for colour in light | on_fills}


def test_every_module_that_draws_has_a_picture() -> None:
    """A new figure needs one: add it to the kinds, and draw the pictures anew."""
    drawn = {kind.module for kind in KINDS.values()}
    assert {module.__name__ for module in all_figures()} - drawn == set()


def all_figures() -> Iterator[Any]:
    yield from figure_modules()
    for entry in pkgutil.iter_modules(gradnet_cli.objectives.__path__):
        name = f"gradnet_cli.objectives.{entry.name}"
        home = Path(gradnet_cli.objectives.__path__[0]) / entry.name / "figures"
        if home.is_dir():
            importlib.import_module(f"{name}.figures")
            yield from figure_modules(f"{name}.figures")


def test_no_picture_is_left_over_and_all_are_small() -> None:
    files = {path.stem: path.stat().st_size for path in PICTURES.glob("*.png")}
    assert set(files) == set(KINDS)
    assert sum(files.values()) < 1_000_000


@pytest.mark.parametrize("change", ["colour", "data", "legend", "size"])
def test_what_has_changed_is_seen(change: str) -> None:
    with style.styled("paper"):
        figure = KINDS["convergence"].draw()
        before = pixels(figure)
        axes = figure.axes[0]
        if change == "colour":
            axes.lines[0].set_color(style.GREEN)
            axes.lines[0].set_linewidth(3)
        elif change == "data":
            x, y = axes.lines[0].get_data()
            axes.lines[0].set_data(x, y[::-1])
        elif change == "legend":
            axes.get_legend().remove()
        else:
            figure.set_size_inches(4.0, 3.0)
        assert difference(before, pixels(figure)) > DIFFERENT
