"""Networks in space that are too large for lines, binned over the plane."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views.ground import Ground
from gradnet_cli.report.figures.views.links import flat
from gradnet_cli.report.figures.views.shown import Shown
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EDGES_PER_BIN = 40
"""Edges that a bin holds on the average, so that their means are smooth."""
MOST_BINS = 300
"""Bins along the longer side."""


def plot_space(result: Result, positions: np.ndarray, shown: Shown) -> "Figure":
    """Strength per area and mean weight of an edge, or its change, both binned by the edges' midpoints."""
    places = flat(positions)
    ground = Ground.of(result.problem.mask)
    total, count, extent = bin_midpoints(result, places, shown.values)
    cell = (extent[1] - extent[0]) * (extent[3] - extent[2]) / total.size
    figure = style.new_figure(style.WIDE, 3.1, fixed_aspect=True)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    density = np.where(count > 0, total / cell, np.nan)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    what = "change of the weight" if shown.on_base else "weight"
    for axes, field, title in zip(
        panels, (density, mean), (f"{what} per unit area", f"mean {what} of an edge"), strict=True
    ):
        colours = shown.of_blocks(field)
        axes.imshow(field, cmap=colours.cmap, norm=colours.norm, extent=extent, origin="lower")
        axes.set_aspect(ground.stretch)
        if ground.names is not None:
            axes.set_xlabel(ground.names[0])
        style.colour_bar(figure, axes, colours, title)
    if ground.names is not None:
        panels[0].set_ylabel(ground.names[1])
    return figure


def bin_midpoints(
    result: Result, places: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float, float]]:
    """Sum of values (E,) and number of edges (rows, cols) by midpoint, and (left, right, bottom, top)."""
    source, target = result.problem.edge_index
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    fine = float(np.sqrt(span.prod() * EDGES_PER_BIN / max(result.problem.edges, 1)))
    cols, rows = np.clip(np.ceil(span / fine), 1, MOST_BINS).astype(int)
    middle = (places[source] + places[target]) / 2
    column, row = np.minimum(((middle - low) / span * (cols, rows)).astype(np.int64), (cols - 1, rows - 1)).T
    where = row * cols + column
    total = np.bincount(where, values, minlength=rows * cols).reshape(rows, cols)
    count = np.bincount(where, minlength=rows * cols).reshape(rows, cols)
    return total, count, (float(low[0]), float(low[0] + span[0]), float(low[1]), float(low[1] + span[1]))
