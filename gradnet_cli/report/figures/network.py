"""The network as drawn by its own geometry."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.report.figures.views import columns, grids, layout, links, matrix, names, plane
from gradnet_cli.report.figures.views.ground import Ground
from gradnet_cli.report.figures.views.shown import Shown
from gradnet_cli.report.lattice import lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINKS_IN_SPACE_UP_TO = 30_000
"""Edges up to which a network with positions is drawn line by line."""
LINKS_LAID_OUT_UP_TO = 3_000
"""Edges in use up to which lines among computed places say something."""
LONGER, NAMED_LONGER = 3.4, 4.8
"""Inches of the longer side of a network, and of one whose nodes have names beside them."""
NAME_MARGIN = 0.4
"""Inches to the left and right of the nodes that names may take."""
SHORTEST = 0.8
MARGIN = 0.05
"""Share of the longer side that is left free around the nodes."""


def applies(result: Result) -> bool:
    """Every network can be drawn."""
    return True


def caption(result: Result) -> str:
    """On a base network its changes are drawn."""
    if result.problem.base.any():
        return "What was added to the base network (blue) and taken from it (red), over itself in grey."
    return "The network as drawn by its own geometry."


def plot(result: Result) -> "Figure":
    """Grids as grids, bipartite networks in columns, others in space if they have positions in a plane.

    What has no geometry is laid out while small; beyond, the matrix sorted by strength says more than any
    tangle.
    """
    mask = result.problem.mask
    lattice = lattice_of(mask)
    ring = lattice is not None and lattice.is_ring
    shown = Shown.of(result)
    if lattice is not None and not ring and not (shown.on_base and grids.as_links(lattice)):
        return grids.plot_grid(result, lattice, shown)
    right = columns.sides(result)
    if right is not None:
        most = max(np.count_nonzero(right), np.count_nonzero(~right))
        small = most <= columns.NODES_UP_TO and shown.count <= LINKS_LAID_OUT_UP_TO
        return columns.plot_columns(result, right, shown) if small else matrix.plot_two_sides(result, right)
    if lattice is not None and not ring:
        return _plot_links(result, grids.node_places(lattice.shape), shown, Ground())
    places, ground = layout.places_of(mask), Ground.of(mask)
    if places is not None and not ring:
        if mask.shape is not None and len(mask.shape) == 2:
            # A grid with further edges has row 1 at the top as well.
            places, ground = grids.node_places(mask.shape), Ground()
        if shown.count <= (LINKS_LAID_OUT_UP_TO if mask.schematic else LINKS_IN_SPACE_UP_TO):
            return _plot_links(result, links.flat(places), shown, ground)
        if not mask.schematic:  # where a drawing has its edges says nothing
            return plane.plot_space(result, places, shown)
    if (ring or mask.nodes <= layout.LAID_OUT_UP_TO) and shown.count <= LINKS_LAID_OUT_UP_TO:
        return _plot_links(result, layout.place_nodes(result), shown, Ground())
    return matrix.plot_by_strength(result)


def _plot_links(result: Result, positions: np.ndarray, shown: Shown, ground: Ground) -> "Figure":
    """Nodes and links on their ground."""
    called = names.names_of(result.problem.mask) if names.are_told(result.problem.mask) else []
    inside = names.dot_for(called) if called else None
    margin = NAME_MARGIN if called and inside is None else 0.0
    drawn = np.concatenate(
        [positions, *links.segments(result.problem.mask, positions, result.used | shown.drawn)]
    )
    spans = np.ptp(drawn, axis=0) * (1.0, ground.stretch)
    ruler = 0.1 if ground.names is None else 0.45
    box = _box(spans, longer=NAMED_LONGER if margin else LONGER - (ruler - 0.1), beside=margin)
    flat = box[0] > style.FLAT * box[1]
    figure = style.new_figure(
        box[0] + ruler + (0.1 if flat else 0.8),
        box[1] + ruler + (0.7 if flat else 0.0) + (0.35 if shown.on_base else 0.0),
        fixed_aspect=True,
    )
    axes = figure.subplots()
    widest = links.widest_line(shown.count, mask=result.problem.mask)
    links.draw_links(axes, result, positions, shown, widest=widest)
    inch = (box[0] - 2 * margin) / ((1 + 2 * MARGIN) * (float(spans[0]) or 1.0))
    if inside is not None:
        names.draw_inside(axes, positions, called, across=inside)
    else:
        spacing = style.points(inch) * links.usual_length(result, positions, result.used | shown.drawn)
        across = links.draw_dots(
            axes, result, positions, spacing=np.inf if called else spacing, largest=22.0 if called else 40.0
        )
    _frame(axes, drawn, box, ground, beside=margin)
    style.colour_bar(figure, axes, shown.colours, shown.label, box=box)
    if shown.on_base:
        legend_above(axes, handles=links.base_legend(result, shown))
    if called and inside is None:
        seen = result.problem.edge_index[:, result.used | shown.drawn]
        names.draw_beside(
            figure,
            axes,
            positions,
            called,
            lines=positions[seen].transpose(1, 0, 2),
            across=across,
            importance=np.abs(result.strengths[0]) + np.abs(result.strengths[1]),
        )
    return figure


def _box(spans: np.ndarray, *, longer: float, beside: float) -> tuple[float, float]:
    """Width and height in inches of something (2,) in its own proportions, and more on either side."""
    wide, high = spans
    margin = 2 * MARGIN * max(wide, high)
    wide, high = (wide + margin) or 1.0, (high + margin) or 1.0
    inch = longer / max(wide, high)
    if wide > style.FLAT * high:  # a strip has the width of the page
        inch = max(inch, (style.WIDE - 0.6) / wide)
    return max(float(wide * inch) + 2 * beside, SHORTEST), max(float(high * inch), SHORTEST)


def _frame(
    axes: "Axes", positions: np.ndarray, box: tuple[float, float], ground: Ground, *, beside: float
) -> None:
    """Limits that fill the box, lengths the same in either direction."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    middle, span = (low + high) / 2, (high - low) * (1.0, ground.stretch)
    unit = max((span + 2 * MARGIN * span.max()) / (np.array(box) - [2 * beside, 0.0])) or 1.0
    half = unit * np.array(box) / (2.0, 2.0 * ground.stretch)
    axes.set_aspect(ground.stretch, adjustable="box")
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
    if ground.names is None:
        axes.set_axis_off()
    else:
        axes.set_xlabel(ground.names[0])
        axes.set_ylabel(ground.names[1])
