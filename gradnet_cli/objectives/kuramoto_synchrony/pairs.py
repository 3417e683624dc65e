"""Couplings between any two oscillators: what each would gain, and which ones a good network begins with."""

from __future__ import annotations

import numpy as np

from gradnet_cli.numerics.locking.carried_flow import carrying_phases, carrying_weights
from gradnet_cli.numerics.pairs.pair_prices import PairPrices, Products
from gradnet_cli.objectives.kuramoto_synchrony.steady import Branches

LEAST_CARRIED = 1e-9  # by a coupling, beside the mean: oscillators at the mean frequency are held too
AROUND = 0.05  # share that is sent over neighbours in rank, of the lesser of two couplings


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


def first_network(frequencies: np.ndarray, *, budget: float) -> tuple[np.ndarray, np.ndarray]:
    """first_couplings, with the weights (M,) that make r largest for what they carry, at equal costs.

    Args:
        budget: sum of the weights
    """
    pairs, carried = first_couplings(frequencies)
    phases = carrying_phases(pairs, carried, np.ones(len(carried)), budget=budget, nodes=len(frequencies))
    return pairs, carried if phases is None else carrying_weights(pairs, carried, phases)


def first_couplings(frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (2, M), of a fast oscillator and a slow one, and what they carry (M,) so that all can lock.

    In a phase-locked network each coupling carries velocity from an oscillator that is too fast to one that
    is too slow. Sent from the least fast to the slowest first, and so on to the fastest and the least slow,
    it takes N - 1 couplings; for uniform frequencies, of many oscillators, these are between omega and
    -sqrt(W^2 - omega^2), as in the best network. Some of these carry next to nothing, and parts that no more
    than they hold together come apart at a touch: so a little is sent around, over neighbours in rank.
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
    ranks, place = np.unique(np.stack([first, second]), axis=1, return_inverse=True)  # in the order of cuts
    total = np.bincount(place.ravel(), carried)
    ranks, total = _sent_around(ranks, total)
    return np.stack([fast[ranks[0]], slow[ranks[1]]]), total


def _sent_around(ranks: np.ndarray, carried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ranks (2, M) that only ascend, and what they carry, with a share sent over other corners of squares.

    Of two couplings (a, b) and (a + 1, b + 1) as much is taken as (a, b + 1) and (a + 1, b) get: what each
    oscillator gives and takes is the same.
    """
    corners = []
    for apart in (1, 2):
        before = np.arange(max(ranks.shape[1] - apart, 0))
        square = (ranks[:, before + apart] - ranks[:, before] == 1).all(axis=0)
        corners.append(np.stack([before[square], before[square] + apart]))
    low, high = np.concatenate(corners, axis=1)
    sent = AROUND * np.minimum(carried[low], carried[high])
    others = [np.stack([ranks[0, low], ranks[1, high]]), np.stack([ranks[0, high], ranks[1, low]])]
    carried = carried - np.bincount(low, sent, len(carried)) - np.bincount(high, sent, len(carried))
    ranks, place = np.unique(np.concatenate([ranks, *others], axis=1), axis=1, return_inverse=True)
    return ranks, np.bincount(place.ravel(), np.concatenate([carried, sent, sent]))
