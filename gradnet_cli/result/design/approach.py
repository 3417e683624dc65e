"""Exchanges that are good for a smooth stand-in of the score: these lead to better designs in fewer steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.result.design.exchanges import Improved, Work, after, exchanged
from gradnet_cli.result.design.promises import Promises
from gradnet_cli.result.design.shop import Shop

BELOW = 0.3  # share of the score, by which the barrier of its stand-in is below it
RAISED = 0.02  # share of the barrier, by which it is raised at least while there are exchanges for it
STUCK = 1e-6  # the same where there are none


def descended(
    promises: Promises, shop: Shop, chosen: np.ndarray, *, score: float, most: int, share: int
) -> Improved:
    """Exchange edges by the smooth stand-in, where there is one, and then by the score itself.

    Args:
        promises: what comes of an exchange
        chosen: bool (E,) to begin with
        score: its score
        most: designs to score at most, see Work.spent
        share: the same where there is no stand-in
    """
    near = approached(promises, shop, chosen, score=score, most=most)
    left = most - near.work.spent if near.work.searches else share
    end = exchanged(promises, shop, near.chosen, score=near.score, most=left)
    return replace(end, work=near.work + end.work)


def approached(promises: Promises, shop: Shop, chosen: np.ndarray, *, score: float, most: int) -> Improved:
    """The best design on the way of a smooth stand-in, whose barrier follows the score.

    Args:
        promises: what comes of an exchange
        chosen: bool (E,) to begin with
        score: its score
        most: designs to score at most, see Work.spent
    """
    now = best = Improved(chosen=chosen, score=score)
    level = _below(score, promises)
    while now.work.spent < most:
        listed = promises.smooth(now.chosen, level=level)
        if listed is None:
            break
        now = replace(now, work=now.work + Work.of(listed))
        trial = next(after(listed, promises, shop, now.chosen), None)
        least = STUCK
        if trial is not None:
            found = promises.score(trial)
            now = replace(now, work=now.work + Work(scored=1))
            if found is None:
                break
            now = replace(now, chosen=trial, score=found, work=now.work + Work(exchanges=1))
            best = max(best, now, key=lambda design: promises.sign * design.score)
            least = RAISED
        raised = promises.sign * (_below(now.score, promises) - level)
        if raised > least * abs(level):
            level = _below(now.score, promises)
        elif trial is None:
            break
    return replace(best, work=now.work)


def _below(score: float, promises: Promises) -> float:
    return score - promises.sign * BELOW * abs(score)
