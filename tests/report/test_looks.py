"""Looks of figures: colours that all can tell apart, text that stays text, files of each format."""

import ast
import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

import gradnet_cli
from gradnet_cli.problem.masks import grid
from gradnet_cli.report.figures import draw_all, style
from gradnet_cli.report.figures.labels import break_labels
from gradnet_cli.report.figures.looks import COLOURS, LOOKS, Look
from gradnet_cli.report.html.pictures import pictures
from gradnet_cli.settings.figures import FigureSettings

# What is seen of linear RGB without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
APART = 12.0
"""CIE 1976 difference of colours that nobody mistakes; just seen is one of 2.3 (Mahy et al. 1994)."""


def linear(colour: object) -> np.ndarray:
    """Linear RGB of an sRGB colour."""
    channels = np.array(to_rgb(colour))  # type: ignore[arg-type]
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB under D65."""
    relative = np.clip(XYZ @ rgb, 0, None) / [0.95047, 1.0, 1.08883]
    bent = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    return np.array([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    low, high = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    return LOOKS[request.param]


@pytest.mark.parametrize("cones", SEEN)
def test_colours_of_lines_and_marks_can_be_told_apart(look: Look, cones: str) -> None:
    lines = [look.blue, look.orange, look.green, look.red, look.grey]
    for group in (lines, look.series, (look.more[1], look.less[1], look.base)):
        seen = [lab(np.clip(SEEN[cones] @ linear(colour), 0, 1)) for colour in group]
        for one, other in itertools.combinations(range(len(group)), 2):
            distance = float(np.linalg.norm(seen[one] - seen[other]))
            assert distance > APART, (group[one], group[other], distance)


@pytest.mark.parametrize("cones", SEEN)
@pytest.mark.parametrize("scale", ["weights", "more", "less", "negative", "positive"])
def test_scales_rise_in_lightness_for_everyone(look: Look, cones: str, scale: str) -> None:
    light = [lab(np.clip(SEEN[cones] @ linear(shade), 0, 1))[0] for shade in getattr(look, scale)]
    steps = np.diff(light)
    assert (steps > 0).all() or (steps < 0).all()
    ground = lab(linear(look.paper))[0]
    assert abs(light[-1] - ground) > abs(light[0] - ground)


@pytest.mark.parametrize("cones", SEEN)
def test_ends_of_signed_scales_can_be_told_apart(look: Look, cones: str) -> None:
    ends = [lab(np.clip(SEEN[cones] @ linear(each[-1]), 0, 1)) for each in (look.negative, look.positive)]
    assert np.linalg.norm(ends[0] - ends[1]) > APART


def test_letters_can_be_read_and_lines_be_seen(look: Look) -> None:
    assert contrast(look.ink, look.paper) > 10
    assert contrast(look.grey, look.paper) > 4.5
    assert all(contrast(colour, look.paper) > 2.2 for colour in look.series)
    with style.styled(next(name for name, each in LOOKS.items() if each is look)):
        lightest = style.weight_colours(np.array([0.0, 1.0]), lines=True).cmap(0.0)
        assert contrast(lightest, look.paper) > 1.7
        for fill in (look.paper, look.blue, look.weights[0], look.weights[-1]):
            assert contrast(style.letters_on(fill), fill) > 4


FIGURES = sorted(
    path
    for path in Path(gradnet_cli.__file__).parent.rglob("*.py")
    if "figures" in path.parts[-3:] or path.parent.name in ("views", "sweeps")
)


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: "/".join(path.parts[-3:]))
def test_figures_take_their_colours_from_the_style_when_they_are_drawn(path: Path) -> None:
    if path.name == "looks.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            kept = [each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)]
            assert not {name.lower() for name in kept if name.isupper()} & set(COLOURS), "looked up at import"
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    literal = [
        text
        for text in texts
        if isinstance(text, str) and re.fullmatch("#[0-9a-fA-F]{3,8}|white|black", text)
    ]
    assert literal == []


def test_files_are_those_that_were_asked_for_with_text_as_text(samples, tmp_path) -> None:
    result = samples.result(grid.build(rows=4, cols=4), course=samples.course(tmp_path, rows=5))
    chosen = FigureSettings(style="dark", format=["png", "svg", "pdf"])
    result = replace(result, settings=replace(result.settings, figures=chosen))
    paths = draw_all(result, tmp_path / "figures")
    names = ("grid", "convergence", "distribution", "network")
    assert [path.name for path in paths] == [f"{name}.{kind}" for name in names for kind in chosen.format]
    drawing = (tmp_path / "figures" / "convergence.svg").read_text(encoding="utf-8")
    assert ">proven bound</text>" in drawing
    assert "'DejaVu Sans', 'Bitstream Vera Sans', 'Verdana'" in drawing
    printed = (tmp_path / "figures" / "convergence.pdf").read_bytes()
    assert b"/FontFile2" in printed  # TrueType, which editors can change
    assert b"/Type3" not in printed
    with Image.open(tmp_path / "figures" / "network.png") as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == tuple(
            round(255 * part) for part in to_rgb("#15181d")
        )
    before = {path: path.read_bytes() for path in paths}
    draw_all(result, tmp_path / "figures")
    assert {path: path.read_bytes() for path in paths} == before


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_page_shows_what_a_browser_can_and_links_the_rest(samples, tmp_path, kind) -> None:
    result = samples.result(grid.build(rows=4, cols=4))
    result = replace(result, settings=replace(result.settings, figures=FigureSettings(format=kind)))
    draw_all(result, tmp_path / "figures")
    found = {picture.name: picture for picture in pictures(tmp_path)}
    assert list(found) == ["network", "grid", "distribution"]
    assert found["grid"].links == {kind.upper(): f"./figures/grid.{kind}"}
    if kind == "svg":
        assert found["grid"].caption.startswith("Weights along each axis of a grid")
        assert found["distribution"].is_wide
        assert found["grid"].source is not None
    else:
        assert found["grid"].source is None
        assert found["grid"].why_not_shown == "No image that a page can hold was asked for."


def test_larger_letters_take_more_of_the_same_picture() -> None:
    letters, wide = {}, {}
    for name in ("paper", "slides"):
        with style.styled(name):
            figure = style.new_figure(style.COLUMN, 2.0)
            wide[name] = figure.get_size_inches()[0] * figure.dpi
            letters[name] = figure.text(0, 0, "abc").get_window_extent().width
    assert wide["slides"] == pytest.approx(wide["paper"])
    assert letters["slides"] == pytest.approx(1.35 * letters["paper"], rel=0.05)  # hinting rounds


def test_figures_of_others_get_larger_letters_too() -> None:
    from matplotlib.figure import Figure

    with style.styled("slides"):
        figure = Figure(figsize=(4, 3))
        style.finish(figure)
        assert figure.get_size_inches() == pytest.approx([4 / 1.35, 3 / 1.35])
        style.finish(figure)
        assert figure.get_size_inches() == pytest.approx([4 / 1.35, 3 / 1.35])


def test_long_names_of_axes_are_broken_between_words_and_formulas_are_not() -> None:
    with style.styled("paper"):
        figure = style.new_figure(2.0, 2.0)
        axes = figure.subplots()
        axes.set_xlabel(r"a name that is far too long for its axis $a + b + c$")
        axes.set_ylabel("short")
        break_labels(figure)
        lines = axes.get_xlabel().split("\n")
    assert len(lines) == 3
    assert " ".join(lines) == r"a name that is far too long for its axis $a + b + c$"
    assert "$a + b + c$" in lines[-1]
    assert axes.get_ylabel() == "short"
