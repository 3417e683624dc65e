"""Energies along the flow: how differently neighbours look, and what the flow descends."""

from typing import TYPE_CHECKING

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Networks along whose flow energies were told."""
    return "dirichlet_energy" in result.arrays and "times" in result.arrays


def plot(result: Result) -> "Figure":
    """The Dirichlet energy of features of size one; beside it the energy of the flow, where it has one."""
    times = result.arrays["times"]
    both = "energy" in result.arrays
    figure = style.new_figure(style.WIDE if both else style.NARROW, 2.5)
    panels = figure.subplots(1, 2 if both else 1, squeeze=False)[0]
    shown = (
        ("dirichlet_energy", "Dirichlet energy of F / |F|", style.BLUE),
        ("energy", "energy E", style.RED),
    )
    for axes, (name, label, colour) in zip(panels, shown, strict=False):
        axes.plot(times, result.arrays[name], "o-", color=colour, markersize=3.5)
        axes.set_xlabel("time of the flow")
        axes.set_ylabel(label)
    panels[0].set_ylim(bottom=0)
    return figure
