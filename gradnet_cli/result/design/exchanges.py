"""Exchanges of chosen edges for others, until none is known that improves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradnet_cli.result.design.promises import Promises
from gradnet_cli.result.design.shop import Shop

GAIN = 1e-10  # relative: less is rounding


@dataclass(frozen=True, kw_only=True)
class Improved:
    """Where exchanges have led.

    Attributes:
        chosen: bool (E,)
        score: of the design
        exchanges: how many were made
        scored: how many designs were scored
        exhausted: whether no exchange was left that may improve
    """

    chosen: np.ndarray
    score: float
    exchanges: int
    scored: int
    exhausted: bool


def exchanged(promises: Promises, shop: Shop, chosen: np.ndarray, *, score: float, most: int) -> Improved:
    """Exchange one edge at a time, the most promising first, as long as the score improves.

    Args:
        promises: what can be expected of an exchange, and what comes of it
        chosen: bool (E,) to begin with
        score: its score
        most: designs to score at most
    """
    made = scored = 0
    while True:
        better = None
        for out, new in _most_promising(promises, shop, chosen, score):
            if scored >= most:
                return Improved(chosen=chosen, score=score, exchanges=made, scored=scored, exhausted=False)
            trial = chosen.copy()
            trial[new] = True
            if out >= 0:
                trial[out] = False
            trial = shop.filled(promises.order, trial) if shop.left(trial) > 0 else trial
            found = promises.score(shop.weights(trial))
            scored += 1
            if found is not None and promises.sign * (found - score) > GAIN * abs(score):
                better = (trial, found)
                break
        if better is None:
            return Improved(chosen=chosen, score=score, exchanges=made, scored=scored, exhausted=True)
        (chosen, score), made = better, made + 1


def best_of_all(promises: Promises, shop: Shop) -> Improved:
    """Score every design there is."""
    best: Improved | None = None
    scored = 0
    for edges in itertools.combinations(shop.candidates.tolist(), shop.count):
        chosen = np.zeros(shop.problem.edges, dtype=bool)
        chosen[list(edges)] = True
        score = promises.score(shop.weights(chosen))
        scored += 1
        if score is not None and (best is None or promises.sign * (score - best.score) > 0):
            best = Improved(chosen=chosen, score=score, exchanges=0, scored=0, exhausted=True)
    assert best is not None  # the designs made before are among them
    return replace(best, scored=scored)


def _most_promising(
    promises: Promises, shop: Shop, chosen: np.ndarray, score: float
) -> Iterator[tuple[int, int]]:
    """Pairs of an edge that leaves, or -1, and one that comes, from the most promising to the least."""
    left = shop.left(chosen)
    for out, new in promises.exchanges(chosen, score):
        gained = float(shop.price[out]) if out >= 0 else 0.0
        if shop.price[new] <= left + gained and shop.fits(chosen, new, without=out if out >= 0 else None):
            yield out, new
