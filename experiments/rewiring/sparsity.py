"""The test accuracy against the share of the connections that is held."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from experiments.rewiring.folds import Folds, accuracies_of
from experiments.statistics import mean_of
from gradnet_cli.report.figures import style


def draw_sparsity(known: Mapping[int, Folds], path: Path) -> Path:
    """Means with their 95 % intervals over folds.

    Args:
        known: by the share in percent
        path: of the picture
    """
    with style.paper():
        figure = style.new_figure(style.NARROW, 2.6)
        axes = figure.subplots()
        shares = sorted(known)
        means = [mean_of(accuracies_of(known[share])) for share in shares]
        axes.errorbar(
            shares,
            [mean.mean for mean in means],
            yerr=[mean.mean - mean.low for mean in means],
            fmt="o-",
            color=style.BLUE,
            markersize=3.5,
            capsize=2,
            linewidth=1.2,
        )
        axes.set_xscale("log")
        axes.set_xticks(shares, [str(share) for share in shares])
        axes.minorticks_off()
        axes.set_xlabel("connections held [%]")
        axes.set_ylabel("test accuracy")
        style.save(
            figure, path.parent, path.stem, caption="Test accuracy against the share of connections held."
        )
    return path
