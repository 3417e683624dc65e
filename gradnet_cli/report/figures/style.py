"""One look for all figures: sizes, fonts, colours that colour-blind readers can tell apart, and saving."""

import base64
import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures.fonts import FONT, quiet_matplotlib
from gradnet_cli.report.files.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

NARROW = 3.6
"""Width in inches of a figure for one column."""
WIDE = 7.2
"""Width in inches of a figure across the page."""
DPI = 180
LEGEND_SIZE = 8
"""Points of the letters of legends."""
FLAT = 2.5
"""Ratio of width to height from which a colour bar lies below."""
BAR = 0.12
"""Inches across a colour bar."""
RASTERIZE_ABOVE = 5000
"""Artists beyond which a collection is embedded in an SVG as an image."""

# Okabe and Ito (2008), told apart with every kind of colour blindness.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
INK, GREY, FAINT = "#222222", "#7f7f7f", "#dddddd"
MORE = ("#74b3dc", "#1f78b4", "#08306b")
LESS = ("#f4a582", "#d6543c", "#7f0000")
"""From little to much of a change, upwards and downwards."""

_SETTINGS: dict[str, Any] = {
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "font.family": FONT,
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.7,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.prop_cycle": f"cycler('color', {[BLUE, ORANGE, GREEN, RED, GREY]})",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.limits": (-3, 4),
    "axes.formatter.use_mathtext": True,
    "axes.formatter.useoffset": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.fontsize": LEGEND_SIZE,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "image.interpolation": "antialiased",
    "mathtext.default": "regular",
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
def paper() -> Iterator[None]:
    """Settings under which figures are made and saved; those of the process are left as they were.

    They are the same for all people: what else a matplotlibrc rules is set to matplotlib's own defaults. The
    backend alone is left, which no figure here asks: each is saved by a canvas of its own.
    """
    with _without_backend():
        import matplotlib

    defaults = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}
    with quiet_matplotlib(), matplotlib.rc_context(defaults | _SETTINGS):  # type: ignore[arg-type, unused-ignore]
        yield


def new_figure(width: float, height: float, *, fixed_aspect: bool = False) -> "Figure":
    """An empty figure in inches, apart from pyplot and its global state.

    `fixed_aspect` moves panels whose aspect is fixed, and their colour bars, close together.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="compressed" if fixed_aspect else "constrained")


def save(figure: "Figure", directory: Path, stem: str, *, caption: str = "") -> list[Path]:
    """Save as PNG and SVG in `directory`, which is made if missing; return both paths.

    Both files carry the caption in their metadata, as the Description.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    from gradnet_cli.report.figures.ticks import plain_ticks

    directory = Path(directory)
    directory.mkdir(exist_ok=True)
    png, svg = directory / f"{stem}.png", directory / f"{stem}.svg"
    plain_ticks(figure)
    told = {"Description": caption} if caption else {}
    # Each canvas draws the figure once; figure.savefig() would draw it twice.
    with replacing(png) as beside:
        FigureCanvasAgg(figure).print_png(beside, metadata={"Software": None, **told})
    # The places found for the first file hold for the second.
    figure.set_layout_engine("none")
    with replacing(svg) as beside:
        FigureCanvasSVG(figure).print_svg(beside, metadata={"Date": None, **told})
    return [png, svg]


def data_address(figure: "Figure") -> str:
    """The figure as a PNG in a data address, for a page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


@dataclass(frozen=True, kw_only=True)
class WeightColours:
    """How weights are coloured: pale (none) to dark (largest), or two hues about zero when signs differ."""

    cmap: "Colormap"
    norm: "Normalize"
    extend: str

    def mappable(self) -> "ScalarMappable":
        """For a colour bar."""
        from matplotlib.cm import ScalarMappable

        return ScalarMappable(norm=self.norm, cmap=self.cmap)

    @property
    def limit(self) -> float:
        """The absolute weight at which colour and width saturate."""
        assert self.norm.vmax is not None
        assert self.norm.vmin is not None
        return float(max(abs(self.norm.vmax), abs(self.norm.vmin)))


def weight_colours(weights: np.ndarray, *, lines: bool = False) -> WeightColours:
    """Colours for weights (of any shape, NaN where there is none).

    Zero is the palest. Where a few weights tower over the rest, the scale ends at the 99th percentile of
    those in use, and the colour bar says so by its pointed end. `lines` on paper are seen however light they
    are: of two hues the whitish ones between are left out.
    """
    import matplotlib
    from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize

    size = np.abs(weights[np.isfinite(weights)])
    top = float(size.max(initial=0.0)) or 1.0
    in_use = size[size > 1e-3 * top]
    high = float(np.quantile(in_use, 0.99)) if len(in_use) else top
    extend = "neither"
    if high < 0.75 * top:
        top, extend = high, "max"
    if np.nanmin(weights, initial=0.0) < 0:
        hues: Colormap = matplotlib.colormaps["PuOr_r"]
        if lines:
            seen = hues(np.concatenate([np.linspace(0.0, 0.36, 128), np.linspace(0.64, 1.0, 128)]))
            hues = ListedColormap(seen)
        return WeightColours(
            cmap=hues, norm=Normalize(-top, top), extend="both" if extend == "max" else extend
        )
    # White is the paper's: the lowest shades are left out.
    shades = matplotlib.colormaps["YlGnBu"](np.linspace(0.2, 1.0, 256))
    return WeightColours(
        cmap=LinearSegmentedColormap.from_list("weight", shades), norm=Normalize(0.0, top), extend=extend
    )


def change_colours(change: np.ndarray) -> WeightColours:
    """Colours for changes of weights (of any shape, NaN where there is none): blue for more, red for less.

    The palest still stand out from grey and from paper: near zero the hue jumps.
    """
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    size = np.abs(change[np.isfinite(change)])
    top = float(size.max(initial=0.0)) or 1.0
    in_use = size[size > 1e-3 * top]
    high = float(np.quantile(in_use, 0.99)) if len(in_use) else top
    extend = "neither"
    if high < 0.75 * top:
        top, extend = high, "both"
    least = 1e-3 * top  # below, it is rounding
    more, less = np.nanmax(change, initial=0.0) > least, np.nanmin(change, initial=0.0) < -least
    rising = [(0.0, MORE[0]), (0.5, MORE[1]), (1.0, MORE[2])]
    falling = [(0.0, LESS[2]), (0.5, LESS[1]), (1.0, LESS[0])]
    if more and less:
        stops = [(0.5 * at, colour) for at, colour in falling]
        stops += [(0.5 + 0.5 * at, colour) for at, colour in rising]
        norm = Normalize(-top, top)
    elif less:
        stops, norm, extend = falling, Normalize(-top, 0.0), "min" if extend == "both" else extend
    else:
        stops, norm, extend = rising, Normalize(0.0, top), "max" if extend == "both" else extend
    cmap = LinearSegmentedColormap.from_list("change", stops, N=512)
    return WeightColours(cmap=cmap, norm=norm, extend=extend)


def colour_bar(
    figure: "Figure",
    axes: "Axes | list[Axes]",
    colours: WeightColours,
    label: str,
    *,
    box: tuple[float, float] | None = None,
) -> None:
    """A slim colour bar to the right of `axes`, or below where they are flat.

    `box` is their width and height in inches where they are far from square: a bar in proportion to them
    would be a hair or a dot.
    """
    look: dict[str, Any] = {"fraction": 0.05, "pad": 0.02, "aspect": 28}
    if box is not None:
        width, height = box
        if width > FLAT * height:
            length = min(width, 4.0)
            look = {
                "location": "bottom",
                "shrink": length / width,
                "aspect": length / BAR,
                "fraction": BAR / (height + BAR),
                "pad": 0.02,
            }
        else:
            look |= {"aspect": height / BAR, "fraction": BAR / (width + BAR)}
    bar = figure.colorbar(colours.mappable(), ax=axes, extend=colours.extend, label=label, **look)
    bar.outline.set_linewidth(0.5)
    if bar.solids is not None:
        bar.solids.set_rasterized(True)
        bar.solids.set_edgecolor("face")


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
