"""Exchanges of chosen edges for others, until none is known that improves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradnet_cli.numerics.exchanges import NOBODY
from gradnet_cli.result.design.promises import Listed, Promises
from gradnet_cli.result.design.shop import Shop

GAIN = 1e-10  # relative: less is rounding


@dataclass(frozen=True, kw_only=True)
class Work:
    """What was done.

    Attributes:
        exchanges: how many were made
        scored: how many designs were scored
        searches: how many times all exchanges were searched for good ones, without scoring each
        charged: scored designs that these count as
    """

    exchanges: int = 0
    scored: int = 0
    searches: int = 0
    charged: int = 0

    @classmethod
    def of(cls, listed: Listed) -> Work:
        """What it took to find these exchanges."""
        return cls(searches=int(listed.charge > 0), charged=listed.charge)

    def __add__(self, other: Work) -> Work:
        return Work(
            exchanges=self.exchanges + other.exchanges,
            scored=self.scored + other.scored,
            searches=self.searches + other.searches,
            charged=self.charged + other.charged,
        )

    @property
    def spent(self) -> int:
        """What counts against the designs to score at most."""
        return self.scored + self.charged


@dataclass(frozen=True, kw_only=True)
class Improved:
    """Where exchanges have led.

    Attributes:
        chosen: bool (E,)
        score: of the design
        work: that led there
        exhausted: whether no exchange was left that may improve
    """

    chosen: np.ndarray
    score: float
    work: Work = Work()
    exhausted: bool = False


def exchanged(promises: Promises, shop: Shop, chosen: np.ndarray, *, score: float, most: int) -> Improved:
    """Exchange one edge at a time, the most promising first, as long as the score improves.

    Args:
        promises: what can be expected of an exchange, and what comes of it
        chosen: bool (E,) to begin with
        score: its score
        most: designs to score at most, see Work.spent
    """
    now = Improved(chosen=chosen, score=score)
    while now.work.spent < most:
        listed = promises.exchanges(now.chosen, now.score)
        now = replace(now, work=now.work + Work.of(listed))
        better = None
        for trial in after(listed, promises, shop, now.chosen):
            if now.work.spent >= most:
                return now
            found = promises.score(trial)
            now = replace(now, work=now.work + Work(scored=1))
            if found is not None and promises.sign * (found - now.score) > GAIN * abs(now.score):
                better = replace(now, chosen=trial, score=found, work=now.work + Work(exchanges=1))
                break
        if better is None:
            return replace(now, exhausted=listed.complete)
        now = better
    return now


def after(listed: Listed, promises: Promises, shop: Shop, chosen: np.ndarray) -> Iterator[np.ndarray]:
    """The designs, bool (E,), that those exchanges lead to which budget and strengths allow."""
    allowed = shop.exchangeable(chosen, listed.out, listed.new)
    for out, new in zip(listed.out[allowed].tolist(), listed.new[allowed].tolist(), strict=True):
        trial = chosen.copy()
        trial[new] = True
        if out != NOBODY:
            trial[out] = False
        yield trial if shop.problem.budget.rule == "exact" else shop.filled(promises.order, trial)


def best_of_all(promises: Promises, shop: Shop) -> Improved:
    """Score every design there is."""
    best: Improved | None = None
    scored = 0
    for edges in itertools.combinations(shop.candidates.tolist(), shop.count):
        chosen = np.zeros(shop.problem.edges, dtype=bool)
        chosen[list(edges)] = True
        score = promises.score(chosen)
        scored += 1
        if score is not None and (best is None or promises.sign * (score - best.score) > 0):
            best = Improved(chosen=chosen, score=score, exhausted=True)
    assert best is not None  # the designs made before are among them
    return replace(best, work=Work(scored=scored))
