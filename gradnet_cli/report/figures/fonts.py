"""Fonts that are there on every machine, and matplotlib kept quiet about those that are not."""

import contextlib
import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FONT = "DejaVu Sans"
"""Matplotlib brings it."""
LIKE_IT = ("Bitstream Vera Sans", "Verdana", "Arial")
"""What a reader's machine may have in its place, the most alike in its widths first."""
LETTERS = 8.5
"""Points of the letters of labels."""
LEGEND_SIZE = 8
"""Points of the letters of legends."""
FACES = {(FONT, "normal", 400), (FONT, "oblique", 400), (FONT, "normal", 700)}
"""Name, style and weight of those that figures are set in."""
LOGGERS = ("matplotlib", "matplotlib.font_manager")


@contextlib.contextmanager
def quiet_matplotlib() -> Iterator[None]:
    """Hide what matplotlib logs of fonts and its own folders: nobody can act on it, and no figure needs it.

    The cache of fonts in a user's home may lack the very fonts that matplotlib brings, or name files that are
    gone; then they are added to it for this process.
    """
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        _add_own_fonts()
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _add_own_fonts() -> None:
    from matplotlib import font_manager, get_data_path

    manager = font_manager.fontManager
    lost = [font for font in manager.ttflist if font.name == FONT and not Path(font.fname).exists()]
    for font in lost:
        manager.ttflist.remove(font)
    if not {(font.name, font.style, font.weight) for font in manager.ttflist} >= FACES:
        for path in sorted(Path(get_data_path(), "fonts", "ttf").glob("*.ttf")):
            manager.addfont(path)


@lru_cache(maxsize=4096)
def width_of(text: str, size: float) -> float:
    """Points of a plain text from left to right."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family=FONT, size=size)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width)
