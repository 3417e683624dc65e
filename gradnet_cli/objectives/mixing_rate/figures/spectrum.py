"""The eigenvalues of the averaging, with the same weight on every edge and with the weights found."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_UP_TO = 120  # modes; beyond, lines alone can be told apart


def applies(result: Result) -> bool:
    """Networks whose objective told the spectrum."""
    return {"modes", "modes_before"} <= set(result.arrays)


def plot(result: Result) -> "Figure":
    """Modes in order, and dashed the modulus of the slowest, on both sides of zero."""
    walk = result.objective_settings["measure"] == "mixing"
    figure = style.new_figure(4.2, 3.0)
    axes = figure.subplots()
    before = "maximum degree" if walk else "the same weight on every edge"
    series = (("modes_before", before, style.ORANGE, "s"), ("modes", "weights found", style.BLUE, "o"))
    for name, label, colour, marker in series:
        modes = np.sort(result.arrays[name])[::-1]
        slowest = float(np.abs(modes).max())
        dots = marker if len(modes) <= DOTS_UP_TO else ""
        axes.plot(
            np.arange(1, len(modes) + 1), modes, color=colour, marker=dots, markersize=3.2, linewidth=0.8,
            label=f"{label}, ρ = {slowest:.4g}",
        )  # fmt: skip
        for level in (slowest, -slowest):
            axes.axhline(level, color=colour, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    axes.axhline(0.0, color=style.FAINT, linewidth=0.8, zorder=0)
    axes.set_xlabel("mode")
    style.whole_ticks(axes.xaxis)
    matrix = "I - L" if walk else r"I - 2\,L\,/\,(\lambda_2 + \lambda_N)"
    axes.set_ylabel(f"eigenvalue of $W = {matrix}$")
    figure.legend(loc="outside upper center", ncols=1)
    return figure
