"""Which of the candidates are held, and how edges are exchanged for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from gradnet_cli.settings.sections import Section
from gradnet_cli.settings.values import choice, fraction, integer, number

EDGES = ("all", "active")
REWIRING = ("none", "random", "gradient")
RATES = ("cosine", "constant")


class _Group(Section):
    """A group whose choices have not all the same settings."""

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the group; what its choice has not keeps its default."""
        if isinstance(content, Mapping):
            defaults: dict[str, Any] = {
                name: getattr(cls, name)
                for name in cls.__dataclass_fields__
                if hasattr(cls, name)  # type: ignore[attr-defined]
            }
            content = {**defaults, **content}
        return super().from_mapping(content)


@dataclass(frozen=True, kw_only=True)
class ActiveEdges(_Group):
    """Whether all edges of the mask are held, or a set of them that is exchanged by what they promise.

    Attributes:
        kind: all or active
        every: updates between two searches, >= 1, or None for as many as suit the objective
        grow: most pairs that come in at a time, as a share of the edges held, > 0
        drop: edges lighter than this, beside the mean share of the budget, go, 0 < drop < 1
    """

    section = "edges."
    kind: str
    every: int | None = None
    grow: float = 0.2
    drop: float = 1e-6

    def __post_init__(self) -> None:
        self._check("kind", choice, choices=EDGES)
        self._check_optional("every", integer, minimum=1)
        self._check("grow", number, above=0)
        self._check("drop", fraction)


@dataclass(frozen=True, kw_only=True)
class Rewiring(_Group):
    """An exchange that keeps the number of edges: the lightest go, and others come.

    Attributes:
        kind: none; random (SET, Mocanu et al. 2018) or gradient (RigL, Evci et al. 2020), by how they come
        count: edges held, >= 1, or None for as many as the network begins with
        every: updates between two exchanges, >= 1
        fraction: share of the edges that is exchanged at first
        until: share of the updates after which none is
        rate: cosine or constant
    """

    section = "rewiring."
    kind: str
    count: int | None = None
    every: int = 10
    fraction: float = 0.3
    until: float = 0.75
    rate: str = "cosine"

    def __post_init__(self) -> None:
        self._check("kind", choice, choices=REWIRING)
        self._check_optional("count", integer, minimum=1)
        self._check("every", integer, minimum=1)
        self._check("fraction", fraction)
        self._check("until", number, above=0, maximum=1)
        self._check("rate", choice, choices=RATES)
