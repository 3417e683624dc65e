"""Edges that are chosen, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gradnet_cli.settings.sections import known
from gradnet_cli.settings.values import choice, flag, integer, number, optional

KINDS = ("none", "edges")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which networks are looked for: any weights, or designs of whole edges beside the base network.

    Attributes:
        kind: none, or edges
        count: how many edges to choose, >= 1; None: as many as the budget pays for
        weight: of an edge that is chosen, > 0, or a column of the edges, or a multiple of one
        extend: whether edges of the base network may be chosen as well, to gain the weight
        exchanges: most networks scored while edges are exchanged, >= 0; a search among all exchanges that
            scores none counts as 1 to 10
    """

    kind: str = "none"
    count: int | None = None
    weight: float | str = 1.0
    extend: bool = False
    exchanges: int = 2000

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the configuration's ``select``; an unknown key is a SettingError."""
        return cls(**known(content, cls, prefix="select."))

    def __post_init__(self) -> None:
        choice(setting="select.kind", value=self.kind, choices=KINDS)
        count = optional(integer, setting="select.count", value=self.count, minimum=1)
        object.__setattr__(self, "count", count)
        if not isinstance(self.weight, str):
            object.__setattr__(self, "weight", number(setting="select.weight", value=self.weight, above=0))
        flag(setting="select.extend", value=self.extend)
        limit = integer(setting="select.exchanges", value=self.exchanges, minimum=0)
        object.__setattr__(self, "exchanges", limit)

    @property
    def wanted(self) -> bool:
        """Whether edges are chosen at all."""
        return self.kind == "edges"


ANY_WEIGHTS = Selection()
