"""Figures of a sweep: the score against numbers and choices that were swept, maps for two numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.report.figures import style
from gradnet_cli.report.files.documents import read_yaml
from gradnet_cli.settings.figures import SECTION, FigureSettings
from gradnet_cli.settings.overrides import is_number
from gradnet_cli.sweeps.categories import categorical, plot_categories, scored
from gradnet_cli.sweeps.front import REPLICATE, colours_of, pairs, plot_front, read_front
from gradnet_cli.sweeps.labels import score_label, setting_label
from gradnet_cli.sweeps.table import Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FOLDER = "figures"
MOST_LINES = 10
MOST_MAPS = 6
MOST_TICKS = 9


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Scores that differ in one setting (and in the seed): x, the mean score, its range, the mean bound."""

    label: str
    x: np.ndarray
    score: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    bound: np.ndarray


def draw_figures(sweep: Sweep) -> list[Path]:
    """Draw `figures/sweep_SETTING`, `figures/sweep_SETTING_SETTING` and the like, PNG and SVG, and return the
    files."""
    numbers = numeric(sweep)
    everywhere = [name for name in numbers if all(row[name] is not None for row in sweep.rows)]
    maps = list(itertools.combinations(everywhere, 2))[:MOST_MAPS]
    paths: list[Path] = []
    with style.styled(figure_settings(sweep).style):
        for name in numbers:
            paths += _save(sweep, plot_curves(sweep, name), name, caption=f"Score and bound against {name}.")
        for across, up in maps:
            caption = f"Score over {across} and {up}; jobs without a result are crossed."
            paths += _save(sweep, plot_map(sweep, across, up), f"{across}_{up}", caption=caption)
        paths += _draw_fronts(sweep)
        for name in categorical(sweep):
            caption = f"Score for each {name}: a dot a job, red its proven bound."
            paths += _save(sweep, plot_categories(sweep, name), name, caption=caption)
    return paths


def _draw_fronts(sweep: Sweep) -> list[Path]:
    front = read_front(sweep)
    paths: list[Path] = []
    for one, other in [] if front is None else pairs(front):
        assert front is not None
        labels = [front.labels[one], front.labels[other]]
        caption = f"What the jobs reach of {labels[0]} and of {labels[1]}; numbers are the swept weights."
        paths += _save(sweep, plot_front(front, one, other), f"front_{'_'.join(labels)}", caption=caption)
    return paths


def _save(sweep: Sweep, figure: Figure, name: str, *, caption: str) -> list[Path]:
    stem = "sweep_" + re.sub(r"[^\w.]+", "_", name)
    formats = figure_settings(sweep).format
    return style.save(figure, sweep.directory / FOLDER, stem, caption=caption, formats=formats)


def figure_settings(sweep: Sweep) -> FigureSettings:
    """How the figures of its jobs are drawn, by the first that has begun; as by default where none has."""
    for row in sweep.rows:
        content = read_yaml(sweep.directory / str(row["directory"]) / ".hydra" / "config.yaml")
        if isinstance(content, Mapping) and SECTION in content:
            try:
                return FigureSettings.from_mapping(content[SECTION])
            except SettingError:  # by hand, or by another version
                break
    return FigureSettings()


def numeric(sweep: Sweep) -> list[str]:
    """Swept settings whose values are numbers, two or more with a score; the seed only if it is alone."""
    rows = scored(sweep)
    found = [
        name
        for name in sweep.swept
        if all(is_number(row[name]) for row in sweep.rows if row[name] is not None)
        and len({row[name] for row in rows if row[name] is not None}) > 1
    ]
    return [name for name in found if name != REPLICATE] or found


def curves(sweep: Sweep, setting: str) -> list[Curve]:
    """One curve for each combination of the other swept settings, seeds taken together."""
    others = [name for name in sweep.swept if name not in (setting, REPLICATE)]
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in scored(sweep):
        if row[setting] is None:
            continue  # a job of a choice that has no such setting
        groups.setdefault(tuple(row[name] for name in others), []).append(row)
    return [
        _curve(
            rows,
            setting,
            label=", ".join(f"{n} = {_spelled(v)}" for n, v in zip(others, key, strict=True)),
        )
        for key, rows in sorted(groups.items(), key=lambda item: [_order(value) for value in item[0]])
    ]


def plot_curves(sweep: Sweep, setting: str) -> Figure:
    """Score against a setting, a line for each combination of the others, with the bound if there is one."""
    lines = curves(sweep, setting)
    named = len(lines) > 1
    figure = style.new_figure(style.WIDE if named else style.NARROW * 1.25, 3.0)
    axes = figure.subplots()
    colours = colours_of(len(lines))
    for line, colour in zip(lines, colours, strict=True):
        _draw_curve(
            axes,
            line,
            colour=colour if named else style.BLUE,
            labelled=len(lines) <= MOST_LINES,
            single=not named,
        )
    axes.set_xlabel(setting_label(sweep, setting))
    axes.set_ylabel(score_label(sweep))
    values = np.unique(np.concatenate([line.x for line in lines]))
    _scale(axes, values)
    scores = np.concatenate([line.score for line in lines])
    if style.spans_decades(scores):
        axes.set_yscale("log")
    handles, labels = axes.get_legend_handles_labels()
    if any(np.isfinite(line.bound).any() for line in lines) and named:
        (handle,) = axes.plot([], [], color=style.GREY, linestyle=(0, (2, 2)), linewidth=1)
        handles.append(handle)
        labels.append("proven bound")
    if len(lines) > MOST_LINES:
        others = ", ".join(name for name in sweep.swept if name not in (setting, REPLICATE))
        axes.set_title(f"{len(lines)} combinations of {others}")
    if handles:
        place: dict[str, Any] = (
            {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)} if named else {"loc": "best"}
        )
        axes.legend(handles, labels, **place)
    return figure


def plot_map(sweep: Sweep, across: str, up: str) -> Figure:
    """The score as colour over two settings, mean over all else that was swept; a cross where none is."""
    columns = np.unique([row[across] for row in sweep.rows])
    rows = np.unique([row[up] for row in sweep.rows])
    table = np.full((len(rows), len(columns)), np.nan)
    found: dict[tuple[int, int], list[float]] = {}
    for row in scored(sweep):
        place = (
            int(np.searchsorted(rows, row[up])),
            int(np.searchsorted(columns, row[across])),
        )
        found.setdefault(place, []).append(row["score"])
    for place, scores in found.items():
        table[place] = np.mean(scores)
    width = min(style.WIDE, max(style.NARROW, 1.6 + 0.42 * len(columns)))
    height = min(style.WIDE, max(2.4, 1.0 + 0.34 * len(rows)))
    figure = style.new_figure(width, height)
    axes = figure.subplots()
    axes.set_facecolor(style.FAINT)
    edges_x, edges_y = np.arange(len(columns) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5
    mesh = axes.pcolormesh(
        edges_x,
        edges_y,
        np.ma.masked_invalid(table),
        cmap=style.weight_shades(),
        norm="log" if style.spans_decades(table[np.isfinite(table)]) else None,
        edgecolors=style.PAPER,
        linewidth=0.4 if table.size <= 2500 else 0.0,
    )
    mesh.set_rasterized(table.size > style.RASTERIZE_ABOVE)
    missing = np.argwhere(~np.isfinite(table))
    if 0 < len(missing) <= 400:
        axes.plot(missing[:, 1], missing[:, 0], linestyle="none", marker="x", color=style.GREY, markersize=4)
    for ruler, values in ((axes.xaxis, columns), (axes.yaxis, rows)):
        shown = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_TICKS)).round().astype(int))
        ruler.set_ticks(shown, [_spelled(values[index]) for index in shown])
    axes.set_xlabel(setting_label(sweep, across))
    axes.set_ylabel(setting_label(sweep, up))
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    others = [name for name in sweep.swept if name not in (across, up)]
    label = score_label(sweep) + (f"\n(mean over {', '.join(others)})" if others else "")
    bar = figure.colorbar(mesh, ax=axes, label=label, fraction=0.05, pad=0.02, aspect=28)
    bar.outline.set_linewidth(0.5)
    return figure


def _curve(rows: Sequence[dict[str, Any]], key: str, *, label: str) -> Curve:
    x = np.unique([row[key] for row in rows]).astype(float)
    scores = [[row["score"] for row in rows if row[key] == value] for value in x]
    bounds = [[row["bound"] for row in rows if row[key] == value and is_number(row["bound"])] for value in x]
    return Curve(
        label=label,
        x=x,
        score=np.array([np.mean(some) for some in scores]),
        lowest=np.array([min(some) for some in scores]),
        highest=np.array([max(some) for some in scores]),
        bound=np.array([np.mean(some) if some else np.nan for some in bounds]),
    )


def _draw_curve(axes: Axes, line: Curve, *, colour: Any, labelled: bool, single: bool) -> None:
    known = np.isfinite(line.bound)
    if known.any():
        axes.plot(
            line.x[known],
            line.bound[known],
            color=style.RED if single else colour,
            linestyle=(0, (2, 2)),
            linewidth=1.2,
            label="proven bound" if single else None,
            zorder=2,
        )
    if np.any(line.highest > line.lowest):
        axes.fill_between(
            line.x,
            line.lowest,
            line.highest,
            color=colour,
            alpha=0.18,
            linewidth=0,
            zorder=1,
            label="range over seeds" if single else None,
        )
    axes.plot(
        line.x,
        line.score,
        color=colour,
        marker="o" if len(line.x) <= 40 else None,
        markersize=3,
        label=(line.label or "score") if labelled or single else None,
        zorder=3,
    )


def _scale(axes: Axes, values: np.ndarray) -> None:
    if style.spans_decades(values):
        axes.set_xscale("log")
    elif len(values) <= MOST_TICKS and np.diff(values).min(initial=np.inf) > 0.07 * np.ptp(values):
        axes.set_xticks(values, [_spelled(value) for value in values])


def _spelled(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _order(value: object) -> tuple[int, float, str]:
    return (0, float(value), "") if is_number(value) else (1, 0.0, str(value))  # type: ignore[arg-type]
