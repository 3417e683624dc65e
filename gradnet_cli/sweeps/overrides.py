"""Overrides as they were typed, taken apart: `budget.value=0.5` names a setting and its value."""

from __future__ import annotations

import math
from collections.abc import Iterable

from gradnet_cli.runs.recorded import SHOWING

Value = str | int | float | bool | None

# They say how a sweep is run, and change nothing of what its jobs find.
PROCEDURAL = frozenset({"skip_completed", "launcher", "cluster", "resources"})


def settings_of(overrides: Iterable[str]) -> dict[str, Value]:
    """Setting and value of each override, those left out that say how the sweep is run."""
    pairs = (text.partition("=") for text in overrides)
    named = ((name.lstrip("+~"), value) for name, _, value in pairs)
    return {name: typed(value) for name, value in named if name.partition(".")[0] not in PROCEDURAL}


def decisive_settings(overrides: Iterable[str]) -> dict[str, Value]:
    """Those settings that decide what a job finds."""
    given = settings_of(overrides)
    return {name: value for name, value in given.items() if not {name, name.partition(".")[0]} & SHOWING}


def typed(text: str) -> Value:
    """A value as the number, flag or null that it spells, or the text itself without its quotes."""
    words: dict[str, Value] = {"true": True, "false": False, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def is_number(value: object) -> bool:
    """Whether a value can be drawn along an axis."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
