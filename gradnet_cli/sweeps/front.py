"""The front of a sweep over the weights of several purposes: how much of one costs how much of another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.report.figures import style
from gradnet_cli.report.files.documents import read_yaml
from gradnet_cli.settings.overrides import is_number
from gradnet_cli.settings.terms import GROUP, TERMS, labels_of
from gradnet_cli.sweeps.table import Row, Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WEIGHT = re.compile(rf"{re.escape(TERMS)}\.([^.]+)\.weight")
REPLICATE = "seed"  # runs that differ in it alone are repetitions of one another
MOST_NAMED = 12  # points whose weights are written beside them
MOST_PAIRS = 6
ROOM = 0.06  # between two points with names, as a share of what the axes span
EQUAL = 1e-9  # relative: scores this close are no reason to call a point dominated


@dataclass(frozen=True, eq=False, kw_only=True)
class Front:
    """What the jobs of a sweep have reached of each purpose.

    Attributes:
        labels: of the terms
        signs: (T,) +1 where a term's score is to be large, -1 where small
        scores: (K, T) of the jobs
        settings: (K,) the swept weights of each, as text
        groups: (K,) the other swept settings of each, as text: what can be reached differs with them
    """

    labels: tuple[str, ...]
    signs: np.ndarray
    scores: np.ndarray
    settings: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def undominated(self) -> np.ndarray:
        """(K,) whether no other job of its group is at least as good in every term, and better in one."""
        good = self.signs * self.scores
        margin = EQUAL * np.abs(good).max(axis=0, initial=0.0)
        at_least = (good[:, None] >= good[None] - margin).all(axis=2)
        better = (good[:, None] > good[None] + margin).any(axis=2)
        same = np.array([[one == other for other in self.groups] for one in self.groups])
        found: np.ndarray = ~(at_least & better & same).any(axis=0)
        return found


def read_front(sweep: Sweep) -> Front | None:
    """The front of a sweep over weights of terms; None where none was swept, or there are no two terms."""
    swept = [name for name in sweep.swept if WEIGHT.fullmatch(name)]
    rows = [row for row in sweep.rows if is_number(row["score"])]
    others = [name for name in sweep.swept if name not in (*swept, REPLICATE)]
    told = [terms_of(sweep, row) for row in rows]
    if not swept or len(rows) < 2 or sweep.sense is None or not told[0]:
        return None
    labels = tuple(told[0])
    if any(tuple(terms) != labels or not all(is_number(row.get(each)) for each in labels)
           for terms, row in zip(told, rows, strict=True)):  # fmt: skip
        return None
    weights = np.array([[terms[label] for label in labels] for terms in told])
    pulls = np.sign(weights).sum(axis=0) * (1.0 if sweep.sense == "maximize" else -1.0)
    if np.count_nonzero(pulls) < 2:
        return None
    kept = np.flatnonzero(pulls)
    return Front(
        labels=tuple(labels[place] for place in kept),
        signs=np.sign(pulls[kept]),
        scores=np.array([[row[labels[place]] for place in kept] for row in rows], dtype=np.float64),
        settings=tuple(", ".join(f"{row[name]:g}" for name in swept if is_number(row[name])) for row in rows),
        groups=tuple(", ".join(f"{name} = {row[name]}" for name in others) for row in rows),
    )


def terms_of(sweep: Sweep, row: Row) -> dict[str, float]:
    """The weight of each term of a job's objective, by label; empty where it has none."""
    content = read_yaml(sweep.directory / row["directory"] / ".hydra" / "config.yaml")
    objective = content.get(GROUP) if isinstance(content, Mapping) else None
    terms = objective.get("terms") if isinstance(objective, Mapping) else None
    entries: Sequence[Any] = list(terms.values()) if isinstance(terms, Mapping) else terms or ()
    keys: Sequence[Any] = list(terms) if isinstance(terms, Mapping) else [None] * len(entries)
    if not all(isinstance(each, Mapping) and is_number(each.get("weight")) for each in entries):
        return {}
    named = [
        (str(entry.get("name")), entry.get("label") or key) for key, entry in zip(keys, entries, strict=True)
    ]
    try:
        labels = labels_of(named, setting=TERMS)
    except SettingError:
        return {}
    return {label: float(entry["weight"]) for label, entry in zip(labels, entries, strict=True)}


def pairs(front: Front) -> list[tuple[int, int]]:
    """The pairs of terms that are drawn."""
    return list(itertools.combinations(range(len(front.labels)), 2))[:MOST_PAIRS]


def plot_front(front: Front, across: int, up: int) -> Figure:
    """Each job by its scores in two terms: the front dark, and joined if these are all; the others pale."""
    figure = style.new_figure(style.NARROW * 1.25, 3.2)
    axes = figure.subplots()
    good, groups = front.undominated, list(dict.fromkeys(front.groups))
    for group, colour in zip(groups, colours_of(len(groups)), strict=True):
        own = np.array([each == group for each in front.groups])
        dominated = front.scores[own & ~good]
        axes.plot(
            dominated[:, across], dominated[:, up], linestyle="none", marker="o", markersize=4,
            color=colour if len(groups) > 1 else style.GREY, alpha=0.3, zorder=2,
            label="dominated" if len(dominated) and len(groups) == 1 else None,
        )  # fmt: skip
        order = np.flatnonzero(own & good)
        order = order[np.argsort(front.scores[order, across], kind="stable")]
        axes.plot(
            front.scores[order, across], front.scores[order, up], color=colour, marker="o", markersize=4,
            linestyle="-" if len(front.labels) == 2 else "none", label=group or "front", zorder=3,
        )  # fmt: skip
        _name_points(axes, front, order, across, up)
    axes.margins(0.12)
    axes.set_xlabel(_label(front, across))
    axes.set_ylabel(_label(front, up))
    if len(groups) > 1 or not good.all():
        axes.legend(loc="best")
    return figure


def _name_points(axes: Axes, front: Front, order: np.ndarray, across: int, up: int) -> None:
    """Write the weights beside points of the front, on the side that nothing reaches, where there is room."""
    points = front.scores[:, [across, up]]
    span = np.maximum(np.ptp(points, axis=0), 1e-300)
    side = front.signs[[across, up]]
    last: np.ndarray | None = None
    for place in order if len(order) <= MOST_NAMED else ():
        if last is not None and float(np.hypot(*((points[place] - last) / span))) < ROOM:
            continue
        last = points[place]
        axes.annotate(
            front.settings[place], tuple(last), xytext=tuple(6 * side), textcoords="offset points",
            fontsize=7.5, color=style.GREY, va="bottom" if side[1] > 0 else "top",
            ha="left" if side[0] > 0 else "right",
        )  # fmt: skip


def colours_of(count: int) -> list[Any]:
    """Colours that can be told apart."""
    if count <= 4:
        return [style.BLUE, style.ORANGE, style.GREEN, style.RED][:count]
    return list(style.ordered_colours()(np.linspace(0.0, 1.0, count)))


def _label(front: Front, place: int) -> str:
    better = "large" if front.signs[place] > 0 else "small"
    return f"{front.labels[place].replace('_', ' ')} ({better} is good)"
