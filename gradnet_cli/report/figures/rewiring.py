"""The share of the edges that is exchanged, and of the mask's edges those that were ever held."""

from typing import TYPE_CHECKING

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Runs that exchanged edges for others, with a course of more than one row."""
    return "rewiring_rate" in result.course and len(result.course["step"]) > 1


def plot(result: Result) -> "Figure":
    """The rate; and, where all candidates are listed, what was explored beside what is held at a time."""
    course = result.course
    step = course["step"]
    listed = "edges_explored" in course
    figure = style.new_figure(style.WIDE if listed else style.NARROW * 1.25, 2.7)
    panels = figure.subplots(1, 2 if listed else 1, squeeze=False)[0]
    panels[0].plot(step, 100 * course["rewiring_rate"], color=style.BLUE, drawstyle="steps-post")
    panels[0].set_ylabel("edges exchanged at a time [%]")
    if listed:
        held = 100 * result.metrics["edges_held"] / result.problem.edges
        panels[1].plot(step, 100 * course["edges_explored"], color=style.BLUE, label="ever held")
        panels[1].axhline(held, color=style.GREY, linestyle=(0, (4, 3)), linewidth=1, label="held at a time")
        panels[1].set_ylabel("edges of the mask [%]")
        legend_above(panels[1])
    for axes in panels:
        axes.axvline(result.step, color=style.FAINT, linewidth=1.0, zorder=0)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("update")
        style.whole_ticks(axes.xaxis)
        axes.set_xlim(step[0], step[-1])
    return figure
