"""Networks as matrices of mean weight, entry by entry when small and in blocks when large."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views.shown import Shown
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BLOCKS = 300
"""Rows and columns of a matrix of blocks; a smaller network is shown entry by entry."""


def block_matrix(
    row: np.ndarray, column: np.ndarray, weights: np.ndarray, *, full: tuple[int, int]
) -> np.ndarray:
    """Mean of the weights (n,) in each block of a matrix of shape `full`; NaN in blocks without any.

    `row` and `column` (n,) are the places of the weights. The result has at most MOST_BLOCKS rows and
    columns; all blocks span the same number of entries, because unequal ones would show stripes that are not
    there.
    """
    span = [-(-length // MOST_BLOCKS) for length in full]
    rows, cols = (-(-length // step) for length, step in zip(full, span, strict=True))
    where = (row // span[0]) * cols + column // span[1]
    count = np.bincount(where, minlength=rows * cols)
    total = np.bincount(where, weights, minlength=rows * cols)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(rows, cols)


def adjacency_blocks(result: Result, rank: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Block matrix of weights (E,) on the mask's edges, node i in row and column `rank[i]`."""
    row, column = rank[result.problem.edge_index]
    if not result.problem.directed:
        row, column = np.concatenate([row, column]), np.concatenate([column, row])
        weights = np.concatenate([weights, weights])
    return block_matrix(row, column, weights, full=(len(rank), len(rank)))


def draw_matrix(
    axes: "Axes", matrix: np.ndarray, full: tuple[int, int], colours: style.WeightColours
) -> None:
    """Draw a block matrix, with the rows and columns of the full one on its axes."""
    axes.set_facecolor(style.VOID)
    axes.imshow(
        matrix,
        cmap=colours.cmap,
        norm=colours.norm,
        extent=(-0.5, full[1] - 0.5, full[0] - 0.5, -0.5),
        aspect="auto",
    )
    for ruler in (axes.xaxis, axes.yaxis):
        style.whole_ticks(ruler, 5)


def label_of(matrix: np.ndarray, full: tuple[int, int], values: str = "edge weight") -> str:
    """What the colours of a block matrix mean, whose entries are means of the `values`."""
    return values if matrix.shape == full else f"mean {values} of a block"


def plot_by_strength(result: Result) -> "Figure":
    """The adjacency matrix with nodes sorted by strength, the strongest first: who is tied to whom."""
    nodes = result.problem.nodes
    outward, inward = result.strengths
    rank = np.empty(nodes, dtype=np.int64)
    rank[np.argsort(-(outward + inward), kind="stable")] = np.arange(nodes)
    name = "node, by falling strength"
    shown = Shown.of(result)
    return _plot(adjacency_blocks(result, rank, shown.values), (nodes, nodes), shown, x=name, y=name)


def plot_two_sides(result: Result, right: np.ndarray) -> "Figure":
    """The block of the matrix that joins the two sides of a bipartite network, which `right` (N,) tells."""
    index = result.problem.edge_index
    turned = right[index[0]]
    place = np.where(right, np.cumsum(right), np.cumsum(~right)) - 1
    row, column = place[np.where(turned, index[1], index[0])], place[np.where(turned, index[0], index[1])]
    full = int(np.count_nonzero(~right)), int(np.count_nonzero(right))
    shown = Shown.of(result)
    blocks = block_matrix(row, column, shown.values, full=full)
    return _plot(blocks, full, shown, x="right node", y="left node")


def _plot(matrix: np.ndarray, full: tuple[int, int], shown: Shown, *, x: str, y: str) -> "Figure":
    if shown.on_base:
        matrix = np.where(matrix == 0, np.nan, matrix)
    colours = shown.of_blocks(matrix)
    figure = style.new_figure(4.2, 3.5)
    axes = figure.subplots()
    draw_matrix(axes, matrix, full, colours)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    style.colour_bar(figure, axes, colours, label_of(matrix, full, shown.label))
    return figure
