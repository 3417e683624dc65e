"""The units of each layer, and the strongest connections between one layer and the next."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.problem.layers import LAYER, layers_of
from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPLACES = ("network",)
STRONGEST = 60
"""Connections from a layer to the next that are drawn: more of them hide each other."""
WIDEST = 1.8
NAMED_UP_TO = 12
"""Layers up to which there is room for words below each."""


def applies(result: Result) -> bool:
    """Networks in layers with a connection."""
    return LAYER in result.problem.mask.node_data and bool(result.used.any())


def caption(result: Result) -> str:
    """With how many are drawn."""
    drawn, used = len(_drawn(result)), int(result.used.sum())
    if drawn == used:
        return "The units of each layer, and all connections between one layer and the next."
    return (
        "The units of each layer, and the strongest connections between one layer and the next, "
        f"{STRONGEST} at most of each, {drawn:,} of {used:,}. "
        "Units in grey pass nothing on: nothing leads to them, or from them."
    )


def plot(result: Result) -> "Figure":
    """Layers from left to right, sign as colour, size as width; units that nothing passes in grey."""
    from matplotlib.collections import LineCollection

    layer = layers_of(result.problem)
    sizes = np.bincount(layer)
    places = _places(layer, sizes)
    drawn = _drawn(result)
    source, target = result.problem.edge_index
    values = result.weights[drawn]
    order = np.argsort(np.abs(values), kind="stable")
    drawn, values = drawn[order], values[order]
    colours = style.weight_colours(values, lines=True)
    size = np.minimum(np.abs(values) / colours.limit, 1.0)
    figure = style.new_figure(style.WIDE, 3.2)
    axes = figure.subplots()
    axes.add_collection(
        LineCollection(
            list(np.stack([places[source[drawn]], places[target[drawn]]], axis=1)),
            array=values,
            cmap=colours.cmap,
            norm=colours.norm,
            linewidths=0.3 + (WIDEST - 0.3) * size,
            zorder=2,
        )
    )
    idle = _idle(result, layer)
    area = float(np.clip(900 / sizes.max(), 3.0, 40.0))
    for chosen, colour in ((~idle, style.INK), (idle, style.FAINT)):
        axes.scatter(
            places[chosen, 0],
            places[chosen, 1],
            s=area,
            color=colour,
            edgecolors=style.PAPER,
            linewidths=0.4,
            zorder=3,
        )
    axes.set_xlim(-0.3, len(sizes) - 0.7)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xticks(range(len(sizes)), _names(sizes))
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    style.colour_bar(figure, axes, colours, "weight of the connection")
    return figure


def _names(sizes: np.ndarray) -> list[str]:
    """A layer's number, and its units below."""
    wide = len(sizes) <= NAMED_UP_TO
    layer, units = ("layer ", " units") if wide else ("", "")
    return [f"{layer}{number}\n{count}{units}" for number, count in enumerate(sizes)]


def _drawn(result: Result) -> np.ndarray:
    """The strongest connections of each layer to the next."""
    layer = layers_of(result.problem)[result.problem.edge_index[0]]
    chosen = []
    for number in np.unique(layer):
        edges = np.flatnonzero((layer == number) & result.used)
        chosen.append(edges[np.argsort(-np.abs(result.weights[edges]), kind="stable")[:STRONGEST]])
    return np.concatenate(chosen)


def _places(layer: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """A column a layer; small layers are spread, so that they face large ones."""
    places = np.empty((len(layer), 2))
    for number, size in enumerate(sizes):
        height = 0.4 + 0.6 * size / sizes.max()
        places[layer == number, 0] = number
        places[layer == number, 1] = 0.5 + height * (0.5 - (np.arange(size) + 0.5) / size)
    return places


def _idle(result: Result, layer: np.ndarray) -> np.ndarray:
    """Units that nothing leads to, behind the first layer, or that lead nowhere, before the last."""
    source, target = result.problem.edge_index[:, result.used]
    nodes = result.problem.nodes
    into, out = (np.bincount(ends, minlength=nodes) > 0 for ends in (target, source))
    idle: np.ndarray = (~into & (layer > 0)) | (~out & (layer < layer.max()))
    return idle
