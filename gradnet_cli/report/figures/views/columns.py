"""Bipartite networks in two columns."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.fonts import width_of
from gradnet_cli.report.figures.views import links, names
from gradnet_cli.report.figures.views.shown import Shown
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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


def plot_columns(result: Result, right: np.ndarray, shown: Shown) -> "Figure":
    """Left and right nodes from top to bottom, edge weight as colour and width, names outside."""
    positions = place_in_columns(right)
    most = max(int(np.count_nonzero(right)), int(np.count_nonzero(~right)))
    height = float(np.clip(0.22 * most, 2.6, 8.0)) + (0.4 if shown.on_base else 0.0)
    called = names.names_of(result.problem.mask)
    inside = names.dot_for(called)
    size = float(np.clip(style.points(0.9 * height) / most, 4.0, 7.5))
    beside = 0.0 if inside is not None else max(width_of(name, size) for name in called) / style.points(1)
    width = min(4.2 + 2 * beside, style.PAGE)
    figure = style.new_figure(width, height)
    axes = figure.subplots()
    widest = links.widest_line(shown.count, mask=result.problem.mask)
    links.draw_links(axes, result, positions, shown, widest=widest)
    if inside is not None:
        names.draw_inside(axes, positions, called, across=inside)
    else:
        across = links.draw_dots(axes, result, positions)
        _name_outside(axes, positions, called, right, size=size, across=across)
    axes.set_axis_off()
    between = width - 1.2 - 2 * beside  # inches, a colour bar stands beside them
    axes.set_xlim(-0.08 - beside / between, 1.08 + beside / between)
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
    if shown.on_base:
        handles = links.base_legend(result, shown)
        figure.legend(handles=handles, loc="outside lower center", ncols=2)
    style.colour_bar(figure, axes, shown.colours, shown.label)
    return figure


def _name_outside(
    axes: "Axes", positions: np.ndarray, called: list[str], right: np.ndarray, *, size: float, across: float
) -> None:
    for name, place, is_right in zip(called, positions.tolist(), right.tolist(), strict=True):
        axes.annotate(
            name,
            place,
            xytext=((1 if is_right else -1) * (across / 2 + 2), 0),
            textcoords="offset points",
            ha="left" if is_right else "right",
            va="center",
            fontsize=size,
            color=style.INK,
            parse_math=False,
        )


def place_in_columns(right: np.ndarray) -> np.ndarray:
    """Positions (N, 2): each side evenly from top to bottom, in the order of node ids."""
    positions = np.zeros((len(right), 2))
    for x, chosen in ((0.0, ~right), (1.0, right)):
        count = int(np.count_nonzero(chosen))
        positions[chosen, 0] = x
        positions[chosen, 1] = 1 - (np.arange(count) + 0.5) / count
    return positions
