"""Random draws that cost no more than what they find."""

from __future__ import annotations

import math

import numpy as np


def successes(trials: int, p: float, random: np.random.Generator) -> np.ndarray:
    """Return the sorted indices of the successes among Bernoulli trials, by their geometric waiting times.

    (Batagelj and Brandes 2005): only successes cost anything, and the distribution is exact.

    Args:
        trials: >= 0
        p: chance of each, in [0, 1]
    """
    if p == 0 or trials == 0:
        return np.empty(0, dtype=np.int64)
    batches, last = [], -1
    while last < trials:
        expected = (trials - last) * p
        waits = random.geometric(p, size=int(expected + 4 * math.sqrt(expected)) + 8)
        # A wait beyond the end changes nothing but could overflow the sum.
        ranks = last + np.cumsum(np.minimum(waits, trials + 1))
        batches.append(ranks)
        last = int(ranks[-1])
    every = np.concatenate(batches)
    return every[every < trials]
