"""Grids drawn as grids: lines while they can be told apart, images beyond; three dimensions as layers."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views.shown import Shown
from gradnet_cli.report.lattice import Lattice
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES_UP_TO = 25_000
"""Edges up to which each is drawn as a line."""
LAYER_LINES_UP_TO = 4_000
"""The same for each layer of a grid in three dimensions; beyond, layers are images of node strength."""
MOST_LAYERS = 6
PIXELS = 500
"""Largest side of an image, in blocks whose mean weight is shown."""


def plot_grid(result: Result, lattice: Lattice, shown: Shown) -> "Figure":
    """The grid as it lies, row 1 at the top, edge weight as colour, or its change on a base network."""
    if len(lattice.shape) > 2:
        return _plot_layers(result, lattice)
    if len(lattice.axis) <= LINES_UP_TO:
        return _plot_lines(result, lattice)
    return _plot_images(lattice, shown)


def as_links(lattice: Lattice) -> bool:
    """Whether it can be drawn as nodes and links in the plane, and no edge leaves it to come in again."""
    return len(lattice.shape) == 2 and len(lattice.axis) <= LINES_UP_TO and not lattice.wraps.any()


def node_places(shape: tuple[int, ...]) -> np.ndarray:
    """Positions (N, 2) of the nodes of rows and columns, row 1 at the top."""
    row, column = np.unravel_index(np.arange(int(np.prod(shape[:2]))), shape[:2])
    return np.stack([column + 1.0, -(row + 1.0)], axis=1)


def segments(lattice: Lattice, chosen: np.ndarray) -> np.ndarray:
    """Line segments (n, 2, 2) in (column, row), from 1, of edges along the first two axes.

    An edge that wraps is a stub of half its length, out of the last node of its row or column.
    """
    low = lattice.low[:, chosen] + 1.0
    ends = low.copy()
    ends[lattice.axis[chosen], np.arange(len(chosen))] += np.where(lattice.wraps[chosen], 0.5, 1.0)
    return np.stack([low[1::-1].T, ends[1::-1].T], axis=1)


def block_means(field: np.ndarray, largest: int = PIXELS) -> np.ndarray:
    """Means over square blocks of a field (rows, cols), at most `largest` a side; NaN does not count."""
    step = -(-max(field.shape) // largest)
    if step == 1:
        return field
    rows, cols = (-(-side // step) for side in field.shape)
    padded = np.full((rows * step, cols * step), np.nan)
    padded[: field.shape[0], : field.shape[1]] = field
    blocks = padded.reshape(rows, step, cols, step)
    known = np.isfinite(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, 0.0).sum(axis=(1, 3))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _plot_lines(result: Result, lattice: Lattice) -> "Figure":
    rows, cols = lattice.shape
    colours = style.weight_colours(result.weights, lines=True)
    long = max(rows, cols) > style.FLAT * min(rows, cols)
    width, height = _size(rows, cols, largest=6.2 if long else 3.2)
    flat = width > style.FLAT * height
    drawn = width * (rows + 0.2) / (cols + 0.2)
    figure = style.new_figure(
        width + (0.6 if flat else 1.2), drawn + 1.25 if flat else height + 0.4, fixed_aspect=True
    )
    axes = figure.subplots()
    _draw_layer(axes, result, lattice, np.arange(len(lattice.axis)), colours, inches=max(width, height))
    _frame(axes, rows, cols)
    style.colour_bar(figure, axes, colours, "edge weight", box=(width, height))
    return figure


def _draw_layer(
    axes: "Axes",
    result: Result,
    lattice: Lattice,
    chosen: np.ndarray,
    colours: style.WeightColours,
    *,
    inches: float,
) -> None:
    from matplotlib.collections import LineCollection

    # The heavier lie on top where edges meet.
    chosen = chosen[np.argsort(np.abs(result.weights[chosen]), kind="stable")]
    weights = result.weights[chosen]
    cell = style.points(inches) / max(lattice.shape[:2])  # points
    share = np.minimum(np.abs(weights) / colours.limit, 1.0)
    thickest = min(0.42 * cell, 5.0)
    axes.add_collection(
        LineCollection(
            list(segments(lattice, chosen)),
            array=weights,
            cmap=colours.cmap,
            norm=colours.norm,
            linewidths=thickest * (0.35 + 0.65 * share),
            capstyle="round",
            rasterized=len(chosen) > style.RASTERIZE_ABOVE,
        )
    )


def _plot_images(lattice: Lattice, shown: Shown) -> "Figure":
    rows, cols = lattice.shape
    colours = shown.colours
    side_by_side = cols <= 2 * rows
    width, height = _size(rows, cols, largest=2.85 if side_by_side else 5.8)
    down, across = (1, 2) if side_by_side else (2, 1)
    figure = style.new_figure(across * width + 1.0, down * (height + 0.5), fixed_aspect=True)
    panels = figure.subplots(down, across, sharex=True, sharey=True)
    for axes, axis, title in zip(panels, (1, 0), ("edges along rows", "edges along columns"), strict=True):
        axes.imshow(
            block_means(lattice.field(shown.values, axis)),
            cmap=colours.cmap,
            norm=colours.norm,
            extent=(0.5, cols + 0.5, rows + 0.5, 0.5),
        )
        axes.set_title(title)
        _frame(
            axes,
            rows,
            cols,
            left=axes is panels[0] or not side_by_side,
            bottom=axes is panels[-1] or side_by_side,
        )
    label = f"mean {shown.label}" if max(rows, cols) > PIXELS else shown.label
    style.colour_bar(figure, list(panels), colours, label)
    return figure


def _plot_layers(result: Result, lattice: Lattice) -> "Figure":
    rows, cols, depth = lattice.shape[:3]
    layers = np.unique(np.linspace(0, depth - 1, min(depth, MOST_LAYERS)).round().astype(int))
    across = 2 if len(layers) == 4 else min(len(layers), 3)
    down = -(-len(layers) // across)
    width, height = _size(rows, cols, largest=1.45 if across == 2 else 1.75)
    figure = style.new_figure(across * (width + 0.2) + 1.0, down * (height + 0.3) + 0.5, fixed_aspect=True)
    panels = list(figure.subplots(down, across, squeeze=False).ravel())
    for axes in panels[len(layers) :]:
        axes.remove()
    panels = panels[: len(layers)]
    here = _beyond_third_axis(lattice)
    as_lines = 2 * rows * cols <= LAYER_LINES_UP_TO
    strength = None if as_lines else result.strengths[0].reshape(lattice.shape)
    colours = style.weight_colours(result.weights if strength is None else strength, lines=as_lines)
    for number, (axes, layer) in enumerate(zip(panels, layers, strict=True)):
        if strength is None:
            inside = here & (lattice.low[2] == layer)
            flat, rungs = (np.flatnonzero(inside & along) for along in (lattice.axis < 2, lattice.axis == 2))
            _draw_layer(axes, result, lattice, flat, colours, inches=max(width, height))
            _draw_rungs(axes, result, lattice, rungs, colours, inches=max(width, height))
        else:
            middle = tuple(length // 2 for length in lattice.shape[3:])
            _draw_layer_image(axes, strength[(slice(None), slice(None), layer, *middle)], colours)
        axes.set_title(f"layer {layer + 1} of {depth}", fontsize=8)
        _frame(axes, rows, cols, left=number % across == 0, bottom=number + across >= len(layers))
    if len(lattice.shape) > 3:
        middle_of = ", ".join(f"{length // 2 + 1} of {length}" for length in lattice.shape[3:])
        figure.suptitle(f"at {middle_of} along the further axes", fontsize=8, color=style.GREY)
    style.colour_bar(
        figure, panels, colours, "edge weight (dots: to the next layer)" if as_lines else "node strength"
    )
    return figure


def _beyond_third_axis(lattice: Lattice) -> np.ndarray:
    """Edges in the middle of the fourth and further axes, and not along them."""
    here = lattice.axis < 3
    for axis in range(3, len(lattice.shape)):
        here &= lattice.low[axis] == lattice.shape[axis] // 2
    return here


def _draw_rungs(
    axes: "Axes",
    result: Result,
    lattice: Lattice,
    chosen: np.ndarray,
    colours: style.WeightColours,
    *,
    inches: float,
) -> None:
    cell = style.points(inches) / max(lattice.shape[:2])
    axes.scatter(
        lattice.low[1, chosen] + 1,
        lattice.low[0, chosen] + 1,
        c=result.weights[chosen],
        cmap=colours.cmap,
        norm=colours.norm,
        s=float(np.clip(0.5 * cell, 1.0, 7.5)) ** 2,
        edgecolors=style.PAPER,
        linewidths=0.4,
        rasterized=len(chosen) > style.RASTERIZE_ABOVE,
        zorder=3,
    )


def _draw_layer_image(axes: "Axes", strength: np.ndarray, colours: style.WeightColours) -> None:
    rows, cols = strength.shape
    axes.imshow(
        block_means(strength), cmap=colours.cmap, norm=colours.norm, extent=(0.5, cols + 0.5, rows + 0.5, 0.5)
    )


def _frame(axes: "Axes", rows: int, cols: int, *, left: bool = True, bottom: bool = True) -> None:
    axes.set_aspect("equal")
    axes.set_xlim(0.4, cols + 0.6)
    axes.set_ylim(rows + 0.6, 0.4)
    axes.set_xlabel("column" if bottom else "")
    axes.set_ylabel("row" if left else "")
    for ruler in (axes.xaxis, axes.yaxis):
        style.whole_ticks(ruler, 6)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=2, left=left, labelleft=left, bottom=bottom, labelbottom=bottom)


def _size(rows: int, cols: int, *, largest: float) -> tuple[float, float]:
    scale = largest / max(rows, cols)
    return max(cols * scale, 0.8), max(rows * scale, 0.8)
