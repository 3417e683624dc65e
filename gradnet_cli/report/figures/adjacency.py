"""The adjacency matrix, nodes in groups where there are any, else in an order that the network tells."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import matrix
from gradnet_cli.report.figures.views.order import Order, node_order
from gradnet_cli.report.figures.views.shown import Shown
from gradnet_cli.report.lattice import lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Panel = tuple[np.ndarray, Callable[[np.ndarray], style.WeightColours], str]


def applies(result: Result) -> bool:
    """Every network has a matrix, but a grid has pictures that say more, and an empty one shows nothing."""
    return lattice_of(result.problem.mask) is None and bool(result.used.any())


def caption(result: Result) -> str:
    """With the order of its nodes."""
    what = "The adjacency matrix and its change" if result.problem.base.any() else "The adjacency matrix"
    return f"{what}, nodes {node_order(result).name}."


def plot(result: Result) -> "Figure":
    """The weights; beside them, on a base network, how they have changed."""
    order = node_order(result)
    full = (result.problem.nodes, result.problem.nodes)
    shown = Shown.of(result)
    panels: list[Panel] = [(np.where(result.used, result.weights, 0.0), style.weight_colours, "edge weight")]
    if shown.on_base:
        panels.append((np.where(shown.drawn, shown.values, 0.0), style.change_colours, shown.label))
    figure = style.new_figure(*((style.WIDE, 3.0) if len(panels) > 1 else (4.2, 3.4)), fixed_aspect=True)
    several = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (values, colours_of, label) in zip(several, panels, strict=True):
        blocks = matrix.adjacency_blocks(result, order.rank, values)
        blocks = np.where(blocks == 0, np.nan, blocks)  # what is not used, or has not changed, has no colour
        colours = colours_of(blocks)
        matrix.draw_matrix(axes, blocks, full, colours)
        axes.set_aspect("equal")
        _name_axes(axes, order)
        if axes is not several[0]:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
        style.colour_bar(figure, axes, colours, matrix.label_of(blocks, full, label))
    return figure


def _name_axes(axes: "Axes", order: Order) -> None:
    rulers = (axes.xaxis, axes.yaxis)
    for ruler in rulers:
        ruler.set_label_text(f"node, {order.name}")
    if not order.groups:
        return
    ends = np.array([end for _, end in order.groups], dtype=float)
    for end in ends[:-1] - 0.5:
        axes.axhline(end, color=style.GREY, linewidth=0.5)
        axes.axvline(end, color=style.GREY, linewidth=0.5)
    starts = np.concatenate([[0.0], ends[:-1]])
    for ruler in rulers:
        ruler.set_ticks((starts + ends - 1) / 2, [name for name, _ in order.groups])
        ruler.set_tick_params(length=0)
    axes.tick_params(axis="x", labelrotation=0 if len(order.groups) <= 4 else 90)
