"""Phases of oscillators over time, and the order parameter."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MANY = 150
FULL_CIRCLE_ABOVE = 2.0
"""Radians from the mean phase beyond which the whole circle is shown."""


def applies(result: Result) -> bool:
    """Oscillators have phases."""
    return "track_phases" in result.arrays


def plot(result: Result) -> "Figure":
    """Phases relative to that of the mean field, coloured by frequency, beside r over time."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    arrays = result.arrays
    time, omega = arrays["time"], arrays["frequency"][arrays["track_nodes"]]
    # Unwrapped, so that the mean's own turns do not cut the curves.
    relative = np.angle(np.exp(1j * (arrays["track_phases"] - _mean_phase(arrays["track_phases"])[:, None])))
    jumps = np.abs(np.diff(relative, axis=0, prepend=relative[:1])) > np.pi
    curves = np.where(jumps, np.nan, relative)
    figure = style.new_figure(style.WIDE, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    colours = ScalarMappable(norm=Normalize(omega.min(), omega.max()), cmap=style.ordered_colours())
    segments = [np.column_stack([time, curve]) for curve in curves.T]
    left.add_collection(
        LineCollection(
            segments, colors=colours.to_rgba(omega), linewidths=0.7, rasterized=len(segments) > 150
        )
    )
    reach = float(np.nanmax(np.abs(curves)))
    left.set_xlim(time[0], time[-1])
    if reach > FULL_CIRCLE_ABOVE:
        left.set_ylim(-np.pi, np.pi)
        left.set_yticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
    else:
        left.set_ylim(-1.08 * reach, 1.08 * reach)
    left.set_xlabel("time")
    left.set_ylabel("phase from the mean [rad]")
    bar = figure.colorbar(
        colours, ax=left, fraction=0.05, pad=0.02, aspect=28, label=r"frequency $\omega$ [rad / time]"
    )
    bar.outline.set_linewidth(0.5)
    order = arrays["order"]
    right.plot(time, order, color=style.BLUE)
    if bool(arrays["locked"]):
        steady = float(np.abs(np.exp(1j * arrays["phase"]).mean()))
        right.axhline(
            steady, color=style.INK, linestyle=(0, (4, 3)), linewidth=1, label=f"locked, $r$ = {steady:.5f}"
        )
        legend_above(right)
    low = float(order.min())
    if low > 0.9:
        right.set_ylim(low - 0.08 * (1 - low), 1 + 0.02 * (1 - low))
    else:
        right.set_ylim(0, 1.02)
    right.set_xlim(time[0], time[-1])
    right.set_xlabel("time")
    right.set_ylabel("order parameter $r$")
    return figure


def _mean_phase(phases: np.ndarray) -> np.ndarray:
    angle: np.ndarray = np.angle(np.exp(1j * phases).mean(axis=1))
    return angle
