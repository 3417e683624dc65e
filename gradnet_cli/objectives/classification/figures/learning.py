"""Accuracy and loss in training and validation, and the test at the update that was kept."""

from typing import TYPE_CHECKING

from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEEDED = ("accuracy_training", "loss_training", "loss_validation")


def applies(result: Result) -> bool:
    """Networks that learned to tell classes, with a course of more than one row."""
    return all(name in result.course for name in NEEDED) and len(result.course["step"]) > 1


def plot(result: Result) -> "Figure":
    """Accuracy on the left, loss on the right; a line at the update whose state is the result."""
    course = result.course
    figure = style.new_figure(style.WIDE, 2.7)
    left, right = figure.subplots(1, 2)
    left.plot(course["step"], course["accuracy_training"], color=style.GREY, label="training")
    left.plot(course["step"], course["score"], color=style.BLUE, label="validation")
    left.plot(
        [result.step],
        [result.metrics["accuracy_test"]],
        "D",
        color=style.RED,
        markersize=5,
        label="test, once",
        zorder=4,
        clip_on=False,
    )
    left.set_ylabel("accuracy")
    right.plot(course["step"], course["loss_training"], color=style.GREY)
    right.plot(course["step"], course["loss_validation"], color=style.BLUE)
    right.set_ylabel("cross entropy")
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.axvline(result.step, color=style.FAINT, linewidth=1.0, zorder=0)
        axes.set_xlabel("update")
        axes.set_xlim(0, course["step"][-1])
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure
