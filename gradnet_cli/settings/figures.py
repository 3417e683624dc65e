"""The section `figures`: whether a run's figures are drawn, in which style, and as which files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.sections import Section
from gradnet_cli.settings.values import choice, flag

SECTION = "figures"
DRAW = f"{SECTION}.draw"
STYLES = ("paper", "slides", "dark")
FORMATS = ("png", "svg", "pdf")


@dataclass(frozen=True, kw_only=True)
class FigureSettings(Section):
    """How figures are drawn.

    Attributes:
        draw: whether those of a run are; those of a sweep always are
        style: paper, slides (larger letters and lines) or dark (for dark backgrounds)
        format: the files of each: png, svg, pdf, one or several
    """

    section = f"{SECTION}."
    draw: bool = True
    style: str = "paper"
    format: tuple[str, ...] = ("png", "svg")

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the section; `figures: false` stands for `figures.draw: false`, as it was once written."""
        if isinstance(content, bool):
            return cls(draw=content)
        if not isinstance(content, Mapping):
            allowed = f"must be true or false, or settings like {SECTION}.style=dark"
            raise SettingError(setting=SECTION, value=content, allowed=allowed)
        return super().from_mapping(content)

    def __post_init__(self) -> None:
        self._check("draw", flag)
        self._check("style", choice, choices=STYLES)
        self._check("format", formats)


def formats(*, setting: str, value: object) -> tuple[str, ...]:
    """Return value, one of the formats or a list of them, as a tuple without repetitions."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not listed:
        allowed = f"must be one or several of {', '.join(FORMATS)}, like [png,pdf]"
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return tuple(dict.fromkeys(choice(setting=setting, value=each, choices=FORMATS) for each in listed))
