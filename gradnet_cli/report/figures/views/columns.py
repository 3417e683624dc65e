"""Bipartite networks in two columns."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import links
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NODES_UP_TO = 60
"""Nodes of the larger side up to which lines can be followed by eye."""


def sides(result: Result) -> np.ndarray | None:
    """Which nodes are on the right, bool (N,); None unless `side` has two values that every edge joins."""
    side = result.problem.mask.node_data.get("side")
    if side is None:
        return None
    values, place = np.unique(side, return_inverse=True)
    # Node 0 stands on the left, whatever the sides are called.
    right = place != place[0]
    source, target = result.problem.edge_index
    return right if len(values) == 2 and bool(np.all(right[source] != right[target])) else None


def plot_columns(result: Result, right: np.ndarray) -> "Figure":
    """Left and right nodes from top to bottom, edge weight as colour and width."""
    positions = place_in_columns(right)
    most = max(int(np.count_nonzero(right)), int(np.count_nonzero(~right)))
    height = float(np.clip(0.22 * most, 2.6, 6.5))
    figure = style.new_figure(4.4, height)
    axes = figure.subplots()
    colours = style.weight_colours(result.weights)
    links.draw_links(axes, result, positions, colours, widest=3.0 if most <= 30 else 2.0)
    links.draw_nodes(axes, result, positions)
    axes.set_axis_off()
    axes.set_xlim(-0.08, 1.08)
    axes.set_ylim(-0.01, 1.01)
    for x, name, count in ((0, "left", ~right), (1, "right", right)):
        axes.text(
            x,
            1.0,
            f"{name} ({np.count_nonzero(count)})",
            ha="center",
            va="bottom",
            transform=axes.get_xaxis_transform(),
        )
    style.colour_bar(figure, axes, colours, "edge weight")
    return figure


def place_in_columns(right: np.ndarray) -> np.ndarray:
    """Positions (N, 2): each side evenly from top to bottom, in the order of node ids."""
    positions = np.zeros((len(right), 2))
    for x, chosen in ((0.0, ~right), (1.0, right)):
        count = int(np.count_nonzero(chosen))
        positions[chosen, 0] = x
        positions[chosen, 1] = 1 - (np.arange(count) + 0.5) / count
    return positions
