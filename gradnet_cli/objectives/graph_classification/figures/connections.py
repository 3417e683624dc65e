"""The connections from each layer to the next: a row a unit, a column a unit of the next layer."""

import itertools
from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.problem.layers import LAYER, layers_of
from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPLACES = ("adjacency",)
ACROSS = 4
"""Panels beside each other."""
MOST = 16
"""Matrices that can be told apart on a page."""


def applies(result: Result) -> bool:
    """Networks in layers, not too many, with a connection."""
    told = LAYER in result.problem.mask.node_data and bool(result.used.any())
    return told and layers_of(result.problem).max() <= MOST


def plot(result: Result) -> "Figure":
    """White where there is no connection; over each matrix the share of its entries that are there."""
    matrices = _matrices(result)
    colours = style.weight_colours(np.concatenate([matrix.ravel() for matrix in matrices]))
    across = min(ACROSS, len(matrices))
    down = -(-len(matrices) // across)
    figure = style.new_figure(style.WIDE if across > 2 else 4.2, 0.5 + 1.75 * down)
    panels = figure.subplots(down, across, squeeze=False)
    for number, axes in enumerate(panels.ravel()):
        if number >= len(matrices):
            axes.set_axis_off()
            continue
        matrix = matrices[number]
        axes.imshow(matrix, cmap=colours.cmap, norm=colours.norm, aspect="auto", interpolation="nearest")
        axes.set_title(f"layer {number} to {number + 1}: {np.isfinite(matrix).mean():.0%}", pad=3)
        for ruler in (axes.xaxis, axes.yaxis):
            style.whole_ticks(ruler, most=3)
        axes.spines[["top", "right"]].set_visible(True)
    figure.supylabel("unit of the layer", fontsize=8.5)
    figure.supxlabel("unit of the next layer", fontsize=8.5)
    style.colour_bar(figure, list(panels.ravel()), colours, "weight of the connection")
    return figure


def _matrices(result: Result) -> list[np.ndarray]:
    """One a pair of layers, NaN where no connection is."""
    layer = layers_of(result.problem)
    members = [np.flatnonzero(layer == number) for number in range(layer.max() + 1)]
    place = np.empty(len(layer), dtype=np.int64)
    for nodes in members:
        place[nodes] = np.arange(len(nodes))
    source, target = result.problem.edge_index
    found = []
    for number, (low, high) in enumerate(itertools.pairwise(members)):
        chosen = (result.weights != 0) & (layer[source] == number)
        matrix = np.full((len(low), len(high)), np.nan)
        matrix[place[source[chosen]], place[target[chosen]]] = result.weights[chosen]
        found.append(matrix)
    return found
