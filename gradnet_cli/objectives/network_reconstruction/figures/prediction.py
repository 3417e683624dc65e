"""Trajectories as they were observed, with the one-step predictions of the network that was found."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = ("times", "before", "after", "predicted")
NODES_SHOWN = 12
STEPS_MARKED = 40


def applies(result: Result) -> bool:
    """Whatever was predicted can be compared."""
    return all(name in result.arrays for name in NAMES)


def plot(result: Result) -> "Figure":
    """The first trajectory of some nodes on the left, the errors of all predictions by time on the right."""
    figure = style.new_figure(style.WIDE, 3.0)
    left, right = figure.subplots(1, 2)
    periodic = result.objective_settings.get("dynamics") == "kuramoto"
    _draw_courses(left, result, periodic=periodic)
    _draw_errors(right, result, periodic=periodic)
    for axes in (left, right):
        axes.set_xlabel("time")
    return figure


def _draw_courses(axes: "Axes", result: Result, *, periodic: bool) -> None:
    times, before, after, predicted = (result.arrays[name] for name in NAMES)
    restarts = np.flatnonzero(np.diff(times) < 0)
    end = int(restarts[0]) + 1 if len(restarts) else len(times)
    shown = np.unique(np.linspace(0, before.shape[1] - 1, NODES_SHOWN).round().astype(int))
    view = np.sin if periodic else np.asarray
    interval = times[1] - times[0] if len(times) > 1 else 1.0
    later = times[:end] + interval
    marked = np.unique(np.linspace(0, end - 1, STEPS_MARKED).round().astype(int))
    for number, node in enumerate(shown):
        course = view(np.append(before[:1, node], after[:end, node]))
        axes.plot(
            np.append(times[:1], later),
            course,
            color=style.BLUE,
            linewidth=0.8,
            label=None if number else "observed",
        )
        axes.plot(
            later[marked],
            view(predicted[marked, node]),
            linestyle="none",
            marker="o",
            markersize=1.8,
            color=style.RED,
            label=None if number else "predicted from the one before",
        )
    axes.set_ylabel("sine of the phase" if periodic else "value")
    legend_above(axes)


def _draw_errors(axes: "Axes", result: Result, *, periodic: bool) -> None:
    times, before, after, predicted = (result.arrays[name] for name in NAMES)

    def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        gap = np.abs(2 * np.sin((one - other) / 2)) if periodic else np.abs(one - other)
        root: np.ndarray = np.sqrt(np.mean(gap**2, axis=1))
        return root

    order = np.unique(times)
    place = np.searchsorted(order, times)

    def by_time(values: np.ndarray) -> np.ndarray:
        return np.sqrt(np.bincount(place, values**2) / np.bincount(place))

    for values, colour, label in (
        (distance(after, before), style.GREY, "change since the one before"),
        (distance(after, predicted), style.RED, "error of the prediction"),
    ):
        mean = by_time(values)
        axes.plot(order[mean > 0], mean[mean > 0], color=colour, label=label)
    axes.set_yscale("log")
    axes.set_ylabel("root mean square over the nodes")
    legend_above(axes)
