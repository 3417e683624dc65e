"""A logic gate as a signed directed network, with its truth table beside it."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views.names import drawn
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EDGES_UP_TO = 150
"""Edges up to which arrows can be followed by eye."""
ROWS_UP_TO = 16
"""Rows of a truth table that are listed."""
WIDEST, THINNEST = 4.0, 0.4  # points
RADIUS = 0.13
BEND = 0.16  # of an arrow, so that there and back are seen apart
COLUMNS = {"input": 0.0, "one": 0.0, "hidden": 1.3, "output": 2.6}


def applies(result: Result) -> bool:
    """A network that was trained on a truth table, and is small enough to be read."""
    return "found_outputs" in result.arrays and result.problem.edges <= EDGES_UP_TO


def plot(result: Result) -> "Figure":
    """Inputs on the left, outputs on the right; arrows coloured by sign, their width in step with weight."""
    figure = style.new_figure(style.WIDE, 3.3)
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    _draw_network(left, result)
    _draw_table(right, result)
    return figure


def places(roles: np.ndarray) -> np.ndarray:
    """Positions (N, 2): a column for the inputs, one for hidden nodes and one for the outputs."""
    across = np.array([COLUMNS[role] for role in roles])
    positions = np.stack([across, np.zeros(len(roles))], axis=1)
    for column in np.unique(across):
        members = np.flatnonzero(across == column)
        positions[members, 1] = 0.5 * (len(members) - 1) - np.arange(len(members))
    # A hidden node on the line between two others would hide their arrows.
    hidden = roles == "hidden"
    if np.count_nonzero(hidden) == 1 and np.count_nonzero(roles == "output") == 1:
        positions[hidden, 1] = -1.0
    return positions


def node_labels(roles: np.ndarray) -> list[str]:
    """A, B, ... for the inputs, 1 for the node that is always one, h for hidden nodes, and out."""
    outputs, hidden = (np.count_nonzero(roles == role) for role in ("output", "hidden"))
    counted = {"input": 0, "hidden": 0, "output": 0, "one": 0}
    labels = []
    for role in roles:
        counted[role] += 1
        number = counted[role]
        names = {
            "input": chr(ord("A") + number - 1),
            "one": "1",
            "hidden": "h" if hidden == 1 else f"h{number}",
            "output": "out" if outputs == 1 else f"o{number}",
        }
        labels.append(names[role])
    return labels


def _draw_network(axes: "Axes", result: Result) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, FancyArrowPatch

    roles = result.node_data["role"]
    positions = places(roles)
    largest = float(np.abs(result.weights).max()) or 1.0
    order = np.argsort(np.abs(result.weights))
    for edge in order[result.used[order]]:
        source, target = result.problem.edge_index[:, edge]
        weight = result.weights[edge]
        share = abs(weight) / largest
        start, end = _shortened(positions[source], positions[target])
        axes.add_patch(
            FancyArrowPatch(
                tuple(start),
                tuple(end),
                connectionstyle=f"arc3,rad={BEND}",
                arrowstyle=f"-|>,head_length={0.35 + 0.25 * share},head_width={0.18 + 0.14 * share}",
                mutation_scale=10,
                linewidth=THINNEST + (WIDEST - THINNEST) * share,
                color=style.BLUE if weight > 0 else style.RED,
                alpha=0.9,
                shrinkA=0,
                shrinkB=0,
                zorder=2,
            )
        )
    for (x, y), name in zip(positions, node_labels(roles), strict=True):
        axes.add_patch(
            Circle((x, y), RADIUS, facecolor=style.PAPER, edgecolor=style.INK, linewidth=1.0, zorder=3)
        )
        axes.text(
            x, y, name, ha="center", va="center_baseline", fontsize=drawn(9.0), color=style.INK, zorder=4
        )
    looks = ((style.BLUE, 2.5), (style.RED, 2.5), (style.GREY, WIDEST))
    lines = [Line2D([], [], color=colour, linewidth=width) for colour, width in looks]
    names = ["positive", "negative", f"a weight of {largest:.2f}"]
    axes.legend(lines, names, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3)
    axes.set_xlim(positions[:, 0].min() - 0.35, positions[:, 0].max() + 0.35)
    axes.set_ylim(positions[:, 1].min() - 0.35, positions[:, 1].max() + 0.35)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _shortened(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of an arrow on the rims of its nodes, where the bend leaves and meets them."""
    along = (end - start) / np.linalg.norm(end - start)
    aside = np.array([along[1], -along[0]])
    turn = np.arctan(2 * BEND)
    leave = np.cos(turn) * along + np.sin(turn) * aside
    meet = -np.cos(turn) * along + np.sin(turn) * aside
    return start + RADIUS * leave, end + (RADIUS + 0.02) * meet


def _draw_table(axes: "Axes", result: Result) -> None:
    inputs, wanted, found = (
        result.arrays[name][:ROWS_UP_TO]
        for name in ("truth_table_inputs", "truth_table_outputs", "found_outputs")
    )
    labels = node_labels(result.node_data["role"])
    roles = result.node_data["role"]
    asked = [name for name, role in zip(labels, roles, strict=True) if role == "input"]
    told = [name for name, role in zip(labels, roles, strict=True) if role == "output"]
    header = [*asked, *(part for name in told for part in (f"{name}\nwanted", f"{name}\nfound"))]
    right, wrong = style.tinted(style.GREEN), style.tinted(style.RED)
    colours: list[list[str]] = []
    cells: list[list[str]] = []
    for bits, truth, value in zip(inputs, wanted, found, strict=True):
        row = [f"{bit:.0f}" for bit in bits]
        shade = [style.PAPER] * len(row)
        for one, other in zip(truth, value, strict=True):
            row += [f"{one:.0f}", _rounded(other)]
            shade += [style.PAPER, right if (other > 0.5) == (one > 0.5) else wrong]
        cells.append(row)
        colours.append(shade)
    widths = np.array([0.6] * len(asked) + [1.0, 1.0] * len(told))
    table = axes.table(
        cellText=cells,
        colLabels=header,
        cellColours=colours,
        colColours=[style.PAPER] * len(header),
        cellLoc="center",
        colWidths=list(widths / widths.sum()),
        loc="center",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(8.5 if len(header) <= 6 else 6.5)
    table.scale(1, 1.6 if len(cells) <= 8 else 1.05)
    for (line, _), cell in table.get_celld().items():
        cell.set_linewidth(0.5)
        cell.set_edgecolor(style.FAINT)
        if line == 0:
            cell.set_height(1.6 * cell.get_height())
            cell.set_text_props(weight="bold", color=style.INK)
    axes.set_axis_off()
    rows = len(result.arrays["found_outputs"])
    if rows > len(cells):
        axes.set_title(f"first {len(cells)} of {rows} rows")


def _rounded(value: float) -> str:
    return f"{round(float(value), 3) + 0.0:.3f}"
