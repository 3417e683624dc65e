"""Synchrony against the budget, beside theory.

    python -m experiments.kuramoto.sweep DIRECTORY

DIRECTORY is that of `gradnet-run experiment=kuramoto_sweep`; `budget_sweep.png` and `.svg` are written there.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.runs import problem_of, runs_of_sweep, summary
from gradnet_cli.numerics.locking.uniform_locking import LOCKING, best_order, half_width
from gradnet_cli.report.figures import style
from gradnet_cli.report.files.arrays import read_arrays

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEM = "budget_sweep"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A run of the sweep.

    Attributes:
        ratio: budget of a node, in half widths of the frequencies
        order: r
        uniform: r of uniform weights
        locked: whether all nodes are phase-locked
    """

    ratio: float
    order: float
    uniform: float
    locked: bool


def points(directory: Path) -> list[Point]:
    """The runs of a sweep by rising budget."""
    found = []
    for run in runs_of_sweep(directory):
        result, problem = summary(run), problem_of(run)
        width = half_width(read_arrays(run / "arrays.npz")["frequency"])
        assert width is not None
        assert problem.budget_total is not None
        found.append(
            Point(
                ratio=problem.budget_total / problem.nodes / width,
                order=result["score"],
                uniform=result["metrics"]["score_uniform"],
                locked=result["metrics"]["locked"] == 1.0,
            )
        )
    return sorted(found, key=lambda point: point.ratio)


def plot(found: list[Point]) -> Figure:
    """r on the left, and on the right what is missing to 1, on logarithmic axes."""
    ratio = np.array([point.ratio for point in found])
    order = np.array([point.order for point in found])
    locked = np.array([point.locked for point in found])
    curve = np.geomspace(ratio[0] / 100, ratio[-1] * 1.1, 300)
    theory = np.array([best_order(float(value)) for value in curve])
    figure = style.new_figure(style.WIDE, 2.9)
    left, right = figure.subplots(1, 2)
    left.axvspan(0, LOCKING, color=style.FAINT, alpha=0.5, linewidth=0)
    left.annotate("not all\ncan lock", (0.5 * LOCKING, 0.04), ha="center", fontsize=7.5, color=style.GREY)
    left.plot(np.concatenate([[0], curve]), np.concatenate([[0], theory]), color=style.RED, label="theory")
    uniform = [point.uniform for point in found]
    left.plot(
        ratio, uniform, color=style.GREY, marker="s", markersize=3, linewidth=0.8, label="uniform weights"
    )
    for chosen, face, label in (
        (locked, style.BLUE, "all nodes lock"),
        (~locked, style.PAPER, "a core locks"),
    ):
        left.plot(
            ratio[chosen], order[chosen], linestyle="none", marker="o", markersize=4.5, markerfacecolor=face,
            markeredgecolor=style.BLUE, label=label,
        )  # fmt: skip
    left.set(xlim=(0, 2.1), ylim=(0, 1.02), xlabel="budget of a node, $b/W$", ylabel="order parameter $r$")
    left.legend(loc="lower right")
    right.loglog(curve, 1 - theory, color=style.RED)
    right.loglog(
        curve, 0.02351 / curve**2, color=style.INK, linestyle=":", linewidth=1, label=r"$0.0235\,(W/b)^2$"
    )
    for chosen, face in ((locked, style.BLUE), (~locked, style.PAPER)):
        right.plot(
            ratio[chosen], 1 - order[chosen], linestyle="none", marker="o", markersize=4.5,
            markerfacecolor=face, markeredgecolor=style.BLUE,
        )  # fmt: skip
    right.axvline(LOCKING, color=style.FAINT, linewidth=1, zorder=0)
    right.set(xlim=(ratio[0] / 1.2, ratio[-1] * 1.2), ylim=(3e-4, 1.2), xlabel="budget of a node, $b/W$")
    right.set_ylabel("$1-r$")
    right.legend(loc="lower left")
    return figure


def draw(directory: Path) -> Path:
    """Save the figure beside the runs and return the PNG."""
    with style.paper():
        return style.save(plot(points(directory)), directory, STEM)[0]


if __name__ == "__main__":
    print(draw(Path(sys.argv[1])))
