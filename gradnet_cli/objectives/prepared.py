"""What objectives make of the problem before the first score."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")


def prepared(value: Value | None) -> Value:
    """What prepare(problem) has made, once it was called.

    Raises:
        RuntimeError: it was not
    """
    if value is None:
        raise RuntimeError("prepare(problem) comes before the first score")
    return value
