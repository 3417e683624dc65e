"""The adjacency matrix in the order of node ids, and its mean weight by distance from the diagonal."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import matrix
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EXACT_UP_TO = 200
"""Distances up to which each has a point of its own; beyond, they are binned in equal ratios."""
BINS = 60
STEMS_UP_TO = 12
"""Distances up to which nothing lies between them to be joined by a line."""


def applies(result: Result) -> bool:
    """Every network has a matrix."""
    return True


def plot(result: Result) -> "Figure":
    """The matrix on the left, the profile on the right."""
    nodes = result.problem.nodes
    blocks = matrix.adjacency_blocks(result, np.arange(nodes))
    colours = style.weight_colours(blocks)
    figure = style.new_figure(style.WIDE, 3.0)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.05))
    matrix.draw_matrix(left, blocks, (nodes, nodes), colours)
    left.set_xlabel("node j")
    left.set_ylabel("node i")
    style.colour_bar(figure, left, colours, matrix.label_of(blocks, (nodes, nodes)))
    _draw_profile(right, result)
    return figure


def distance_profile(result: Result) -> tuple[np.ndarray, np.ndarray]:
    """Distances abs(i - j) of the mask (bin centres if many), and the mean weight of its edges there."""
    source, target = result.problem.edge_index
    distance = np.abs(target - source)
    count = np.bincount(distance)
    total = np.bincount(distance, result.weights)
    present = np.flatnonzero(count)
    if len(present) <= EXACT_UP_TO:
        return present.astype(float), total[present] / count[present]
    limits = np.unique(np.geomspace(1, len(count), BINS + 1).astype(np.int64))
    counts = np.add.reduceat(count, limits[:-1])
    totals = np.add.reduceat(total, limits[:-1])
    filled = counts > 0
    centres = np.sqrt(limits[:-1] * np.maximum(limits[1:] - 1, limits[:-1]).astype(float))
    return centres[filled], totals[filled] / counts[filled]


def _draw_profile(axes: "Axes", result: Result) -> None:
    distance, mean = distance_profile(result)
    few = len(distance) <= STEMS_UP_TO
    axes.plot(
        distance,
        mean,
        color=style.BLUE,
        linestyle="none" if few else "-",
        linewidth=0.9,
        marker="o",
        markersize=3,
    )
    if few:
        axes.vlines(distance, 0, mean, color=style.BLUE, linewidth=1.2)
    if distance[-1] > EXACT_UP_TO:
        axes.set_xscale("log")
    else:
        style.whole_ticks(axes.xaxis)
    axes.set_xlabel("distance from the diagonal, $|i-j|$")
    axes.set_ylabel("mean edge weight")
    low, high = min(0.0, float(mean.min())), max(0.0, float(mean.max()))
    axes.set_ylim(low * 1.08, high * 1.08 or 1.0)
