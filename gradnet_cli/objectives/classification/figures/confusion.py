"""What was tested, by its class and the class that it was told to be of."""

from typing import TYPE_CHECKING

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Networks that told classes, of at most twelve."""
    return "confusion" in result.arrays and len(result.arrays["confusion"]) <= 12


def plot(result: Result) -> "Figure":
    """A row a class, shaded by the share of its members, with their number in each field."""
    counts = result.arrays["confusion"]
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    size = 1.5 + 0.32 * len(counts)
    figure = style.new_figure(size, size)
    axes = figure.subplots()
    colours = style.shades_of(style.BLUE)
    axes.imshow(shares, cmap=colours, vmin=0, vmax=1)
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                axes.text(
                    column,
                    row,
                    str(count),
                    ha="center",
                    va="center_baseline",
                    fontsize=7.5,
                    color=style.letters_on(colours(shares[row, column])),
                )
    axes.set_xlabel("class told")
    axes.set_ylabel("class")
    axes.set_xticks(range(len(counts)))
    axes.set_yticks(range(len(counts)))
    axes.tick_params(length=0)
    return figure
