"""Weights along each axis of a grid: their mean and range."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.lattice import Lattice, lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AXIS_NAMES = ("row", "column", "layer")
MARKED_UP_TO = 100


def applies(result: Result) -> bool:
    """Grids of two or more dimensions."""
    return lattice_of(result.problem.mask) is not None


def plot(result: Result, *, optimum: Mapping[int, np.ndarray] | None = None) -> "Figure":
    """One panel for each axis: mean and range of the weights at each position.

    `optimum` has the best weights along each axis, from the first position on, where they are known.
    """
    lattice = lattice_of(result.problem.mask)
    assert lattice is not None
    # Along the columns first: it is the usual x.
    order = [axis for axis in (1, 0, *range(2, len(lattice.shape))) if lattice.shape[axis] > 1]
    across = min(len(order), 3)
    down = -(-len(order) // across)
    figure = style.new_figure((0.62, 0.9, 1.0)[across - 1] * style.PAGE, 2.5 * down + 0.3)
    panels = figure.subplots(down, across, sharey=True, squeeze=False).ravel()
    for axes in panels[len(order) :]:
        axes.remove()
    panels = panels[: len(order)]
    for axes, axis in zip(panels, order, strict=True):
        _draw_axis(axes, result, lattice, axis, None if optimum is None else optimum[axis])
    for axes in panels[::across]:
        axes.set_ylabel("edge weight")
    panels[0].set_ylim(bottom=min(0.0, float(result.weights.min()) * 1.05))
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(handles))
    return figure


def profile(result: Result, lattice: Lattice, axis: int) -> dict[str, np.ndarray]:
    """Mean, least and greatest weight at each position x along an axis: arrays `x, mean, least, greatest`."""
    chosen, position = lattice.along(axis)
    weights = result.weights[chosen]
    length = lattice.shape[axis] + 1
    count = np.bincount(position, minlength=length)
    total = np.bincount(position, weights, minlength=length)
    least, greatest = np.full(length, np.inf), np.full(length, -np.inf)
    np.minimum.at(least, position, weights)
    np.maximum.at(greatest, position, weights)
    x = np.flatnonzero(count)
    return {"x": x, "mean": total[x] / count[x], "least": least[x], "greatest": greatest[x]}


def _draw_axis(axes: "Axes", result: Result, lattice: Lattice, axis: int, optimum: np.ndarray | None) -> None:
    rows = profile(result, lattice, axis)
    axes.fill_between(
        rows["x"], rows["least"], rows["greatest"], color=style.BLUE, alpha=0.2, linewidth=0, label="range"
    )
    mark = "o" if len(rows["x"]) <= MARKED_UP_TO else None
    axes.plot(
        rows["x"], rows["mean"], color=style.BLUE, marker=mark, markersize=2.6, linewidth=1, label="mean"
    )
    if optimum is not None:
        axes.plot(
            np.arange(1, len(optimum) + 1),
            optimum,
            color=style.RED,
            linestyle=(0, (4, 2)),
            linewidth=1.2,
            label="analytic optimum",
        )
    if axis < len(AXIS_NAMES):
        axes.set_xlabel(f"{AXIS_NAMES[axis]} $x$ of an edge to $x+1$")
    else:
        axes.set_xlabel(f"place $x$ along axis {axis + 1}")
    style.whole_ticks(axes.xaxis)
