"""Tick labels as plain text: setting each as mathematics takes longer than drawing all else of a figure."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import Formatter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RAISED = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
WRAPPER = re.compile(r"\\mathdefault\{((?:[^{}]|\{[^{}]*\})*)\}")
POWER_OF_TEN = re.compile("([0-9]+×)?10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
SHORT = (2e-3, 5e3)
POWER = re.compile(r"\^\{([0-9−+-]+)\}")


class PlainFormatter(Formatter):
    """Another formatter's labels, powers with raised digits: `10⁻³` for `$\\mathdefault{10^{-3}}$`."""

    def __init__(self, other: Formatter) -> None:
        self.other = other

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick; a power of ten that is as short as a plain number is one."""
        label = plain(self.other(x, pos))
        return f"{x:g}" if label and self._is_short() and POWER_OF_TEN.fullmatch(label) else label

    def _is_short(self) -> bool:
        """Whether all that is seen of the axis reaches from thousandths to thousands."""
        low, high = sorted(map(abs, self.axis.get_view_interval())) if self.axis is not None else (0.0, 0.0)
        return bool(SHORT[0] <= low and high <= SHORT[1])

    def set_axis(self, axis: Any) -> None:
        """Belong to an axis."""
        super().set_axis(axis)
        self.other.set_axis(axis)

    def set_locs(self, locs: Sequence[float]) -> None:  # type: ignore[override, unused-ignore]
        """Know all ticks before one is labelled."""
        self.other.set_locs(locs)  # type: ignore[arg-type, unused-ignore]

    def get_offset(self) -> str:
        """The factor that all labels share."""
        return plain(self.other.get_offset())


def plain(label: str) -> str:
    """A label without mathematics, or as it is where it holds more than a number and its power of ten."""
    if not label.startswith("$"):
        return label
    text = label
    while (inner := WRAPPER.sub(r"\1", text)) != text:
        text = inner
    text = text.strip("$").replace(r"\times", "×").replace(r"\;", " ")
    text = POWER.sub(lambda power: power[1].translate(RAISED), text)
    return label if re.search(r"[\\{}^$]", text) else text


def plain_ticks(figure: "Figure") -> None:
    """Let all axes of a figure have plain labels."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PlainFormatter(axis.get_major_formatter()))
            axis.set_minor_formatter(PlainFormatter(axis.get_minor_formatter()))
