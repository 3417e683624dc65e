"""Overrides as they were typed, taken apart: `budget.value=0.5` names a setting and its value."""

from __future__ import annotations

import math
from collections.abc import Iterable

Value = str | int | float | bool | None

# They say how a sweep is run and not what is run.
PROCEDURAL = frozenset({"skip_completed"})


def settings_of(overrides: Iterable[str]) -> dict[str, Value]:
    """Setting and value of each override, those left out that say how the sweep is run."""
    pairs = (text.partition("=") for text in overrides)
    named = ((name.lstrip("+~"), value) for name, _, value in pairs)
    return {name: typed(value) for name, value in named if name not in PROCEDURAL}


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
