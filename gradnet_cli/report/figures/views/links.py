"""Nodes as dots and edges as lines, coloured and widened by weight, or by its change on a base network."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.problem.mask import Mask
from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import layout
from gradnet_cli.report.figures.views.shown import Shown, gone
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection

ARROWS_UP_TO = 400
SHARE_OF_EDGE = 0.35
"""Most of an edge's usual length that the dots at its ends cover."""
UNUSED_SHOWN_UP_TO = 150
"""Unused edges up to which they are hinted at."""
THINNEST = 0.5
"""Points across the lightest line."""
DOTTED = (0, (1.0, 1.5))


def draw_links(
    axes: "Axes", result: Result, positions: np.ndarray, shown: Shown, *, widest: float = 3.0
) -> "LineCollection":
    """Draw the edges that are shown between positions (N, 2), the heaviest on top, `widest` points wide.

    The collection's array holds their values, from the smallest to the largest. A base network lies below in
    grey, its width a scale of its own; what is gone of it is dotted.
    """
    from matplotlib.collections import LineCollection

    drawn = np.flatnonzero(shown.drawn)
    drawn = drawn[np.argsort(np.abs(shown.values[drawn]), kind="stable")]
    starts, ends = _ends(result, positions, drawn)
    values = shown.values[drawn]
    if shown.on_base:
        _draw_base(axes, result, positions, widest=widest)
    else:
        _hint_unused(axes, result, positions)
    share = np.minimum(np.abs(values) / shown.colours.limit, 1.0)
    # What has changed must be found among what has not, however little it is.
    thinnest = max(THINNEST, 0.3 * widest) if shown.on_base else THINNEST
    whole = ~gone(result)[drawn] if shown.on_base else np.ones(len(drawn), dtype=bool)
    lines = LineCollection(
        list(np.stack([starts, ends], axis=1)),
        array=values,
        cmap=shown.colours.cmap,
        norm=shown.colours.norm,
        linewidths=thinnest + (widest - thinnest) * share,
        linestyles=["solid" if solid else DOTTED for solid in whole.tolist()] if not whole.all() else "solid",
        capstyle="round",
        rasterized=len(drawn) > style.RASTERIZE_ABOVE,
        zorder=2,
    )
    axes.add_collection(lines)
    if result.problem.directed and 0 < len(drawn) <= ARROWS_UP_TO:
        _draw_arrows(axes, starts, ends, values, shown.colours)
    axes.autoscale_view()
    return lines


def widest_line(count: int, *, mask: Mask) -> float:
    """Points across the heaviest of so many lines, so that they can be told apart where they meet."""
    degree = 2 * count / max(mask.nodes, 1)
    return float(np.clip(min(36 / np.sqrt(max(count, 1)), 16 / max(degree, 1)), 0.8, 3.0))


def usual_length(result: Result, positions: np.ndarray, drawn: np.ndarray) -> float:
    """Median length of the edges that are drawn, infinite where there is none."""
    starts, ends = segments(result.problem.mask, positions, drawn)
    lengths = np.linalg.norm(starts - ends, axis=1)
    return float(np.median(lengths)) if len(lengths) else np.inf


def draw_dots(
    axes: "Axes", result: Result, positions: np.ndarray, *, spacing: float = np.inf, largest: float = 40.0
) -> float:
    """Draw the nodes as dots, and return their diameter in points.

    They leave most of their edges to be seen, which are `spacing` points long.
    """
    nodes = result.problem.nodes
    area = max(0.4, min(2200 / nodes, largest, (SHARE_OF_EDGE * spacing) ** 2))
    axes.scatter(
        positions[:, 0],
        positions[:, 1],
        s=area,
        color=style.INK,
        edgecolors=style.PAPER,
        linewidths=min(0.6, area / 25),
        rasterized=nodes > style.RASTERIZE_ABOVE,
        zorder=3,
    )
    return float(np.sqrt(area))


def base_legend(result: Result, shown: Shown) -> list[Any]:
    """Handles that tell what is grey, blue, red and dotted, with their numbers of edges."""
    from matplotlib.lines import Line2D

    rises, falls = shown.drawn & (shown.values > 0), shown.drawn & (shown.values < 0)
    lost = gone(result)
    new = int(np.count_nonzero(rises & ~used_edges(result.problem.base)))
    handles = [Line2D([], [], color=style.BASE, linewidth=2.0, label="base network")]
    if rises.any():
        count = int(np.count_nonzero(rises))
        among = ", all new" if new == count else f", {new:,} of them new" if new else ""
        label = f"more weight ({count:,} edges{among})"
        handles.append(Line2D([], [], color=style.MORE[1], linewidth=2.0, label=label))
    if (falls & ~lost).any():
        label = f"less weight ({np.count_nonzero(falls & ~lost):,})"
        handles.append(Line2D([], [], color=style.LESS[1], linewidth=2.0, label=label))
    if lost.any():
        label = f"gone ({np.count_nonzero(lost):,})"
        handles.append(Line2D([], [], color=style.LESS[1], linewidth=2.0, linestyle=DOTTED, label=label))
    return handles


def flat(positions: np.ndarray) -> np.ndarray:
    """Positions (N, d), d >= 2, as (N, 2): a third dimension recedes obliquely, further ones are left out."""
    if positions.shape[1] == 2:
        return positions
    plane: np.ndarray = positions[:, :2] + positions[:, 2:3] * np.array([0.38, 0.24])
    return plane


def segments(mask: Mask, positions: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the lines of some edges start and end, (n, 2) each.

    An edge that leaves a torus to come in again is a stub of half its length, out of its first node.
    """
    starts, ends = (positions[mask.edge_index[end, chosen]] for end in (0, 1))
    if mask.period is None or len(mask.period) != positions.shape[1]:
        return starts, ends
    around = np.round((ends - starts) / mask.period)
    leaves = around.any(axis=1, keepdims=True)
    return starts, np.where(leaves, (starts + ends - around * mask.period) / 2, ends)


def _ends(result: Result, positions: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments of some edges; directed ones beside the straight line between nodes."""
    starts, ends = segments(result.problem.mask, positions, chosen)
    return _beside(starts, ends, positions) if result.problem.directed else (starts, ends)


def _draw_base(axes: "Axes", result: Result, positions: np.ndarray, *, widest: float) -> None:
    from matplotlib.collections import LineCollection

    base = np.abs(result.problem.base)
    chosen = np.flatnonzero(used_edges(base) & ~gone(result))
    if not len(chosen):
        return
    starts, ends = _ends(result, positions, chosen)
    share = np.minimum(base[chosen] / float(np.quantile(base[chosen], 0.99)), 1.0)
    thinnest = 0.4 * widest
    axes.add_collection(
        LineCollection(
            list(np.stack([starts, ends], axis=1)),
            colors=style.BASE,
            linewidths=thinnest + (1.3 * widest - thinnest) * share,
            capstyle="round",
            rasterized=len(chosen) > style.RASTERIZE_ABOVE,
            zorder=1.5,
        )
    )


def _beside(starts: np.ndarray, ends: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift directed edges to their right-hand side, so that there and back are seen apart."""
    along = ends - starts
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-300)
    side = np.column_stack([along[:, 1], -along[:, 0]]) / length
    offset = 0.006 * float(np.ptp(positions, axis=0).max()) * side
    return starts + offset, ends + offset


def _hint_unused(axes: "Axes", result: Result, positions: np.ndarray) -> None:
    from matplotlib.collections import LineCollection

    unused = np.flatnonzero(~result.used)
    # Of a mask of nearly all pairs they would say nothing.
    sparse = result.problem.edges <= layout.DENSE * layout.pairs(
        result.problem.nodes, result.problem.directed
    )
    if sparse and 0 < len(unused) <= UNUSED_SHOWN_UP_TO:
        axes.add_collection(
            LineCollection(
                list(np.stack(segments(result.problem.mask, positions, unused), axis=1)),
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
