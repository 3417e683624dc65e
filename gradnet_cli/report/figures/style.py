"""One look for all figures: sizes, fonts, colours that colour-blind readers can tell apart, and saving."""

import base64
import contextlib
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures.bars import FLAT as FLAT
from gradnet_cli.report.figures.bars import colour_bar as colour_bar
from gradnet_cli.report.figures.colours import WeightColours as WeightColours
from gradnet_cli.report.figures.colours import change_colours as change_colours
from gradnet_cli.report.figures.colours import letters_on as letters_on
from gradnet_cli.report.figures.colours import ordered_colours as ordered_colours
from gradnet_cli.report.figures.colours import shades_of as shades_of
from gradnet_cli.report.figures.colours import signed_colours as signed_colours
from gradnet_cli.report.figures.colours import tinted as tinted
from gradnet_cli.report.figures.colours import weight_colours as weight_colours
from gradnet_cli.report.figures.colours import weight_shades as weight_shades
from gradnet_cli.report.figures.fonts import FONT, LETTERS, LIKE_IT, quiet_matplotlib
from gradnet_cli.report.figures.fonts import LEGEND_SIZE as LEGEND_SIZE
from gradnet_cli.report.figures.looks import COLOURS, Look, look, using
from gradnet_cli.report.files.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

COLUMN = 85 / 25.4
"""Width in inches of a figure for one column of a journal."""
PAGE = 175 / 25.4
"""Width in inches of a figure across the page."""
NARROW, WIDE = COLUMN, PAGE
DPI = 180
FORMATS = ("png", "svg")
RASTERIZE_ABOVE = 5000
"""Artists beyond which a collection is embedded in an SVG as an image."""

if TYPE_CHECKING:
    # Of the look in use: they are looked up as a figure is drawn, so that no module may keep them.
    PAPER: str
    INK: str
    GREY: str
    FAINT: str
    BASE: str
    VOID: str
    BLUE: str
    ORANGE: str
    GREEN: str
    RED: str
    SERIES: tuple[str, ...]
    MORE: tuple[str, str, str]
    LESS: tuple[str, str, str]
else:

    def __getattr__(name: str) -> Any:
        if name.lower() in COLOURS and name.isupper():
            return getattr(look(), name.lower())
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _settings(used: Look) -> dict[str, Any]:
    ink = {f"{name}.color": used.ink for name in ("text", "xtick", "ytick")}
    ground = {f"{name}.facecolor": used.paper for name in ("figure", "axes")}
    return (
        SETTINGS
        | ink
        | ground
        | {
            "axes.edgecolor": used.ink,
            "axes.labelcolor": used.ink,
            "axes.prop_cycle": f"cycler('color', {[*used.series]})",
            "grid.color": used.faint,
            "patch.edgecolor": used.ink,
        }
    )


SETTINGS: dict[str, Any] = {
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "font.family": "sans-serif",
    "font.sans-serif": [FONT, *LIKE_IT],
    "font.size": LETTERS,
    "axes.titlesize": 9,
    "axes.labelsize": LETTERS,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.limits": (-3, 4),
    "axes.formatter.use_mathtext": True,
    "axes.formatter.useoffset": False,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.fontsize": LEGEND_SIZE,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "image.interpolation": "antialiased",
    "mathtext.default": "regular",
    # Text stays text: it can be searched, edited and set in the journal's own typeface.
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    # The same run draws the same bytes.
    "svg.hashsalt": "gradnet-run",
}


@contextlib.contextmanager
def _without_backend() -> Iterator[None]:
    """Hide the backend that the environment names: matplotlib cannot be loaded where it is not installed.

    A notebook names its own, and hands it on to the commands that are called from it.
    """
    named = os.environ.pop("MPLBACKEND", None)
    try:
        yield
    finally:
        if named is not None:
            os.environ["MPLBACKEND"] = named


@contextlib.contextmanager
def styled(name: str = "paper") -> Iterator[None]:
    """Settings under which figures are made and saved; those of the process are left as they were.

    They are the same for all people: what else a matplotlibrc rules is set to matplotlib's own defaults. The
    backend alone is left, which no figure here asks: each is saved by a canvas of its own.

    Args:
        name: of the look, paper, slides or dark
    """
    with _without_backend():
        import matplotlib

    defaults = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}
    with (
        quiet_matplotlib(),
        using(name) as used,
        matplotlib.rc_context(defaults | _settings(used)),  # type: ignore[arg-type, unused-ignore]
    ):
        yield


paper = styled
"""The look of all figures that are not asked for in another."""


def points(inches: float) -> float:
    """How many points are in so many inches of a figure; the fewer the larger its letters are."""
    return 72 * inches / look().size


def new_figure(width: float, height: float, *, fixed_aspect: bool = False) -> "Figure":
    """An empty figure in inches on paper, apart from pyplot and its global state.

    Where letters and lines are to be larger it is made smaller, and saved as large as on paper: so all that
    is measured in points grows, whoever has written it.

    `fixed_aspect` moves panels whose aspect is fixed, and their colour bars, close together.
    """
    from matplotlib.figure import Figure

    size = look().size
    return Figure(
        figsize=(width / size, height / size),
        dpi=DPI * size,
        layout="compressed" if fixed_aspect else "constrained",
    )


def finish(figure: "Figure") -> None:
    """What is done to every figure when it is complete: plain labels of ticks, names of axes that fit.

    One that was not made by `new_figure` gets the size of letters that the look asks for.
    """
    from gradnet_cli.report.figures.labels import break_labels
    from gradnet_cli.report.figures.legends import clear_factors
    from gradnet_cli.report.figures.ticks import plain_ticks

    size = look().size
    if size != 1.0 and figure.dpi == DPI:
        figure.set_size_inches(*(figure.get_size_inches() / size).tolist())
        figure.set_dpi(DPI * size)
    plain_ticks(figure)
    break_labels(figure)
    clear_factors(figure)


def save(
    figure: "Figure",
    directory: Path,
    stem: str,
    *,
    caption: str = "",
    formats: Iterable[str] = FORMATS,
) -> list[Path]:
    """Save in these formats in `directory`, which is made if missing; return the paths.

    The files carry the caption in their metadata, as the Description, a PDF as its Subject.
    """
    directory = Path(directory)
    directory.mkdir(exist_ok=True)
    finish(figure)
    paths = []
    for ending in formats:
        paths.append(directory / f"{stem}.{ending}")
        with replacing(paths[-1]) as beside:
            _PRINTERS[ending](figure, beside, caption)
        # The places found for the first file hold for the others.
        figure.set_layout_engine("none")
    return paths


# Each canvas draws the figure once; figure.savefig() would draw it twice.
def _print_png(figure: "Figure", path: Path, caption: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    told = {"Description": caption} if caption else {}
    FigureCanvasAgg(figure).print_png(path, metadata={"Software": None, **told})


def _print_svg(figure: "Figure", path: Path, caption: str) -> None:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    told = {"Description": caption} if caption else {}
    FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None, **told})


def _print_pdf(figure: "Figure", path: Path, caption: str) -> None:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    told = {"Subject": caption} if caption else {}
    FigureCanvasPdf(figure).print_pdf(path, metadata={"CreationDate": None, **told})


_PRINTERS = {"png": _print_png, "svg": _print_svg, "pdf": _print_pdf}


def data_address(figure: "Figure") -> str:
    """The figure as a PNG in a data address, for a page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def whole_ticks(ruler: "Axis", most: int = 7) -> None:
    """Put ticks at round whole numbers only, at most `most` + 1 of them."""
    from matplotlib.ticker import MaxNLocator

    ruler.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=True, min_n_ticks=1))


def spans_decades(values: np.ndarray) -> bool:
    """Whether values (n,) need a logarithmic axis: all > 0, the central 98 % beyond a factor 30."""
    if len(values) == 0 or values.min() <= 0:
        return False
    low, high = np.quantile(values, [0.01, 0.99])
    return bool(high > 30 * low)
