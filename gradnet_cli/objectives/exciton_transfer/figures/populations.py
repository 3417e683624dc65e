"""The sink and the sites over time, with the couplings found and with even ones."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.report.figures.views.names import names_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Networks whose objective told the populations."""
    return {"times", "populations", "populations_even"} <= set(result.arrays)


def plot(result: Result) -> "Figure":
    """The sink on the left, with the couplings found and with even ones; antenna and sites on the right."""
    times, found = result.arrays["times"], result.arrays["populations"]
    even, ends = result.arrays["populations_even"], result.arrays["ends"].astype(int)
    figure = style.new_figure(style.WIDE, 2.9)
    left, right = figure.subplots(1, 2)
    compared = (
        ("couplings found", found, style.BLUE, "-"),
        ("even couplings", even, style.ORANGE, (0, (4, 2))),
    )
    for label, populations, colour, dashes in compared:
        left.plot(times, populations[:, -1], color=colour, linestyle=dashes, label=label)
    left.set_ylabel("probability that the sink is filled")
    left.set_ylim(bottom=0)
    legend_above(left)
    right.plot(times, found[:, 0], color=style.GREY, linewidth=0.8, label="antenna")
    sites = found.shape[1] - 2
    colours = style.ordered_colours()(np.linspace(0.0, 1.0, sites))
    names = names_of(result.problem.mask)
    for site in range(sites):
        role = {ends[0]: " (source)", ends[1]: " (drained)"}.get(site, "")
        right.plot(
            times, found[:, 1 + site], color=colours[site], linewidth=1.0, label=f"{names[site]}{role}"
        )
    right.set_ylabel("population")
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.set_xlabel("time [1 / coupling]")
        axes.set_xlim(0, times[-1])
    right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="site")
    return figure
