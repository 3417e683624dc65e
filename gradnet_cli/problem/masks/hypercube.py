"""A hypercube: nodes are the words of d bits, and edges join words that differ in one bit."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import integer

LARGEST_DIMENSION = 24  # beyond, there are more nodes than any mask may have


def build(*, dimensions: int) -> Mask:
    """Join each word of d bits with the d words that differ from it in one.

    Node i is the word of the bits of i; ``ones`` counts those that are 1. It is drawn as the lattice of
    subsets (Hasse diagram): words with equally many ones in a row, none at the bottom.

    Args:
        dimensions: d, 1 to 24
    """
    dimensions = integer(setting="dimensions", value=dimensions, minimum=1, maximum=LARGEST_DIMENSION)
    nodes = 2**dimensions
    edges = dimensions * nodes // 2
    check_size(nodes=nodes, edges=edges, setting="dimensions", value=dimensions)
    bits = 1 << np.arange(dimensions, dtype=np.int64)
    # A row a word and a column a bit: the edges come sorted.
    low, bit = np.nonzero(np.arange(nodes, dtype=np.int64)[:, None] & bits == 0)
    ones = dimensions - np.bincount(low, minlength=nodes)
    return Mask.from_edges(
        name="hypercube",
        nodes=nodes,
        edges=np.stack([low, low | bits[bit]]),
        node_data={"ones": ones},
        positions=_levels(ones, dimensions),
        schematic=True,
    )


def _levels(ones: np.ndarray, dimensions: int) -> np.ndarray:
    """Positions (N, 2): height by the number of ones, each level spread evenly, wider where it has more."""
    order = np.argsort(ones, kind="stable")
    count = np.bincount(ones)
    place = np.empty(len(ones))
    place[order] = np.arange(len(ones)) - np.repeat(np.cumsum(count) - count, count)
    share = (place - (count[ones] - 1) / 2) / np.maximum(count[ones], 1)
    width = dimensions * np.sqrt(count / count.max())
    return np.stack([share * width[ones], ones.astype(np.float64)], axis=1)
