"""What a unit of budget does on each edge, beside what the edge has got: the condition of the optimum."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAINTEST = 1e-6
"""Weights are shown down to this share of the largest."""
SEEN = 0.01
"""Least range of slopes on either side of the mean."""


def applies(result: Result) -> bool:
    """Where the objective has left the value of each edge, its slope per unit of cost."""
    value = result.arrays.get("edge_value")
    return value is not None and result.edges_used > 0 and bool((result.weights * value).sum() > 0)


def plot(result: Result) -> "Figure":
    """Value of each edge in units of the mean over the budget, against its weight.

    At the optimum all edges in use have the same value, 1, and none has a better one. Where more weight does
    harm (the score is minimized and rises with weight) better means less. Where the cost of edges is added up
    with a power p, a further unit of it costs (cost * w)^(p - 1) times as much.
    """
    cost, order = result.problem.cost, result.problem.budget.order
    money = cost * result.weights
    value = result.arrays["edge_value"]
    if order != 1:
        value = value * np.maximum(money / money.max(), FAINTEST) ** (1 - order)
        money = money**order
    relative = value / ((money * value).sum() / money.sum())
    weight = np.maximum(result.weights, FAINTEST * result.weights.max())
    figure = style.new_figure(style.NARROW * 1.25, 3.0)
    axes = figure.subplots()
    axes.axvline(1.0, color=style.RED, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    axes.set_yscale("log")
    many = len(weight) > style.RASTERIZE_ABOVE
    axes.scatter(
        relative,
        weight,
        s=2 if many else 7,
        color=style.BLUE,
        alpha=0.6,
        linewidths=0,
        rasterized=many,
        zorder=2,
    )
    axes.set_xlabel("slope of the score per unit of budget,\nrelative to the mean")
    axes.set_ylabel("edge weight")
    if style.spans_decades(relative):
        axes.set_xscale("log")
    else:  # differences of rounding are none
        low, high = axes.get_xlim()
        axes.set_xlim(min(low, 1 - SEEN), max(high, 1 + SEEN))
    return figure
