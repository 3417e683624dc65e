"""Score and bound against updates, and the gap between them on a logarithmic scale."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKED_UP_TO = 30
"""Rows up to which each is marked with a dot."""
SHOWN = 3000
"""Rows drawn of a longer run: every k-th, and the last."""


def applies(result: Result) -> bool:
    """Whatever was trained has a course, once a row of it was written."""
    return result.updates > 0 and len(result.course.get("step", ())) > 0


def plot(result: Result) -> "Figure":
    """One panel with the score, a second with the gap when there is a bound."""
    shown = _thinned(len(result.course["step"]))
    step, score, bound, gap = (result.course[name][shown] for name in ("step", "score", "bound", "gap"))
    score = _parted(score, result.course.get("start"), shown)
    proven = bool(np.isfinite(bound).any())
    figure = style.new_figure(style.WIDE if proven else style.NARROW * 1.25, 2.9)
    panels = figure.subplots(1, 2 if proven else 1, squeeze=False)[0]
    draw_scores(panels[0], result, step, score, bound)
    if proven:
        _draw_gap(panels[1], result, step, gap)
    for begun in step[np.isnan(score)]:
        panels[0].axvline(begun, color=style.FAINT, linewidth=1)
    for axes in panels:
        axes.set_xlabel("update")
        style.whole_ticks(axes.xaxis)
        margin = 0.03 * (step[-1] - step[0]) if len(step) <= MARKED_UP_TO else 0.0
        axes.set_xlim(step[0] - (margin or 0.5), step[-1] + (margin or 0.5))
    return figure


def draw_scores(axes: "Axes", result: Result, step: np.ndarray, score: np.ndarray, bound: np.ndarray) -> None:
    """Score and bound (k,) at the updates `step` (k,), and the scores of the base and the uniform network.

    Scores may be NaN where a line is to be broken.
    """
    mark = "o" if len(step) <= MARKED_UP_TO else None
    look = {"marker": mark, "markersize": 2.8}
    axes.plot(step, score, color=style.BLUE, label="score", zorder=3, **look)  # type: ignore[arg-type]
    known = np.isfinite(bound)
    if known.any():
        axes.plot(step[known], bound[known], color=style.RED, label="proven bound", zorder=3, **look)  # type: ignore[arg-type]
        axes.fill_between(
            step, score, bound, where=known, color=style.RED, alpha=0.12, linewidth=0, label="gap"
        )
    on_base = bool(result.problem.base.any())
    levels = []
    for name, label, dashes in (
        ("base", "base network", (0, (1, 1.5))),
        ("uniform", "uniform change" if on_base else "uniform network", (0, (4, 3))),
    ):
        level = result.references.get(name)
        if level is not None and np.isfinite(level):
            levels.append(level)
            axes.axhline(level, color=style.GREY, linestyle=dashes, linewidth=1, label=label)
    if falls_by_decades(result.sense, score) and not known.any():
        axes.set_yscale("log")
    else:
        _limit(axes, result, score, bound, levels)
    axes.set_ylabel(result.quantity or result.objective.replace("_", " "))
    legend_above(axes)


def falls_by_decades(sense: str, score: np.ndarray) -> bool:
    """Whether scores (k,) fall so far towards zero that a linear axis would show a flat line."""
    known = score[np.isfinite(score)]
    return sense == "minimize" and bool((known > 0).all()) and bool(known.max() > 1000 * known.min())


def _limit(axes: "Axes", result: Result, score: np.ndarray, bound: np.ndarray, levels: list[float]) -> None:
    """Let the score fill the panel: a first bound that is far off runs out of it."""
    finite = score[np.isfinite(score)]
    values = [*np.quantile(finite, [0.0, 1.0])] if len(finite) else [0.0]
    values += levels
    known = bound[np.isfinite(bound)]
    if len(known):
        values.append(known[-1])
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    far = np.max(np.abs(known - known[-1:]), initial=0.0)
    beyond = min(far, 0.8 * span) + 0.06 * span
    down, up = (0.06 * span, beyond) if result.sense == "maximize" else (beyond, 0.06 * span)
    axes.set_ylim(low - down, high + up)


def _draw_gap(axes: "Axes", result: Result, step: np.ndarray, gap: np.ndarray) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    shown = np.isfinite(gap) & (gap > 0)
    percent = np.where(shown, 100 * gap, np.nan)
    mark = "o" if len(step) <= MARKED_UP_TO else None
    axes.plot(step[shown], percent[shown], color=style.INK, marker=mark, markersize=2.8)
    axes.set_ylabel(f"proven gap [% of {result.ideal:g} - bound]" if result.ideal else "proven gap [%]")
    if not shown.any():
        axes.text(0.5, 0.5, "gap is zero", ha="center", va="center", transform=axes.transAxes)
        return
    axes.set_yscale("log")
    axes.grid(True, axis="y", which="major", color=style.FAINT, linewidth=0.6)
    low, high = np.nanmin(percent), np.nanmax(percent)
    target = 100 * (_gap_target(result) or 0.0)
    if low / 10 <= target <= high * 10:
        axes.axhline(target, color=style.GREEN, linestyle=(0, (4, 3)), linewidth=1, label="target (stop.gap)")
        legend_above(axes)
        low, high = min(low, target), max(high, target)
    axes.set_ylim(low / 1.3, high * 1.3)
    if high < 5 * low:
        axes.yaxis.set_major_locator(MaxNLocator(4))
    else:
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < 100 * low else (1.0,)))
    if low >= 1e-4 and high < 1e5:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _gap_target(result: Result) -> float | None:
    return None if result.settings is None else result.settings.stop.gap


def _parted(score: np.ndarray, start: np.ndarray | None, shown: np.ndarray) -> np.ndarray:
    """Scores (k,) with NaN for the first of every further start, so that no line leads there from another."""
    if start is None:
        return score
    parted = score.copy()
    parted[1:][np.diff(start[shown]) != 0] = np.nan
    return parted


def _thinned(rows: int) -> np.ndarray:
    return np.unique(np.linspace(0, rows - 1, min(rows, SHOWN)).round().astype(int))
