"""Overrides as they were typed, taken apart: `budget.value=0.5` names a setting and its value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

Value = str | int | float | bool | None

# They say how a sweep is run, and change nothing of what its jobs find.
PROCEDURAL = frozenset({"skip_completed", "launcher", "cluster", "resources"})
# What is only shown of a run, and changes nothing of what it finds.
SHOWING = frozenset({"figures", "report", "animation", "logger", "trainer.progress"})
# What may differ from the run's own settings when it is taken up again: none of it says what is looked for.
CHANGEABLE = (
    "updates", "stop", "checkpoint", "trainer", "figures", "animation", "report", "prune", "logger"
)  # fmt: skip

# Sections whose name alone stands for one of their settings.
SHORT_FOR = {"figures": "figures.draw"}


class Assignment(NamedTuple):
    """An override: the setting's name without Hydra's + or ~, and the value as typed."""

    name: str
    value: str

    @property
    def section(self) -> str:
        """The first part of the name: `stop` of `stop.gap`."""
        return self.name.partition(".")[0]

    def belongs_to(self, names: Iterable[str]) -> bool:
        """Whether the setting, or its section, is among these."""
        known = set(names)
        return self.name in known or self.section in known


def assignment(text: str) -> Assignment:
    """Take an override apart."""
    name, _, value = text.partition("=")
    return Assignment(name.lstrip("+~"), value)


def in_full(text: str) -> str:
    """The override with the whole name of its setting: `figures.draw=false` for `figures=false`."""
    name, equals, value = text.partition("=")
    return f"{SHORT_FOR[name]}{equals}{value}" if name in SHORT_FOR and value[:1] != "{" else text


def settings_of(overrides: Iterable[str]) -> dict[str, Value]:
    """Setting and value of each override, those left out that say how the sweep is run."""
    given = map(assignment, overrides)
    return {each.name: typed(each.value) for each in given if each.section not in PROCEDURAL}


def decisive_settings(overrides: Iterable[str]) -> dict[str, Value]:
    """Those settings that decide what a job finds."""
    return settings_of(text for text in overrides if not assignment(text).belongs_to(SHOWING))


def replaced(overrides: Iterable[str], changes: Iterable[str]) -> list[str]:
    """The overrides, those of a setting that changes replaced."""
    changes = list(changes)
    names = {assignment(change).name for change in changes}
    return [text for text in overrides if assignment(text).name not in names] + changes


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
