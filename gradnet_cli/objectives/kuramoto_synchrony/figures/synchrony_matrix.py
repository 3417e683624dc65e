"""The adjacency matrix in the order of the frequencies, with the partners that theory predicts."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.numerics.locking.uniform_locking import best_profile, half_width
from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import matrix
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REPLACES = ("adjacency",)
TICKS = 5
PARTICLES_UP_TO = 1500
"""Edges in use up to which each is drawn as a dot: alone in its row, a cell of the matrix is hardly seen."""


def applies(result: Result) -> bool:
    """Oscillators have frequencies."""
    return "frequency" in result.arrays


def plot(result: Result) -> "Figure":
    """Rows and columns by rising frequency; arcs where undirected oscillators without lag shall couple."""
    omega = result.arrays["frequency"]
    nodes = len(omega)
    order = np.argsort(omega, kind="stable")
    rank = np.empty(nodes, dtype=np.int64)
    rank[order] = np.arange(nodes)
    figure = style.new_figure(4.2, 3.5, fixed_aspect=True)
    axes = figure.subplots()
    row, column = rank[result.problem.edge_index]
    weights = result.weights
    if not result.problem.directed:
        row, column = np.concatenate([row, column]), np.concatenate([column, row])
        weights = np.concatenate([weights, weights])
    if result.edges_used <= PARTICLES_UP_TO:
        used = np.abs(weights) > 0.01 * np.abs(weights).max()
        row, column, weights = row[used], column[used], weights[used]
        colours = style.weight_colours(weights)
        size = 4.0 + 26.0 * np.minimum(1.0, np.abs(weights) / colours.limit)
        axes.scatter(
            column, row, s=size, c=weights, cmap=colours.cmap, norm=colours.norm,
            linewidths=0.3, edgecolors=style.PAPER, zorder=2,
        )  # fmt: skip
        label = "edge weight"
    else:
        blocks = matrix.block_matrix(row, column, weights, full=(nodes, nodes))
        colours = style.weight_colours(blocks)
        matrix.draw_matrix(axes, blocks, (nodes, nodes), colours)
        label = matrix.label_of(blocks, (nodes, nodes))
    axes.set(xlim=(-0.5, nodes - 0.5), ylim=(nodes - 0.5, -0.5), aspect="equal")
    axes.spines[["top", "right"]].set_visible(True)
    _draw_partners(axes, result, omega)
    _name_frequencies(axes, np.sort(omega))
    style.colour_bar(figure, axes, colours, label)
    return figure


def _draw_partners(axes: "Axes", result: Result, omega: np.ndarray) -> None:
    width = half_width(omega)
    if width is None or result.problem.directed or float(result.arrays["lag"]) != 0.0:
        return
    ratio = float(np.mean(result.strengths[0])) / width
    if not ratio > 0:
        return
    reach = float(best_profile(ratio).frequency.max()) * width
    here = np.sin(np.linspace(0, np.pi / 2, 200)) * reach
    partner = -np.sqrt(np.clip(reach**2 - here**2, 0.0, None))
    ranks = [
        np.interp(omega.mean() + value, np.sort(omega), np.arange(len(omega))) for value in (here, partner)
    ]
    for x, y, label in (
        (ranks[0], ranks[1], r"theory, $p=-\sqrt{W^2-\omega^2}$"),
        (ranks[1], ranks[0], None),
    ):
        axes.plot(
            x, y, color=style.RED, linewidth=5.0, alpha=0.22, label=label, solid_capstyle="round", zorder=1
        )
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=1.6)


def _name_frequencies(axes: "Axes", ascending: np.ndarray) -> None:
    """Round frequencies, at the ranks that they have or would have."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(nbins=TICKS, steps=[1, 2, 2.5, 5, 10]).tick_values(ascending[0], ascending[-1])
    margin = 1e-9 * (ascending[-1] - ascending[0])
    values = values[(values >= ascending[0] - margin) & (values <= ascending[-1] + margin)]
    places = np.interp(values, ascending, np.arange(len(ascending)))
    names = [f"{round(value, 9):g}".replace("-", "\N{MINUS SIGN}") for value in values]
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    axes.set_xlabel(r"node $j$, by rising frequency")
    axes.set_ylabel(r"node $i$, by rising frequency")
