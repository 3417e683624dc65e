"""Opinions over time, before and after, coloured by what the record says."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.objectives.opinion_dissonance.figures.factions import record_of
from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Networks whose objective told the course of opinions."""
    return "course" in result.arrays and "times" in result.arrays


def plot(result: Result) -> "Figure":
    """A line for each node; leaders, who stay, are dashed."""
    times = result.arrays["times"]
    leaders = set(result.arrays["leaders"].tolist())
    shown = [name for name in ("course_before", "course") if name in result.arrays]
    record = record_of(result)
    groups = np.zeros(result.problem.nodes, dtype=str) if record is None else record
    hues = (style.ORANGE, style.BLUE, style.GREEN, style.RED, style.GREY)
    colours = {entry: hues[k % len(hues)] for k, entry in enumerate(np.unique(groups)[::-1])}
    figure = style.new_figure(style.WIDE if len(shown) > 1 else 4.2, 2.8)
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, shown, strict=True):
        told = set()
        for node, course in enumerate(result.arrays[name].T):
            entry = groups[node]
            axes.plot(
                times, course, color=colours[entry], linewidth=1.6 if node in leaders else 0.8,
                linestyle=(0, (4, 2)) if node in leaders else "-", alpha=1.0 if node in leaders else 0.75,
                label=str(entry) if entry and entry not in told and node not in leaders else None,
            )  # fmt: skip
            told |= set() if node in leaders else {entry}
        if len(shown) > 1:
            axes.set_title("before" if name == "course_before" else "after")
        axes.set_xlabel("time [1 / weight]")
        # Opinions move most at once: the root of time shows the beginning and the end.
        axes.set_xscale("function", functions=(np.sqrt, np.square))
        axes.set_xlim(0, times[-1])
        ticks = times[-1] * np.array([0, 0.01, 0.1, 0.25, 0.5, 1.0])
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    panels[0].set_ylabel("opinion")
    if record is not None:
        handles, labels = panels[-1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(handles))
    return figure
