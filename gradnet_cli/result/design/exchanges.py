"""Exchanges of chosen edges for others, until none is known that improves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradnet_cli.result.design.promises import NOBODY, Exchanges, Promises
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
        listed = promises.exchanges(chosen, score)
        for out, new in _fitting(listed, shop, chosen):
            if scored >= most:
                return Improved(chosen=chosen, score=score, exchanges=made, scored=scored, exhausted=False)
            trial = chosen.copy()
            trial[new] = True
            if out != NOBODY:
                trial[out] = False
            if shop.problem.budget.rule != "exact":
                trial = shop.filled(promises.order, trial)
            found = promises.score(trial)
            scored += 1
            if found is not None and promises.sign * (found - score) > GAIN * abs(score):
                better = (trial, found)
                break
        if better is None:
            end = listed.complete
            return Improved(chosen=chosen, score=score, exchanges=made, scored=scored, exhausted=end)
        (chosen, score), made = better, made + 1


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
            best = Improved(chosen=chosen, score=score, exchanges=0, scored=0, exhausted=True)
    assert best is not None  # the designs made before are among them
    return replace(best, scored=scored)


def _fitting(listed: Exchanges, shop: Shop, chosen: np.ndarray) -> Iterator[tuple[int, int]]:
    """Those exchanges that budget and strengths allow."""
    allowed = shop.exchangeable(chosen, listed.out, listed.new)
    yield from zip(listed.out[allowed].tolist(), listed.new[allowed].tolist(), strict=True)
