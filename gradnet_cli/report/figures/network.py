"""The network as drawn by its own geometry."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.views import columns, grids, layout, links, matrix, plane
from gradnet_cli.report.lattice import lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINKS_IN_SPACE_UP_TO = 30_000
"""Edges up to which a network with positions is drawn line by line."""
LINKS_WIDTH = 4.0
"""Inches that a network has from left to right, beside its colour bar."""
LINKS_LAID_OUT_UP_TO = 3_000
"""Edges in use up to which lines among computed places say something."""


def applies(result: Result) -> bool:
    """Every network can be drawn."""
    return True


def plot(result: Result) -> "Figure":
    """Grids as grids, bipartite networks in columns, others in space if they have positions in a plane.

    What has no geometry is laid out while small; beyond, the matrix sorted by strength says more than any
    tangle.
    """
    mask = result.problem.mask
    lattice = lattice_of(mask)
    if lattice is not None:
        return grids.plot_grid(result, lattice)
    right = columns.sides(result)
    if right is not None:
        most = max(np.count_nonzero(right), np.count_nonzero(~right))
        small = most <= columns.NODES_UP_TO and result.edges_used <= LINKS_LAID_OUT_UP_TO
        return columns.plot_columns(result, right) if small else matrix.plot_two_sides(result, right)
    if mask.positions is not None and mask.positions.shape[1] > 1:
        if result.edges_used <= LINKS_IN_SPACE_UP_TO:
            return _plot_links(result, links.flat(mask.positions), ruled=mask.positions.shape[1] == 2)
        return plane.plot_space(result, mask.positions)
    if mask.nodes <= layout.LAID_OUT_UP_TO and result.edges_used <= LINKS_LAID_OUT_UP_TO:
        return _plot_links(result, layout.place_nodes(result), ruled=False)
    return matrix.plot_by_strength(result)


def _plot_links(result: Result, positions: np.ndarray, *, ruled: bool) -> "Figure":
    """Nodes and links; `ruled` shows the axes of positions that mean something."""
    wide, high = np.ptp(positions, axis=0)
    height = 4.2 if ruled else float(np.clip(LINKS_WIDTH * high / (wide or 1.0) + 0.3, 2.4, 4.2))
    figure = style.new_figure(5.0, height, fixed_aspect=True)
    axes = figure.subplots()
    colours = style.weight_colours(result.weights)
    widest = float(np.clip(45 / np.sqrt(max(result.edges_used, 1)), 0.8, 3.0))
    links.draw_links(axes, result, positions, colours, widest=widest)
    inch = min(LINKS_WIDTH / (wide or 1.0), (height - 0.3) / (high or 1.0))
    links.draw_nodes(axes, result, positions, spacing=72 * inch * links.usual_length(result, positions))
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.05)
    if ruled:
        axes.set_xlabel("x")
        axes.set_ylabel("y")
    else:
        axes.set_axis_off()
    style.colour_bar(figure, axes, colours, "edge weight")
    return figure
