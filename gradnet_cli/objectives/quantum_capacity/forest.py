"""The best network for single paths that theory knows: the cheapest tree less its remote nodes."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np


def trimmed_tree(
    tree: np.ndarray,
    *,
    edge_index: np.ndarray,
    cost: np.ndarray,
    nodes: int,
    worth: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """The part of a tree that is worth most: its dearest leaf is cut off, again and again, down to one edge.

    A tree of n nodes joins n (n - 1) / 2 pairs whatever its shape, so that of all leaves the dearest is the
    one to lose.

    Args:
        tree: numbers of its edges (n - 1,)
        edge_index: (2, E)
        cost: (E,) > 0
        nodes: N
        worth: what trees with so many pairs and so much cost are worth, (K,) each

    Returns:
        numbers of the edges that stay
    """
    neighbours: list[dict[int, int]] = [{} for _ in range(nodes)]
    for edge in tree.tolist():
        i, j = edge_index[:, edge].tolist()
        neighbours[i][j] = neighbours[j][i] = edge
    leaves = [
        (-cost[edge], node)
        for node, near in enumerate(neighbours)
        if len(near) == 1
        for edge in near.values()
    ]
    heapq.heapify(leaves)
    lost: list[int] = []
    while len(lost) < len(tree) - 1:
        _, leaf = heapq.heappop(leaves)
        if not neighbours[leaf]:
            continue
        ((other, edge),) = neighbours[leaf].items()
        lost.append(edge)
        neighbours[leaf].clear()
        del neighbours[other][leaf]
        if len(neighbours[other]) == 1:
            (last,) = neighbours[other].values()
            heapq.heappush(leaves, (-cost[last], other))
    left = len(tree) - np.arange(len(lost) + 1)
    total = cost[tree].sum() - np.concatenate([[0.0], np.cumsum(cost[lost])])
    best = int(np.argmax(worth(left * (left + 1) / 2, total)))
    return np.setdiff1d(tree, np.array(lost[:best], dtype=np.int64))
