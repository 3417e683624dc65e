"""Weights along each axis of a grid, against the optimal parabola where it is known."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.lattice import Lattice, box_weights, lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AXIS_NAMES = ("row", "column", "layer")
MARKED_UP_TO = 100


def applies(result: Result) -> bool:
    """Grids of two or more dimensions."""
    return lattice_of(result.problem.mask) is not None


def draw(result: Result, metrics: "pandas.DataFrame", directory: Path) -> list[Path]:
    """Save `grid.png` and `.svg`."""
    return style.save(plot(result), directory, "grid")


def plot(result: Result) -> "Figure":
    """One panel for each axis: mean and range of the weights at each position, and the optimum."""
    lattice = lattice_of(result.problem.mask)
    assert lattice is not None
    # Along the columns first: it is the usual x.
    order = [axis for axis in (1, 0, *range(2, len(lattice.shape))) if lattice.shape[axis] > 1]
    strength = optimal_strength(result, lattice)
    figure = style.new_figure(min(style.NARROW * len(order), 2.6 * len(order) + 1), 2.8)
    panels = figure.subplots(1, len(order), sharey=True, squeeze=False)[0]
    for axes, axis in zip(panels, order, strict=True):
        _draw_axis(axes, result, lattice, axis, strength)
    panels[0].set_ylabel("edge weight")
    panels[0].set_ylim(bottom=min(0.0, float(result.weights.min()) * 1.05))
    panels[0].legend(loc="lower center")
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


def optimal_strength(result: Result, lattice: Lattice) -> float | None:
    """Mean strength b for which the optimum is known (see `box_weights`), otherwise None."""
    problem = result.problem
    known = (
        result.objective == "algebraic_connectivity"
        and problem.budget_total is not None
        and problem.budget.p == 1
        and problem.signs.change != "decrease"
        and lattice.is_box
        and not problem.base.any()
        and bool(np.all(problem.cost == 1.0))
    )
    return problem.budget_total / problem.nodes if known and problem.budget_total is not None else None


def _draw_axis(axes: "Axes", result: Result, lattice: Lattice, axis: int, strength: float | None) -> None:
    rows = profile(result, lattice, axis)
    axes.fill_between(
        rows["x"], rows["least"], rows["greatest"], color=style.BLUE, alpha=0.2, linewidth=0, label="range"
    )
    mark = "o" if len(rows["x"]) <= MARKED_UP_TO else None
    axes.plot(
        rows["x"], rows["mean"], color=style.BLUE, marker=mark, markersize=2.6, linewidth=1, label="mean"
    )
    if strength is not None:
        optimum = box_weights(lattice.shape, strength, axis)
        axes.plot(
            np.arange(1, len(optimum) + 1),
            optimum,
            color=style.RED,
            linestyle=(0, (4, 2)),
            linewidth=1.2,
            label="analytic optimum",
        )
    if axis < len(AXIS_NAMES):
        axes.set_xlabel(f"{AXIS_NAMES[axis]} $x$ (edge joins $x$ and $x+1$)")
    else:
        axes.set_xlabel(f"place $x$ along axis {axis + 1}")
    style.whole_ticks(axes.xaxis)
