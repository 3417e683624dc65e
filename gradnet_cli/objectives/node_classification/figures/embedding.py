"""Nodes of the graph by their channels in the end, coloured by class; test nodes are ringed."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHAPES = "os^vDPX*"
MANY = 600  # nodes from which dots are small and rings left out


def applies(result: Result) -> bool:
    """Networks whose channels were told of a graph's nodes."""
    return "embedding" in result.arrays and "labels" in result.arrays


def plot(result: Result) -> "Figure":
    """A mark a node, of its true class."""
    places, labels = result.arrays["embedding"], result.arrays["labels"]
    many = len(places) > MANY
    figure = style.new_figure(4.3, 3.2)
    axes = figure.subplots()
    for number in np.unique(labels[labels >= 0]):
        chosen = labels == number
        axes.scatter(
            places[chosen, 0],
            places[chosen, 1],
            s=5 if many else 14,
            marker=SHAPES[number % len(SHAPES)],
            color=style.SERIES[number % len(style.SERIES)],
            linewidths=0,
            alpha=0.8,
            label=f"class {number}",
            rasterized=many,
        )
    tested = result.arrays["tested"]
    if not many:
        axes.scatter(
            places[tested, 0],
            places[tested, 1],
            s=30,
            facecolors="none",
            edgecolors=style.INK,
            linewidths=0.6,
            label="test",
        )
    shares = result.arrays["embedding_shares"]
    axes.set_xlabel(f"first principal direction ({shares[0]:.0%} of the variance)")
    axes.set_ylabel(f"second ({shares[1]:.0%})")
    figure.legend(loc="outside right upper", markerscale=2 if many else 1)
    return figure
