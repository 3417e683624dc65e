"""How edge weights and node strengths are distributed."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.legends import legend_above
from gradnet_cli.result.result import Result, strengths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST_BINS, MOST_BINS = 8, 60
EQUAL_WITHIN = 1e-9
"""Relative spread below which values count as one."""
LEVEL = 1e-3
"""Share of their range below which neighbouring values are of one level."""
REPEATED = 4
"""Values a level from which on they are taken for levels, as of edges that symmetry makes equal."""


def applies(result: Result) -> bool:
    """Every network with some weight has a distribution."""
    return result.edges_used > 0


def plot(result: Result) -> "Figure":
    """Histograms of the weights in use and of the strengths; bins widen where values span decades."""
    figure = style.new_figure(style.WIDE, 2.7)
    left, right = figure.subplots(1, 2)
    weights = result.weights[result.used]
    base = result.problem.base
    if base.any():
        _histogram(left, [base[used_edges(base)], weights], ["before", "after"], [style.GREY, style.BLUE])
    else:
        _histogram(left, [weights], ["edges"], [style.BLUE])
    left.set_xlabel("edge weight")
    left.set_ylabel("edges")
    allowed = result.problem.mask.candidates
    unused = allowed - len(weights)
    if unused:
        left.set_xlabel(f"edge weight\n({unused:,} of {allowed:,} below 10$^{{-3}}$ of the largest)")
    outward, inward = result.strengths
    if base.any() and not result.problem.directed:
        before, _ = strengths(result.problem, base)
        _histogram(right, [before, outward], ["before", "after"], [style.GREY, style.GREEN])
    elif result.problem.directed:
        _histogram(right, [outward, inward], ["out", "in"], [style.BLUE, style.ORANGE])
    else:
        _histogram(right, [outward], ["nodes"], [style.GREEN])
    right.set_xlabel("node strength")
    right.set_ylabel("nodes")
    return figure


def bins_for(values: np.ndarray, *, logarithmic: bool) -> np.ndarray:
    """Edges of bins for values (n,), about 2 n^(1/3) of them (Rice), in steps of equal size or ratio.

    Of levels that many values share there are half as many bins at most, for others would lie empty.
    """
    low, high = float(values.min()), float(values.max())
    middle = 0.5 * (low + high)
    if high - low <= EQUAL_WITHIN * max(abs(low), abs(high)):
        half = 0.05 * abs(middle) or 0.5
        return np.array([middle - half, middle + half])
    count = int(np.clip(np.ceil(2 * np.cbrt(len(values))), FEWEST_BINS, MOST_BINS))
    steps = np.diff(np.sort(np.log(values) if logarithmic else values))
    levels = 1 + int((steps > LEVEL * steps.sum()).sum())
    if len(values) >= REPEATED * levels:
        count = int(np.clip(levels // 2, FEWEST_BINS, count))
    if not logarithmic:
        return np.linspace(low, high, count + 1)
    bins = np.geomspace(low, high, count + 1)
    bins[0], bins[-1] = low, high  # rounding in the logarithm would lose the extremes
    return bins


def _histogram(axes: "Axes", groups: list[np.ndarray], names: list[str], colours: list[str]) -> None:
    values = np.concatenate(groups)
    logarithmic = style.spans_decades(values)
    bins = bins_for(values, logarithmic=logarithmic)
    if logarithmic:
        axes.set_xscale("log")
    else:
        # Labels of nearly equal values are long.
        axes.locator_params(axis="x", nbins=5 if np.ptp(values) > 0.01 * np.abs(values).max() else 2)
    several = len(groups) > 1
    for group, name, colour in zip(groups, names, colours, strict=True):
        counts, _ = np.histogram(group, bins)
        mean = float(group.mean())
        label = f"{name}, mean {mean:.4g}" if several else None
        axes.stairs(counts, bins, color=colour, fill=not several, alpha=0.85, label=label, linewidth=1.2)
        axes.axvline(mean, color=colour if several else style.INK, linestyle=(0, (4, 3)), linewidth=1)
    if len(bins) == 2:
        axes.set_xlim(bins[0] - 4 * (bins[1] - bins[0]), bins[1] + 4 * (bins[1] - bins[0]))
    axes.set_ylim(0, axes.get_ylim()[1] * 1.12)
    style.whole_ticks(axes.yaxis, 5)
    if several:
        legend_above(axes)
    else:
        _name_mean(axes, float(values.mean()))


def _name_mean(axes: "Axes", mean: float) -> None:
    """Write the mean beside its line, on the side that has room."""
    share = axes.transAxes.inverted().transform(axes.transData.transform((mean, 0.0)))[0]
    left = share > 0.6
    axes.annotate(
        f"mean {mean:.4g}",
        (mean, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if left else 3, -1),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        fontsize=8,
        color=style.INK,
    )
