"""How much weight an edge or a node may have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.sections import known
from gradnet_cli.settings.values import number

BASE = "base"  # limits.fixed=base: every edge of the base network


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of the weights A = A0 + delta, each None, a number, or the name of a column of the mask.

    Attributes:
        weight: largest weight of an edge, >= 0, or a column of the edges; of its size where signs are free
        least: smallest weight of an edge, or a column of the edges
        strength: largest strength of a node, its summed weight, > 0, or a column of the nodes; of directed
            networks both the sum of the weights that leave it and of those that arrive
        fixed: edges whose weight stays as it is in the base network: a column of the edges (1 or true), or
            ``base`` for all edges that have a weight there, or a list of edges, ``["3-7", "0-1"]``
    """

    weight: float | str | None = None
    least: float | str | None = None
    strength: float | str | None = None
    fixed: str | Sequence[str] | None = None

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the configuration's ``limits``; an unknown key is a SettingError."""
        return cls(**known(content, cls, prefix="limits."))

    def __post_init__(self) -> None:
        self._check("weight", minimum=0)
        self._check("least")
        self._check("strength", above=0)
        object.__setattr__(self, "fixed", _edges(self.fixed))

    def _check(self, name: str, **allowed: Any) -> None:
        value = getattr(self, name)
        if value is None or isinstance(value, str):
            return
        if isinstance(value, float) and math.isinf(value) and value > 0 and name != "least":
            object.__setattr__(self, name, None)
            return
        object.__setattr__(self, name, number(setting=f"limits.{name}", value=value, **allowed))

    @property
    def any(self) -> bool:
        """Whether there is any limit."""
        return any(getattr(self, item.name) is not None for item in fields(self))


def _edges(value: object) -> str | tuple[str, ...] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return tuple(value)
    allowed = "must be base, a column of the edges, or a list of edges such as [0-1,3-7]"
    raise SettingError(setting="limits.fixed", value=value, allowed=allowed)
