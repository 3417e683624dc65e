"""A figure that an objective draws of a result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """A figure, what its files are called, and what it shows.

    Attributes:
        name: of the files, without an ending: letters, digits, `_`, `-` and `.`, a letter or digit first
        caption: what it shows, in a sentence or two; it is written into the files and stands in report.html
        figure: of matplotlib, in inches; saved under the settings of all other figures
        replaces: general figures that are left out for it, by name; one of its own name is anyway

    Raises:
        ValueError: a name that is no file's
    """

    name: str
    caption: str
    figure: Figure
    replaces: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", self.name):
            raise ValueError(
                f"the name of a drawing is {self.name!r}, and must be letters, digits, _, - and ., "
                "a letter or digit first"
            )
