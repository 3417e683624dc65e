"""Couplings between any two oscillators: what each would gain, and which ones a good network begins with."""

from __future__ import annotations

import numpy as np

from gradnet_cli.numerics.pair_prices import PairPrices, Products
from gradnet_cli.objectives.kuramoto_synchrony.steady import Branches

LEAST_CARRIED = 1e-9  # by a coupling, beside the mean: oscillators at the mean frequency are held too
AROUND = 1  # ranks by which a coupling may miss the partner that theory names


def synchrony_prices(branches: Branches | None) -> PairPrices | None:
    """The slope of r by the weight of any pair, (h_i - h_j) sin(theta_j - theta_i), the mean over replicates.

    With the angles' sines and cosines it is a product of rank 4, in i and j alike.
    """
    slopes = None if branches is None else branches.slopes()
    if slopes is None:
        return None
    left, right = [], []
    for phases, rates in slopes:
        cosine, sine = np.cos(phases), np.sin(phases)
        left += [rates * cosine, -rates * sine, -cosine, sine]
        right += [sine, cosine, rates * sine, rates * cosine]
    return Products(np.stack(left, axis=1) / len(slopes), np.stack(right, axis=1))


def first_couplings(frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (2, M) that join fast oscillators with slow ones, and relative weights (M,) that lock them.

    In a phase-locked network each coupling carries velocity from an oscillator that is too fast to one that
    is too slow. Sent from the least fast to the slowest first, and so on to the fastest and the least slow,
    it takes N - 1 couplings; for uniform frequencies, of many oscillators, these are between omega and
    -sqrt(W^2 - omega^2), as in the best network. Weights in proportion to what they carry give all of them
    the same difference of phases, which locks as soon as the budget suffices for any network to lock.
    Couplings of neighbours in rank are added without weight, for training to choose among.
    """
    excess = frequencies - frequencies.mean()
    fast, slow = np.flatnonzero(excess > 0), np.flatnonzero(excess <= 0)
    fast = fast[np.argsort(excess[fast], kind="stable")]
    slow = slow[np.argsort(excess[slow], kind="stable")]
    if not len(fast):
        return np.empty((2, 0), dtype=np.int64), np.empty(0)
    given, taken = np.cumsum(excess[fast]), np.cumsum(-excess[slow])
    # Each piece of the way from 0 to the sum, cut where an oscillator ends on either side, is a coupling.
    cuts = np.concatenate([np.sort(np.concatenate([given[:-1], taken[:-1]])), given[-1:]])
    first = np.searchsorted(given[:-1], cuts, side="left")
    second = np.searchsorted(taken[:-1], cuts, side="left")
    carried = np.maximum(np.diff(cuts, prepend=0.0), LEAST_CARRIED * given[-1] / len(cuts))
    shifts = range(1, AROUND + 1)
    steps = [
        (0, 0),
        *((s, 0) for s in shifts),
        *((-s, 0) for s in shifts),
        *((0, s) for s in shifts),
        *((0, -s) for s in shifts),
    ]
    ranks = np.concatenate([np.stack([first + up, second + down]) for up, down in steps], axis=1)
    weights = np.concatenate([carried, np.zeros(ranks.shape[1] - len(carried))])
    inside = (ranks >= 0).all(axis=0) & (ranks[0] < len(fast)) & (ranks[1] < len(slow))
    ranks, place = np.unique(ranks[:, inside], axis=1, return_inverse=True)
    total = np.bincount(place.ravel(), weights[inside], minlength=ranks.shape[1])
    pairs = np.stack([fast[ranks[0]], slow[ranks[1]]])
    return pairs, total
