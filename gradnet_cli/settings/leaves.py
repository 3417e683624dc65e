"""Nested settings as a flat list of dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def leaves(settings: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its name, `stop.gap`; an empty group is a value itself."""
    for key, value in settings.items():
        name = f"{prefix}{key!s}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{name}.")
        else:
            yield name, value
