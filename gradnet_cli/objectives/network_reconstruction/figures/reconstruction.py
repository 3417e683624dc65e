"""The network that was found beside the true one, their difference, and how the truth came out."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import matrix
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKED_UP_TO = 30
LEAST_SHARE = 1e-12  # of the first error, below which rounding is all that is seen
REPLACES = ("adjacency",)


def applies(result: Result) -> bool:
    """A reconstruction whose truth is known."""
    return "true_weights" in result.arrays


def plot(result: Result) -> "Figure":
    """Truth below and finding above the diagonal; the error; and F1 with the prediction error by update."""
    figure = style.new_figure(style.PAGE, 3.2)
    both, error, course = figure.subplots(1, 3, width_ratios=(1, 1, 1.1))
    truth = result.arrays["true_weights"]
    found = _square(result, result.weights)
    nodes = result.problem.nodes
    place = np.arange(len(found))
    halves = np.where(place[:, None] > place[None, :], _square(result, truth), found)
    _draw_matrix(figure, both, halves, nodes, "edge weight")
    both.plot([-0.5, nodes - 0.5], [-0.5, nodes - 0.5], color=style.GREY, linewidth=0.6)
    both.set_title("true below, found above")
    _draw_matrix(figure, error, _square(result, result.weights - truth), nodes, "error")
    error.set_title(f"error: at most {np.abs(result.weights - truth).max():.1g}")
    error.set_ylabel("")
    _draw_course(course, result)
    return figure


def _square(result: Result, weights: np.ndarray) -> np.ndarray:
    """Matrix of weights (E,), in blocks where there are too many nodes to be seen; empty where they are 0."""
    nodes = result.problem.nodes
    row, column = result.problem.edge_index
    blocks = matrix.block_matrix(
        np.concatenate([row, column]), np.concatenate([column, row]), np.tile(weights, 2), full=(nodes, nodes)
    )
    return np.where(blocks == 0, np.nan, blocks)


def _draw_matrix(figure: "Figure", axes: "Axes", values: np.ndarray, nodes: int, label: str) -> None:
    colours = style.weight_colours(values)
    matrix.draw_matrix(axes, values, (nodes, nodes), colours)
    axes.set_aspect("equal")
    axes.set_xlabel("node j")
    axes.set_ylabel("node i")
    style.colour_bar(figure, axes, colours, label, below=True)


def _draw_course(axes: "Axes", result: Result) -> None:
    step, score = result.course["step"], result.course["score"]
    few: dict[str, Any] = {"marker": "o", "markersize": 2.8} if len(step) <= MARKED_UP_TO else {}
    shown = score > LEAST_SHARE * np.max(score, initial=0.0)
    axes.plot(step[shown], score[shown], color=style.BLUE, **few)
    axes.set_yscale("log")
    axes.set_xlabel("update")
    axes.set_ylabel("unexplained share of the change", color=style.BLUE)
    style.whole_ticks(axes.xaxis)
    if "f1" in result.course:
        right = axes.twinx()
        right.plot(step, result.course["f1"], color=style.RED, **few)
        right.set_ylim(-0.03, 1.03)
        right.spines["right"].set_visible(True)
        right.set_ylabel("F1 of the edges", color=style.RED)
