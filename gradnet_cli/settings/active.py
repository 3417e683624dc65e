"""Which of the candidates are held, and how edges are exchanged for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from gradnet_cli.settings.sections import Section
from gradnet_cli.settings.values import choice, fraction, integer, number

EDGES = ("all", "active")
REWIRING = ("none", "static", "set", "rigl", "decaying", "adaptive")
GROWTH = ("random", "gradient")
RATES = ("constant", "cosine", "adaptive")


@dataclass(frozen=True, kw_only=True)
class ActiveEdges(Section):
    """Whether all edges of the mask are held, or a set of them that is exchanged by what they promise.

    Attributes:
        kind: all or active
        every: updates between two searches, >= 1, or None for as many as suit the objective
        grow: most pairs that come in at a time, as a share of the edges held, > 0
        drop: edges lighter than this, beside the mean share of the budget, go, 0 < drop < 1
    """

    section = "edges."
    DEFAULTS: ClassVar[Mapping[str, object]] = {"every": None, "grow": 0.2, "drop": 1e-6}
    kind: str
    every: int | None
    grow: float
    drop: float

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the group; settings that the choice does not have keep their defaults."""
        return super().from_mapping({**cls.DEFAULTS, **content} if isinstance(content, Mapping) else content)

    def __post_init__(self) -> None:
        self._check("kind", choice, choices=EDGES)
        self._check_optional("every", integer, minimum=1)
        self._check("grow", number, above=0)
        self._check("drop", fraction)


@dataclass(frozen=True, kw_only=True)
class Rewiring(Section):
    """An exchange that keeps the number of edges: the lightest go, and others come.

    Attributes:
        kind: none; static, where those chosen at first stay; or the rule of an exchange
        count: edges held where candidates are not listed, >= 1, or None: as many as the network begins with
        density: share of the edges of each layer that is held where they are listed, 0 < density <= 1
        epsilon: instead of the density, of a layer from n to m nodes: epsilon (n + m) / (n m), > 0, or None
        every: updates between two exchanges, >= 1, or None for an epoch, and 10 where there are none
        grow: which come, random (Mocanu et al. 2018) or gradient (Evci et al. 2020)
        fraction: share of the edges that is exchanged at first
        rate: how that share goes on: constant, cosine or adaptive
        until: share of the updates after which none is
    """

    section = "rewiring."
    DEFAULTS: ClassVar[Mapping[str, object]] = {
        "count": None,
        "density": 0.5,
        "epsilon": None,
        "every": None,
        "grow": "random",
        "fraction": 0.3,
        "rate": "constant",
        "until": 0.75,
    }
    kind: str
    count: int | None
    density: float
    epsilon: float | None
    every: int | None
    grow: str
    fraction: float
    rate: str
    until: float

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the group; settings that the choice does not have keep their defaults."""
        return super().from_mapping({**cls.DEFAULTS, **content} if isinstance(content, Mapping) else content)

    def __post_init__(self) -> None:
        self._check("kind", choice, choices=REWIRING)
        self._check_optional("count", integer, minimum=1)
        self._check("density", number, above=0, maximum=1)
        self._check_optional("epsilon", number, above=0)
        self._check_optional("every", integer, minimum=1)
        self._check("grow", choice, choices=GROWTH)
        self._check("fraction", fraction)
        self._check("rate", choice, choices=RATES)
        self._check("until", number, above=0, maximum=1)
