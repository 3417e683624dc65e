"""The network before and after, nodes by opinion, factions against the record."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import layout, names
from gradnet_cli.report.figures.views.links import flat
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NODES_UP_TO = 400
EDGES_UP_TO = 5000
LEADERS = 2.2
"""Area of a leader's mark, relative to that of others."""
ROOM = 1.5
"""Distance that marks keep, relative to dots in a picture of their own: squares have corners."""
SHAPES = "osD^vP"  # one for each entry of the record


def applies(result: Result) -> bool:
    """Networks with opinions, as long as single nodes can be told apart."""
    known = {"opinion", "faction"} <= set(result.node_data) and "leaders" in result.arrays
    return known and result.problem.nodes <= NODES_UP_TO and result.problem.edges <= EDGES_UP_TO


def plot(result: Result) -> "Figure":
    """The base network on the left where there is one, the final one on the right, nodes at the same places.

    Fill tells the opinion, shape the entry of the record, a red ring a node whose faction's leader has
    another entry; leaders are larger. Edges that were removed are dotted.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    mask, base = result.problem.mask, result.problem.base
    positions = layout.places_of(mask)
    if positions is not None:
        places = flat(positions)
    else:
        # Two networks side by side have more room when they stand.
        standing = layout.place_nodes(result)[:, ::-1] * np.array([1.0, -1.0])
        sizes = np.full(mask.nodes, ROOM)
        sizes[result.arrays["leaders"].astype(np.int64)] *= np.sqrt(LEADERS)
        places = layout.spread(standing, sizes)
    edited = "opinion_before" in result.node_data
    figure = style.new_figure(style.WIDE if edited else 4.2, 3.7, fixed_aspect=True)
    panels = figure.subplots(1, 2 if edited else 1, squeeze=False)[0]
    size = float(np.abs(result.node_data["opinion"][result.arrays["leaders"]]).max()) or 1.0
    norm = Normalize(-size, size)
    record = record_of(result)
    if edited:
        _draw_edges(panels[0], result, places, base, np.zeros(len(base), dtype=bool))
        _draw_nodes(panels[0], result, places, "opinion_before", norm, record, compared=False)
        panels[0].set_title("before")
    _draw_edges(panels[-1], result, places, result.weights, (base != 0) & ~result.used)
    _draw_nodes(panels[-1], result, places, "opinion", norm, record, compared=True)
    panels[-1].set_title("after")
    for axes in panels:
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.04)
        axes.set_axis_off()
    bar = figure.colorbar(
        ScalarMappable(norm=norm, cmap=style.signed_colours()), ax=list(panels),
        fraction=0.03, pad=0.01, aspect=28, label="opinion",
    )  # fmt: skip
    bar.outline.set_linewidth(0.5)
    _add_legend(figure, result, record, panels[-1])
    return figure


def record_of(result: Result) -> np.ndarray | None:
    """The column (N,) that the objective's setting `record` names, if any."""
    name = result.objective_settings.get("record")
    return None if name is None else np.asarray(result.problem.mask.node_data[name]).astype(str)


def misplaced(result: Result, record: np.ndarray | None) -> np.ndarray:
    """Which nodes (N,) belong to a faction whose leader has another entry in the record."""
    if record is None:
        return np.zeros(result.problem.nodes, dtype=bool)
    differ: np.ndarray = record != record[result.node_data["faction"].astype(np.int64)]
    return differ


def _draw_edges(
    axes: "Axes", result: Result, places: np.ndarray, weights: np.ndarray, removed: np.ndarray
) -> None:
    from matplotlib.collections import LineCollection

    source, target = result.problem.edge_index
    lines = np.stack([places[source], places[target]], axis=1)
    largest = float(max(np.abs(weights).max(), np.abs(result.problem.base).max())) or 1.0
    kept = np.abs(weights) > 1e-3 * largest
    looks: list[tuple[np.ndarray, dict[str, Any]]] = [
        (kept, {"linewidths": 0.4 + 2.0 * np.abs(weights[kept]) / largest, "colors": style.GREY}),
        (removed, {"linewidths": 0.9, "linestyles": (0, (1, 2)), "colors": style.RED}),
    ]
    for chosen, look in looks:
        if chosen.any():
            axes.add_collection(LineCollection(list(lines[chosen]), zorder=1, **look))


def _draw_nodes(
    axes: "Axes",
    result: Result,
    places: np.ndarray,
    column: str,
    norm: Any,
    record: np.ndarray | None,
    *,
    compared: bool,
) -> None:
    nodes = result.problem.nodes
    called = names.names_of(result.problem.mask)
    inside = names.dot_for(called)
    named = inside is not None
    area = np.full(nodes, 0.9 * inside**2 if inside is not None else float(np.clip(2200 / nodes, 4.0, 60.0)))
    area[result.arrays["leaders"].astype(np.int64)] *= LEADERS
    wrong = misplaced(result, record) & compared
    fills = style.signed_colours()(norm(result.node_data[column]))
    for entry, shape in _shapes(record).items():
        chosen = np.full(nodes, True) if record is None else record == entry
        axes.scatter(
            places[chosen, 0],
            places[chosen, 1],
            s=area[chosen],
            c=fills[chosen],
            marker=shape,
            edgecolors=[style.RED if each else style.INK for each in wrong[chosen]],
            linewidths=np.where(wrong[chosen], 2.0, 0.6).tolist(),
            zorder=3,
        )
    axes.autoscale_view()
    if not named:
        return
    for i, (x, y) in enumerate(places.tolist()):
        axes.text(
            x, y, called[i], parse_math=False, ha="center", va="center_baseline", zorder=4,
            fontsize=names.drawn(6.0), color=style.letters_on(fills[i]),
        )  # fmt: skip


def _shapes(record: np.ndarray | None) -> dict[str, str]:
    if record is None:
        return {"": "o"}
    return {str(entry): SHAPES[k % len(SHAPES)] for k, entry in enumerate(np.unique(record))}


def _add_legend(figure: "Figure", result: Result, record: np.ndarray | None, axes: "Axes") -> None:
    from matplotlib.lines import Line2D

    look = {"linestyle": "none", "color": style.PAPER, "markeredgecolor": style.INK, "markersize": 7}
    handles = [
        Line2D([], [], marker=shape, label=entry, **look)  # type: ignore[arg-type]
        for entry, shape in _shapes(record).items()
        if entry
    ]
    wrong = int(misplaced(result, record).sum())
    if wrong:
        ring = {**look, "markeredgecolor": style.RED, "markeredgewidth": 2.0}
        handles.append(Line2D([], [], marker="o", label=f"not as recorded ({wrong})", **ring))  # type: ignore[arg-type]
    cut = int(((result.problem.base != 0) & ~result.used).sum())
    if cut:
        handles.append(
            Line2D([], [], color=style.RED, linewidth=0.9, linestyle=(0, (1, 2)), label=f"removed ({cut})")
        )
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
