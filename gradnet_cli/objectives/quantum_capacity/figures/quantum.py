"""The network in the plane over the minimum spanning tree of its costs."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TREE = "cheapest_tree"
BAND = 3.0  # width of the tree's band, in widths of the heaviest edge


def applies(result: Result) -> bool:
    """Networks in the plane whose objective names the cheapest tree and the nodes that it joins."""
    positions = result.problem.mask.positions
    named = TREE in result.arrays and "joined" in result.node_data
    return named and positions is not None and positions.shape[1] == 2


def plot(result: Result) -> "Figure":
    """A pale band for each edge of the tree, a line for each edge in use, a ring for each node left out."""
    from matplotlib.collections import LineCollection

    places = result.problem.mask.positions
    assert places is not None
    figure = style.new_figure(4.3, 3.7, fixed_aspect=True)
    axes = figure.subplots()
    widest = float(np.clip(36 / np.sqrt(max(result.edges_used, 1)), 0.5, 1.8))
    tree = result.arrays[TREE]
    axes.add_collection(
        LineCollection(
            list(np.stack([places[tree[0]], places[tree[1]]], axis=1)),
            colors=style.ORANGE,
            alpha=0.35,
            linewidths=BAND * widest,
            capstyle="round",
            zorder=1,
            label="minimum spanning tree",
        )
    )
    colours = style.weight_colours(result.weights, lines=True)
    used = np.flatnonzero(result.used)
    used = used[np.argsort(np.abs(result.weights[used]), kind="stable")]  # the heavier on top
    index = result.problem.edge_index[:, used]
    weights = np.abs(result.weights[used])
    axes.add_collection(
        LineCollection(
            list(np.stack([places[index[0]], places[index[1]]], axis=1)),
            array=weights,
            cmap=colours.cmap,
            norm=colours.norm,
            linewidths=0.25 + (widest - 0.25) * np.minimum(weights / colours.limit, 1.0),
            zorder=2,
        )
    )
    alone = result.node_data["joined"] == 0
    size = float(np.clip(900 / len(places), 2.0, 18.0))
    axes.scatter(places[~alone, 0], places[~alone, 1], s=size, color=style.INK, linewidths=0, zorder=3)
    if alone.any():
        axes.scatter(
            places[alone, 0], places[alone, 1], s=2 * size, color=style.PAPER, edgecolors=style.RED,
            linewidths=1.0, zorder=3, label="left out",
        )  # fmt: skip
    axes.autoscale_view()
    axes.set_aspect("equal", adjustable="box")
    axes.margins(0.03)
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    legend_above(axes)
    style.colour_bar(figure, axes, colours, "edge weight")
    return figure
