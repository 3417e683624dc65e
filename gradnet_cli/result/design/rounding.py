"""Designs of whole edges near the relaxed network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradnet_cli.numerics.graphs import minimum_spanning_tree
from gradnet_cli.result.design.shop import Shop

DRAWS = 8  # of random roundings
ROUNDED = 1e-6  # of a sum of shares that is a whole number


def roundings(shop: Shop, weights: np.ndarray, *, seed: int) -> Iterator[tuple[str, np.ndarray]]:
    """Name and choice, bool (E,), of each design.

    largest: the edges with the largest shares.
    connected: those that hold the network in one piece first, the largest of such.
    systematic: each edge with the probability of its share, their number fixed (Madow 1949); several draws.

    Args:
        weights: adjacency weights (E,) of the relaxed network
        seed: of the draws
    """
    share = np.zeros(len(weights))
    share[shop.candidates] = ((weights - shop.problem.base) / np.where(shop.design > 0, shop.design, 1.0))[
        shop.candidates
    ].clip(0.0, 1.0)
    largest = shop.candidates[np.argsort(-share[shop.candidates], kind="stable")]
    yield "largest", shop.filled(largest)
    joining = _joining(shop, share)
    yield "connected", shop.filled(np.concatenate([joining, largest]))
    generator = np.random.default_rng(seed)
    for draw in range(DRAWS):
        drawn = _systematic(share, shop.candidates, generator)
        yield f"systematic {draw + 1}", shop.filled(np.concatenate([drawn, largest]))


def _joining(shop: Shop, share: np.ndarray) -> np.ndarray:
    """The candidates of a spanning forest that has the base network in it and the largest shares."""
    problem = shop.problem
    if problem.directed:
        return np.zeros(0, dtype=np.int64)
    there = problem.base != 0
    usable = np.flatnonzero(there | (shop.design > 0))
    rank = np.where(there[usable], 0.5, 2.0 - share[usable])
    forest = usable[minimum_spanning_tree(problem.edge_index[:, usable], rank, nodes=problem.nodes)]
    new = forest[~there[forest]]
    joining: np.ndarray = new[np.argsort(-share[new], kind="stable")]
    return joining


def _systematic(share: np.ndarray, candidates: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Edges at equal distances along their summed shares, in a random order and from a random start."""
    order = generator.permutation(candidates)
    summed = np.cumsum(share[order])
    count = int(np.floor(summed[-1] + ROUNDED))
    marks = generator.random() + np.arange(max(1, count))
    places = np.minimum(np.searchsorted(summed, marks), len(order) - 1)
    drawn: np.ndarray = order[np.unique(places)]
    return drawn
