"""The spectrum of the mixing of channels: directions that attract neighbours, and those that repel."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Networks that mix channels."""
    return "mixing_eigenvalues" in result.arrays


def plot(result: Result) -> "Figure":
    """Eigenvalues in growing order, repulsive ones red and attractive ones blue."""
    values = result.arrays["mixing_eigenvalues"]
    order = np.arange(1, len(values) + 1)
    figure = style.new_figure(style.NARROW, 2.6)
    axes = figure.subplots()
    for chosen, colour, name in (
        (values < 0, style.RED, "repulsive"),
        (values > 0, style.BLUE, "attractive"),
    ):
        if chosen.any():
            label = f"{name}, {int(chosen.sum())}"
            axes.plot(order[chosen], values[chosen], ".", color=colour, markersize=4, label=label)
    axes.axhline(0, color=style.GREY, linewidth=0.7, zorder=0)
    axes.set_xlabel("direction")
    axes.set_ylabel("eigenvalue of W")
    style.whole_ticks(axes.xaxis)
    axes.legend(loc="upper left")
    return figure
