"""The score for each of several choices, names or flags that were swept: one row of dots each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.fonts import width_of
from gradnet_cli.settings.overrides import is_number
from gradnet_cli.sweeps.labels import score_label, setting_label
from gradnet_cli.sweeps.table import Sweep

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CATEGORIES = 30
LONGEST_NAME = 40  # letters


def categorical(sweep: Sweep) -> list[str]:
    """Swept settings whose values are no numbers, two or more with a score, where scores can be compared."""
    if sweep.objective is None:
        return []
    rows = scored(sweep)
    found = []
    for name in sweep.swept:
        values = categories(rows, name)
        words = any(row[name] is not None and not is_number(row[name]) for row in sweep.rows)
        if words and 1 < len(values) <= MOST_CATEGORIES:
            found.append(name)
    return found


def categories(rows: Sequence[dict[str, Any]], setting: str) -> list[str]:
    """The values of a setting, spelled, in the order in which they came; jobs without it are left out."""
    return list(dict.fromkeys(_spelled(row[setting]) for row in rows if row[setting] is not None))


def scored(sweep: Sweep) -> list[dict[str, Any]]:
    """The rows of jobs that have a score."""
    return [row for row in sweep.rows if is_number(row["score"])]


def plot_categories(sweep: Sweep, setting: str) -> Figure:
    """A dot a job, a bar for the mean of its row, and a mark for the bound of a row that is one job."""
    rows = [row for row in scored(sweep) if row[setting] is not None]
    names = categories(rows, setting)
    beside = max(width_of(name, style.LEGEND_SIZE) for name in names) / style.points(1)
    figure = style.new_figure(min(3.6 + beside, style.PAGE), 1.2 + 0.3 * len(names))
    axes = figure.subplots()
    several = False
    for place, name in enumerate(names):
        own = [row for row in rows if _spelled(row[setting]) == name]
        scores = [row["score"] for row in own]
        several |= len(own) > 1
        axes.plot(
            scores,
            np.full(len(own), place),
            linestyle="none",
            marker="o",
            color=style.BLUE,
            alpha=0.4 if len(own) > 1 else 1.0,
            markersize=4,
            label=None if place else "a job",
        )
        if len(own) > 1:
            axes.plot([np.mean(scores)] * 2, [place - 0.3, place + 0.3], color=style.BLUE, linewidth=1.5)
        bounds = [row["bound"] for row in own if is_number(row["bound"])]
        if len(own) == 1 and bounds:
            axes.plot(bounds, [place], linestyle="none", marker="|", color=style.RED, markersize=10)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)  # the first on top
    axes.set_ylabel(setting_label(sweep, setting))
    axes.set_xlabel(score_label(sweep) + (" (bar: mean)" if several else ""))
    if style.spans_decades(np.array([row["score"] for row in rows])):
        axes.set_xscale("log")
    return figure


def _spelled(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_NAME else "..." + text[3 - LONGEST_NAME :]
