"""The network as veins: width by the cross-section of a pipe of that conductance (its square root), colour by
what it carries.
"""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import grids, layout
from gradnet_cli.report.figures.views.links import flat, segments
from gradnet_cli.report.lattice import lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EDGES_UP_TO = 30_000
LONGER = 3.4  # inches of the longer side
WIDEST, NARROWEST = 0.7, 0.12  # share of the usual length of an edge, least points


def applies(result: Result) -> bool:
    """Networks with flows, as long as lines say something."""
    carries = result.arrays.get("carries")
    return carries is not None and 0 < carries.sum() <= EDGES_UP_TO


def plot(result: Result) -> "Figure":
    """Sources are open circles, what is taken a dot of that area; edges that carry nothing are left out."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    mask, places = result.problem.mask, _places(result)
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.maximum(high - low, 1e-300)
    box = LONGER * np.maximum(span / span.max(), 0.2)
    figure = style.new_figure(box[0] + 0.9, box[1] + 0.1, fixed_aspect=True)
    axes = figure.subplots()
    drawn = np.flatnonzero(result.arrays["carries"])
    drawn = drawn[np.argsort(result.weights[drawn], kind="stable")]
    starts, ends = segments(mask, places, drawn)
    point = style.points(LONGER) / float(span.max())  # points of a unit of length
    usual = float(np.median(np.linalg.norm(ends - starts, axis=1))) * point
    section = np.sqrt(result.weights[drawn] / result.weights.max())
    flow = result.arrays["flow"][drawn]
    colours = style.ordered_colours(growing=True)
    lines = LineCollection(
        list(np.stack([starts, ends], axis=1)),
        array=np.sqrt(flow),
        cmap=colours,
        norm=Normalize(0.0, float(np.sqrt(flow.max())) or 1.0),
        linewidths=np.maximum(min(WIDEST * usual, 7.0) * section, NARROWEST),
        capstyle="round",
        rasterized=len(drawn) > style.RASTERIZE_ABOVE,
        zorder=2,
    )
    axes.add_collection(lines)
    _draw_loads(axes, result, places, across=min(0.45 * usual, 6.0))
    axes.set_aspect("equal")
    margin = 0.04 * float(span.max())
    axes.set_xlim(low[0] - margin, high[0] + margin)
    axes.set_ylim(low[1] - margin, high[1] + margin)
    axes.set_axis_off()
    bar = figure.colorbar(lines, ax=axes, shrink=0.8, aspect=25)
    ticks = np.linspace(0.0, float(np.sqrt(flow.max())), 5).tolist()
    bar.set_ticks(ticks, labels=[f"{tick**2:.3g}" for tick in ticks])
    bar.set_label("flow" if result.metrics.get("patterns") == 1 else "flow (root mean square)")
    return figure


def _places(result: Result) -> np.ndarray:
    """Where the nodes are drawn, (N, 2)."""
    mask = result.problem.mask
    if mask.shape is not None and len(mask.shape) == 2 and lattice_of(mask) is not None:
        return grids.node_places(mask.shape)
    positions = layout.places_of(mask)
    return layout.place_nodes(result) if positions is None else flat(positions)


def _draw_loads(axes: "Axes", result: Result, places: np.ndarray, *, across: float) -> None:
    load = result.node_data["load"]
    size = np.abs(load)
    gives = np.zeros(len(load), dtype=bool)
    if result.metrics.get("patterns") == 1:
        gives = load > 0
    gives[result.arrays.get("source", np.zeros(0, dtype=int))] = True
    takes = ~gives & (size > 0)
    if takes.any():
        share = size[takes] / size[takes].max()
        axes.scatter(
            places[takes, 0],
            places[takes, 1],
            s=(0.6 * across) ** 2 * share,
            color=style.INK,
            linewidths=0,
            zorder=3,
        )
    axes.scatter(
        places[gives, 0], places[gives, 1], s=(1.8 * across) ** 2,
        facecolors=style.PAPER, edgecolors=style.RED, linewidths=1.2, zorder=4, clip_on=False,
    )  # fmt: skip
