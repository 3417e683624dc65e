"""What a network dissipates when it has lost an edge, by changes of rank one of its pseudo-inverse."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from gradnet_cli.numerics.flows.dissipation import GROUND, Dissipation
from gradnet_cli.numerics.laplacian import LaplacianPattern

BLOCK_ENTRIES = 4_000_000  # of the tables that are made at a time


def mean_without_each(
    found: Dissipation,
    pattern: LaplacianPattern,
    weights: Float[np.ndarray, " edges"],
    lost: Int[np.ndarray, " lost"],
) -> tuple[Float[np.ndarray, " lost"], Float[np.ndarray, " edges"]]:
    """What is dissipated without each of some edges, (L,), and the mean of its slopes, (E,).

    With b = e_i - e_j of the edge lost, M' = M + c (M b)(M b)' and c = w / (1 - w R), R = b' M b (Sherman and
    Morrison 1950), so that potentials are Y' = Y + c (M b)(b' Y).

    Args:
        found: of the whole network, with potentials Y and inverse M
        weights: (E,)
        lost: (L,) places of edges
    """
    inverse, potentials = found.inverse, found.potentials
    assert inverse is not None
    assert potentials is not None
    source, target = pattern.source, pattern.target
    change = potentials[source] - potentials[target]  # (E, P)
    values, slopes = np.empty(len(lost)), np.zeros(len(source))
    for part in np.array_split(np.arange(len(lost)), 1 + len(lost) * len(source) // BLOCK_ENTRIES):
        edges = lost[part]
        column = inverse[source[edges]] - inverse[target[edges]]
        moved = column[:, source] - column[:, target]  # (l, E) b_f' M b_e
        own = np.arange(len(edges)), edges
        left = np.maximum(1 - weights[edges] * moved[own], GROUND)
        factor = weights[edges] / left
        products = change[edges] @ change.T  # (l, E)
        square = products[own]
        values[part] = found.total + factor * square
        rise = found.slopes + 2 * factor[:, None] * moved * products
        rise += (factor**2 * square)[:, None] * np.square(moved)
        rise[own] = 0.0
        slopes += rise.sum(axis=0)
    return values, slopes / len(lost)
