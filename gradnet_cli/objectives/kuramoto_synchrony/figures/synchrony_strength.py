"""Strength of oscillators against their frequency, with what theory predicts."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.numerics.locking.uniform_locking import best_profile, half_width, strength_at_large_budget
from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_UP_TO = 20_000
LARGE = 2.0
"""Mean strength in half widths of the frequencies from which the limit of large budgets is shown."""


def applies(result: Result) -> bool:
    """Oscillators have frequencies."""
    return "frequency" in result.arrays


def plot(result: Result) -> "Figure":
    """A dot a node; lines for undirected oscillators with uniform frequencies and no lag."""
    omega, strength = result.arrays["frequency"], result.strengths[0]
    figure = style.new_figure(4.2, 3.0)
    axes = figure.subplots()
    shown = np.arange(len(omega))
    if len(shown) > DOTS_UP_TO:
        shown = shown[:: -(-len(shown) // DOTS_UP_TO)]
    few = len(shown) <= 500
    axes.plot(
        omega[shown], strength[shown], linestyle="none", marker="o", markersize=3.2 if few else 1.0,
        color=style.BLUE, alpha=0.85 if few else 0.3, markeredgewidth=0, label="nodes", rasterized=not few,
    )  # fmt: skip
    _draw_theory(axes, result, omega, strength)
    axes.set_xlabel(r"frequency $\omega$ [rad / time]")
    axes.set_ylabel("strength" + (" out of the node" if result.problem.directed else ""))
    axes.set_ylim(0, 1.12 * float(np.quantile(strength, 0.999)))
    return figure


def _draw_theory(axes: "Axes", result: Result, omega: np.ndarray, strength: np.ndarray) -> None:
    width = half_width(omega)
    if width is None or result.problem.directed or float(result.arrays["lag"]) != 0.0:
        return
    mean = float(strength.mean())
    if not mean > 0:
        return
    profile = best_profile(mean / width)
    lines = [(profile.frequency, width * profile.strength, r"theory, $N\to\infty$", style.RED, "-")]
    if mean / width >= LARGE:
        u = np.linspace(0, 1, 200)
        lines.append((u, mean * strength_at_large_budget(u), "its limit for large budgets", style.INK, ":"))
    for u, strengths, label, colour, dashes in lines:
        for sign in (1, -1):
            axes.plot(
                omega.mean() + sign * width * u, strengths, label=label if sign > 0 else None, color=colour,
                linestyle=dashes, linewidth=1.2,
            )  # fmt: skip
    legend_above(axes)
