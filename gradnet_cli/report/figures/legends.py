"""Legends that hide no data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradnet_cli.report.figures.fonts import LEGEND_SIZE, LETTERS, width_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ABOVE = "legend-above"
LEGEND_HANDLE = 3.8
"""Width of a legend's handle with its spaces, in sizes of its letters."""


def legend_above(axes: "Axes", *, handles: Sequence["Artist"] | None = None) -> None:
    """A legend over the panel, where it hides no data; none without anything that has a name."""
    if handles is None:
        handles, _ = axes.get_legend_handles_labels()
    if not handles:
        return
    # Before the layout is settled a panel is narrower than it will be.
    width = 1.25 * 72 * axes.get_window_extent().width / axes.figure.dpi
    legend = axes.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=_columns([str(handle.get_label()) for handle in handles], width),
        columnspacing=1.2,
        handlelength=1.6,
        borderaxespad=0.3,
        labelspacing=0.3,
    )
    legend.set_gid(ABOVE)


def clear_factors(figure: "Figure") -> None:
    """Raise legends over panels above the factor that all numbers of the axis share, where there is one."""
    for axes in figure.axes:
        legend = axes.get_legend()
        ruler = axes.yaxis
        formatter = ruler.get_major_formatter()
        formatter.set_axis(ruler)
        formatter.format_ticks(ruler.get_majorticklocs().tolist())
        if legend is not None and legend.get_gid() == ABOVE and formatter.get_offset():
            high = 72 * axes.get_window_extent().height / figure.dpi
            legend.set_bbox_to_anchor((0.5, 1.0 + 1.3 * LETTERS / high))


def _columns(labels: Sequence[str], points: float) -> int:
    """The most columns, filled one after another, that have room in so many points."""
    size = float(LEGEND_SIZE)
    widths = [width_of(label, size) + LEGEND_HANDLE * size for label in labels]
    for count in range(len(labels), 1, -1):
        rows = -(-len(labels) // count)
        starts = range(0, len(labels), rows)
        if len(starts) == count and sum(max(widths[k : k + rows]) for k in starts) <= points:
            return count
    return 1
