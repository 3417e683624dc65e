"""Roads on the map: how wide they are, and how full, before and after."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import layout
from gradnet_cli.report.figures.views.ground import Ground
from gradnet_cli.report.figures.views.links import draw_dots, flat
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

ROADS_UP_TO = 20_000
PANEL = 3.0
"""Inches across one map."""
FULLEST = 2.0
"""Flow per capacity from which colours no longer change, unless a tenth of the roads has more."""
WIDEST, THINNEST = 3.2, 0.5
"""Points across the road with the largest capacity, and across the narrowest."""


def applies(result: Result) -> bool:
    """Networks whose traffic was told, as long as roads can be told apart."""
    return (
        "flow" in result.arrays and "capacity" in result.arrays and len(result.arrays["flow"]) <= ROADS_UP_TO
    )


def caption(result: Result) -> str:
    """Before stands on the left where there is a base network."""
    where = ", on the base network and on this one" if "flow_before" in result.arrays else ""
    return f"Traffic{where}: width tells the capacity of a road, colour its flow per capacity."


def plot(result: Result) -> "Figure":
    """A map, or two side by side with the same colours and widths; roads keep to the right."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    mask = result.problem.mask
    positions = layout.places_of(mask)
    places = layout.place_nodes(result) if positions is None else flat(positions)
    ground = Ground() if positions is None else Ground.of(mask)
    names = ["_before", ""] if "flow_before" in result.arrays else [""]
    spans = np.ptp(places, axis=0) * (1.0, ground.stretch)
    high = float(np.clip(PANEL * spans[1] / (spans[0] or 1.0), 1.2, 4.6))
    figure = style.new_figure(PANEL * len(names) + 0.8, high + 0.4, fixed_aspect=True)
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    widest = max(float(result.arrays[f"capacity{name}"].max()) for name in names)
    loads = np.concatenate([_loads(result, name) for name in names])
    most = max(FULLEST, float(np.quantile(loads, 0.9)))
    norm = Normalize(0.0, most)
    for axes, name in zip(panels, names, strict=True):
        _draw_roads(axes, result, places, name, norm, widest=widest)
        draw_dots(axes, result, places, spacing=style.points(PANEL) / np.sqrt(mask.nodes), largest=16.0)
        axes.set_aspect(ground.stretch, adjustable="datalim")
        axes.margins(0.05)
        axes.set_axis_off()
        if len(names) > 1:
            axes.set_title("before" if name else "after")
    bar = figure.colorbar(
        ScalarMappable(norm=norm, cmap=_colours()), ax=list(panels), fraction=0.03, pad=0.01, aspect=28,
        label="flow per capacity", extend="max" if loads.max() > most else "neither",
    )  # fmt: skip
    bar.outline.set_linewidth(0.5)
    return figure


def _draw_roads(
    axes: "Axes", result: Result, places: np.ndarray, name: str, norm: object, *, widest: float
) -> None:
    from matplotlib.collections import LineCollection

    ends = result.problem.edge_index
    if not result.problem.directed:
        ends = np.concatenate([ends, ends[::-1]], axis=1)
    capacity, load = result.arrays[f"capacity{name}"], _loads(result, name)
    drawn = np.flatnonzero(capacity > 0)
    drawn = drawn[np.argsort(load[drawn], kind="stable")]
    starts, stops = places[ends[0, drawn]], places[ends[1, drawn]]
    along = stops - starts
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-300)
    # To the right, where traffic keeps, by half of the widest road and a hair.
    side = np.column_stack([along[:, 1], -along[:, 0]]) / length
    inch = float(np.ptp(places, axis=0).max() or 1.0) / PANEL
    widths = THINNEST + (WIDEST - THINNEST) * np.sqrt(capacity[drawn] / widest)
    shift = side * ((widths[:, None] / 2 + 0.4) / 72 * inch)
    axes.add_collection(
        LineCollection(
            list(np.stack([starts + shift, stops + shift], axis=1)),
            array=load[drawn],
            cmap=_colours(),
            norm=norm,
            linewidths=widths,
            capstyle="butt",
            rasterized=len(drawn) > style.RASTERIZE_ABOVE,
            zorder=2,
        )
    )
    axes.autoscale_view()


def _colours() -> "Colormap":
    """From empty over full to twice as full: no colour is pale, and light tells them apart as well."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = [style.BLUE, style.GREY, style.ORANGE, style.RED, style.LESS[2]]
    return LinearSegmentedColormap.from_list("traffic", shades)


def _loads(result: Result, name: str) -> np.ndarray:
    capacity = result.arrays[f"capacity{name}"]
    loads: np.ndarray = result.arrays[f"flow{name}"] / np.where(capacity > 0, capacity, 1.0)
    return np.where(capacity > 0, loads, 0.0)
