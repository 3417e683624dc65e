"""What is wrong with the letters of a figure that was laid out."""

from collections.abc import Iterator
from typing import Any

from matplotlib.colors import to_hex
from matplotlib.text import Text

from gradnet_cli.report.figures import style

COLUMN_LETTERS, PAGE_LETTERS = 5.9, 5.0
"""Points of the smallest letters where a figure is as wide as a column, or as a page."""
IN_A_COLUMN = 115 / 25.4
"""Inches up to which a figure is shrunk to the width of a column."""
SLACK = 1.0
"""Pixels that letters may reach over each other."""


def faults(figure: Any) -> list[str]:
    """Letters outside of the figure, over one another, or too small in print; a figure wider than a page."""
    size = style.look().size
    width = figure.get_size_inches()[0] * size
    found = [f"{width * 25.4:.0f} mm wide"] if width > style.PAGE + 1e-6 else []
    one_column = width <= IN_A_COLUMN
    shrunk = min(1.0, (style.COLUMN if one_column else style.PAGE) / width)
    least = COLUMN_LETTERS if one_column else PAGE_LETTERS
    texts = list(shown(figure))
    wide, high = figure.bbox.width, figure.bbox.height
    for text, box in texts:
        if box.x0 < -SLACK or box.y0 < -SLACK or box.x1 > wide + SLACK or box.y1 > high + SLACK:
            found.append(f"{text.get_text()!r} reaches out of the figure")
        if text.get_fontsize() * size * shrunk < least and not text.get_text().isdigit():
            found.append(f"{text.get_text()!r} is {text.get_fontsize() * size * shrunk:.1f} pt in print")
    for place, (text, box) in enumerate(texts):
        for other, taken in texts[place + 1 :]:
            across = min(box.x1, taken.x1) - max(box.x0, taken.x0)
            up = min(box.y1, taken.y1) - max(box.y0, taken.y0)
            if across > SLACK and up > SLACK:
                found.append(f"{text.get_text()!r} lies over {other.get_text()!r}")
    return found


def shown(figure: Any) -> Iterator[tuple[Text, Any]]:
    """All texts that are seen, with the boxes (in pixels) that they fill."""
    hidden = {id(label) for axes in figure.axes for label in _hidden(axes)}
    for text in figure.findobj(Text):
        if id(text) not in hidden and text.get_visible() and text.get_text().strip():
            box = text.get_window_extent()
            if box.width >= 1:
                yield text, box


def _hidden(axes: Any) -> Iterator[Text]:
    """Labels of ticks beyond the ends of an axis, and all that belongs to axes that are off."""
    for ruler in (axes.xaxis, axes.yaxis):
        drawn = ruler._update_ticks() if axes.axison and ruler.get_visible() else []
        seen = {id(label) for tick in drawn for label in (tick.label1, tick.label2)}
        for tick in [*ruler.majorTicks, *ruler.minorTicks]:
            yield from (label for label in (tick.label1, tick.label2) if id(label) not in seen)
        if not axes.axison:
            yield from (ruler.label, ruler.offsetText)


def colours_of_letters(figure: Any) -> Iterator[str]:
    """The colours of all texts."""
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            yield to_hex(text.get_color())
