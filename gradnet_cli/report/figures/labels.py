"""Names of axes, broken into lines where they are longer than their axis."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WORD = re.compile(r"(?:\$[^$]*\$|\S)+")
"""Words, formulas of which are not broken."""
MOST_LINES = 3


def break_labels(figure: "Figure") -> None:
    """Break the names of all axes of a figure, and the titles of panels, that would reach beyond them.

    Those that have lines already are broken anew, line by line.
    """
    for axes in figure.axes:
        if axes.axison:
            wide, high = _size(axes)
            for label, room in ((axes.xaxis.label, wide), (axes.yaxis.label, high), (axes.title, wide)):
                label.set_text("\n".join(_broken(line, label, room) for line in label.get_text().split("\n")))


def _size(axes: "Axes") -> tuple[float, float]:
    """Width and height of a panel in pixels, before it is laid out."""
    box = axes.get_window_extent()
    return float(box.width), float(box.height)


def _broken(line: str, label: "Text", room: float) -> str:
    words = WORD.findall(line)
    for count in range(1, min(MOST_LINES, len(words)) + 1):
        text = "\n".join(_in_lines(words, count))
        if _length(text, label) <= room:
            break
    return text if words else line


def _in_lines(words: list[str], count: int) -> list[str]:
    """Words in so many lines that are about as long."""
    lines: list[list[str]] = [[] for _ in range(count)]
    total, gone = sum(map(len, words)) + len(words), 0
    for word in words:
        lines[min(int(count * (gone + len(word) / 2) / total), count - 1)].append(word)
        gone += len(word) + 1
    return [" ".join(line) for line in lines if line]


def _length(text: str, label: "Text") -> float:
    before = label.get_text()
    label.set_text(text)
    box = label.get_window_extent()
    label.set_text(before)
    return float(max(box.width, box.height))
