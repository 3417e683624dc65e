"""Rooted trees as arrays: a node's parent is all that is known, and where to draw it follows."""

from __future__ import annotations

import numpy as np

UPRIGHT_UP_TO = 40  # leaves that stand side by side; more are drawn around the root
SQUAT = 0.62  # height of a tree that is drawn upright, as a share of its width


def depths(parent: np.ndarray) -> np.ndarray:
    """Edges between each node and the root, (N,): the root is its own parent. By doubling of pointers."""
    above = parent
    depth: np.ndarray = (parent != np.arange(parent.size)).astype(np.int64)
    while depth[above].any():
        depth = depth + depth[above]
        above = above[above]
    return depth


def tree_positions(parent: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Positions (N, 2) without crossings: the root on top, or, of many leaves, their centroid in the middle.

    Leaves are spread evenly in their order, and each node stands amid its own; depth is height or radius.

    Args:
        parent: (N,), the root its own
        depth: (N,) edges to the root
    """
    first, count = _leaves_below(parent, depth)
    leaves = int(count[depth == 0][0])
    upright = leaves <= UPRIGHT_UP_TO
    heavy = 2 * count > leaves  # a way down from the root
    centre = np.flatnonzero(heavy)[depth[heavy].argmax()]
    if not upright and depth[centre] > 0:
        # A sector of more than half a turn is not convex, and edges would leave it.
        parent = _rooted_at(centre, parent)
        depth = depths(parent)
        first, count = _leaves_below(parent, depth)
        leaves = int(count[centre])
    middle = (first + count / 2) / leaves
    level = depth / max(int(depth.max()), 1)
    if upright:
        tall = max(SQUAT, min(1.6, int(depth.max()) / leaves))
        return np.stack([middle, -tall * level], axis=1)
    angle = np.pi / 2 - 2 * np.pi * middle
    return np.stack([level * np.cos(angle), level * np.sin(angle)], axis=1)


def _rooted_at(root: int, parent: np.ndarray) -> np.ndarray:
    """The parents (N,) of the same tree with another root."""
    turned = parent.copy()
    node, above = root, root
    while True:
        turned[node] = above
        if parent[node] == node:
            return turned
        node, above = parent[node], node


def _leaves_below(parent: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first leaf below each node and their number; in the order of leaves a node's own are adjacent."""
    order = np.argsort(depth, kind="stable")
    ends = np.cumsum(np.bincount(depth))
    levels = np.split(order, ends[:-1])
    count = np.zeros(parent.size, dtype=np.int64)
    count[np.bincount(parent[depth > 0], minlength=parent.size) == 0] = 1
    for level in reversed(levels[1:]):
        np.add.at(count, parent[level], count[level])
    first = np.zeros(parent.size, dtype=np.int64)
    for level in levels[1:]:
        # Siblings one after another, in the order of their numbers.
        among = level[np.argsort(parent[level], kind="stable")]
        before = np.cumsum(count[among]) - count[among]
        above = parent[among]
        new = np.concatenate([[True], above[1:] != above[:-1]])
        start = before[np.maximum.accumulate(np.where(new, np.arange(among.size), 0))]
        first[among] = first[above] + before - start
    return first, count
