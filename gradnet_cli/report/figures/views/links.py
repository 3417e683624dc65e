"""Nodes as dots and edges as lines, coloured and widened by weight."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection

LABELLED_UP_TO = 40
"""Nodes up to which each carries its name."""
LONGEST_NAME = 3
"""Characters of a name that fit into a dot."""
ARROWS_UP_TO = 400
SHARE_OF_EDGE = 0.35
"""Most of an edge's usual length that the dots at its ends cover."""
UNUSED_SHOWN_UP_TO = 400
"""Unused edges up to which they are hinted at."""


def draw_links(
    axes: "Axes", result: Result, positions: np.ndarray, colours: style.WeightColours, *, widest: float = 3.0
) -> "LineCollection":
    """Draw all used edges between positions (N, 2), the heavier on top, at most `widest` points wide.

    The collection's array holds the weights of the used edges, from the lightest to the heaviest.
    """
    from matplotlib.collections import LineCollection

    used = np.flatnonzero(result.used)
    used = used[np.argsort(np.abs(result.weights[used]), kind="stable")]
    starts, ends = (positions[result.problem.edge_index[end, used]] for end in (0, 1))
    directed = result.problem.directed
    if directed:
        starts, ends = _beside(starts, ends, positions)
    weights = result.weights[used]
    _hint_unused(axes, result, positions)
    share = np.minimum(np.abs(weights) / colours.limit, 1.0)
    lines = LineCollection(
        list(np.stack([starts, ends], axis=1)),
        array=weights,
        cmap=colours.cmap,
        norm=colours.norm,
        linewidths=0.25 + (widest - 0.25) * share,
        capstyle="round",
        rasterized=len(used) > style.RASTERIZE_ABOVE,
        zorder=2,
    )
    axes.add_collection(lines)
    if directed and len(used) <= ARROWS_UP_TO:
        _draw_arrows(axes, starts, ends, weights, colours)
    axes.autoscale_view()
    return lines


def usual_length(result: Result, positions: np.ndarray) -> float:
    """Median length of the used edges, infinite where there is none."""
    source, target = result.problem.edge_index[:, result.used]
    lengths = np.linalg.norm(positions[source] - positions[target], axis=1)
    return float(np.median(lengths)) if len(lengths) else np.inf


def draw_nodes(axes: "Axes", result: Result, positions: np.ndarray, *, spacing: float = np.inf) -> None:
    """Draw the nodes, with their names inside when they are few and short.

    Nodes without names leave most of their edges to be seen, which are `spacing` points long.
    """
    mask = result.problem.mask
    names = (
        [str(i) for i in range(mask.nodes)] if mask.labels is None else [str(name) for name in mask.labels]
    )
    named = mask.nodes <= LABELLED_UP_TO and max(map(len, names)) <= LONGEST_NAME
    widest = (SHARE_OF_EDGE * spacing) ** 2
    area = 110.0 if named else max(0.4, min(2200 / mask.nodes, 40.0, widest))
    axes.scatter(
        positions[:, 0],
        positions[:, 1],
        s=area,
        color="white" if named else style.INK,
        edgecolors=style.INK if named else "white",
        linewidths=0.8 if named else min(0.6, area / 25),
        rasterized=mask.nodes > style.RASTERIZE_ABOVE,
        zorder=3,
    )
    if named:
        for name, (x, y) in zip(names, positions.tolist(), strict=True):
            axes.text(x, y, name, ha="center", va="center_baseline", fontsize=6.5, color=style.INK, zorder=4)


def flat(positions: np.ndarray) -> np.ndarray:
    """Positions (N, d), d >= 2, as (N, 2): a third dimension recedes obliquely, further ones are left out."""
    if positions.shape[1] == 2:
        return positions
    plane: np.ndarray = positions[:, :2] + positions[:, 2:3] * np.array([0.38, 0.24])
    return plane


def _beside(starts: np.ndarray, ends: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift directed edges to their right-hand side, so that there and back are seen apart."""
    along = ends - starts
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-300)
    side = np.column_stack([along[:, 1], -along[:, 0]]) / length
    offset = 0.006 * float(np.ptp(positions, axis=0).max()) * side
    return starts + offset, ends + offset


def _hint_unused(axes: "Axes", result: Result, positions: np.ndarray) -> None:
    from matplotlib.collections import LineCollection

    unused = result.problem.edge_index[:, ~result.used]
    if 0 < unused.shape[1] <= UNUSED_SHOWN_UP_TO:
        axes.add_collection(
            LineCollection(
                list(np.stack([positions[unused[0]], positions[unused[1]]], axis=1)),
                colors=style.FAINT,
                linewidths=0.5,
                linestyles=(0, (2, 2)),
                zorder=1,
            )
        )


def _draw_arrows(
    axes: "Axes", starts: np.ndarray, ends: np.ndarray, weights: np.ndarray, colours: style.WeightColours
) -> None:
    """A triangle at two thirds of each edge."""
    from matplotlib.collections import PolyCollection

    along = ends - starts
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-300)
    ahead = along / length
    size = 0.022 * float(np.ptp(np.concatenate([starts, ends]), axis=0).max())
    aside = np.column_stack([ahead[:, 1], -ahead[:, 0]]) * 0.4 * size
    middle = starts + 0.66 * along
    corners = np.stack([middle + ahead * size, middle + aside, middle - aside], axis=1)
    axes.add_collection(
        PolyCollection(
            list(corners), array=weights, cmap=colours.cmap, norm=colours.norm, linewidths=0, zorder=2.5
        )
    )
