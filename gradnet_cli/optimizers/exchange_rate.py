"""Which share of the edges is exchanged, as training goes on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

RISE, FALL = 1.1, 0.7  # factors of a rate that adapts, after a score that is no worse, and one that is
LEAST, MOST = 0.02, 0.5  # between which it stays


class ExchangeRate:
    """A share of the edges, at each exchange.

    Args:
        rule: constant; cosine, from the first share to zero; or adaptive, which rises where the score was no
            worse at an exchange than at the one before, and falls where it was
        fraction: the first share
        until: share of the updates after which it is zero
        sign: +1 if scores are maximized, -1 if minimized
    """

    def __init__(self, *, rule: str, fraction: float, until: float, sign: float) -> None:
        self._rule, self._until, self._sign = rule, until, sign
        self._first = self._now = fraction
        self._score: float | None = None

    def at(self, progress: float) -> float:
        """The share, where this share of the updates is done."""
        if progress >= self._until:
            return 0.0
        if self._rule == "cosine":
            return 0.5 * self._first * (1 + math.cos(math.pi * progress / self._until))
        return self._now

    def hear(self, score: float) -> None:
        """Take in the latest score before an exchange."""
        if self._rule != "adaptive":
            return
        if self._score is not None:
            factor = RISE if self._sign * (score - self._score) >= 0 else FALL
            self._now = min(MOST, max(LEAST, factor * self._now))
        self._score = score

    @property
    def memory(self) -> dict[str, Any]:
        """What it has come to."""
        return {"now": self._now, "score": self._score}

    @memory.setter
    def memory(self, memory: Mapping[str, Any]) -> None:
        self._now, self._score = memory["now"], memory["score"]
