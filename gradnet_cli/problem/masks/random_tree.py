"""Random trees: any labelled tree alike, or grown node by node."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.masks._tree import depths, tree_positions
from gradnet_cli.settings.values import choice, integer


def build(*, nodes: int, draw: str = "uniform", graph_seed: int) -> Mask:
    """Draw a tree.

    ``uniform``: each of the N^(N-2) labelled trees is as likely, by Joyal's bijection (1981): a random
    function of the nodes to themselves is a tree with a marked path. ``preferential``: each new node attaches
    to an older one by its degree (Barabasi and Albert 1999). ``recursive``: to any older one alike.

    Args:
        nodes: >= 2
        draw: uniform, preferential or recursive
        graph_seed: >= 0
    """
    nodes = integer(setting="nodes", value=nodes, minimum=2)
    drawn = DRAWS[choice(setting="draw", value=draw, choices=DRAWS)]
    random = np.random.default_rng(integer(setting="graph_seed", value=graph_seed, minimum=0))
    check_size(nodes=nodes, edges=nodes - 1, setting="nodes", value=nodes)
    parent = drawn(nodes, random)
    child = np.flatnonzero(parent != np.arange(nodes))
    return Mask.from_edges(
        name="random_tree",
        nodes=nodes,
        edges=np.stack([parent[child], child]),
        positions=tree_positions(parent, depths(parent)),
        schematic=True,
    )


def _uniform(nodes: int, random: np.random.Generator) -> np.ndarray:
    """Parents (N,) in a uniform tree, the root its own, by Joyal's bijection."""
    image = random.integers(nodes, size=nodes)
    # Nodes on cycles are those that are reached after any number of steps, 2^k >= N for instance.
    jump = image
    for _ in range(max(nodes - 1, 1).bit_length()):
        jump = jump[jump]
    cyclic = np.unique(jump)
    # In the order of the nodes, what they are mapped to is a permutation: it is read as a path.
    path = image[cyclic]
    parent = image.copy()
    parent[path[0]] = path[0]
    parent[path[1:]] = path[:-1]
    return parent


def _recursive(nodes: int, random: np.random.Generator) -> np.ndarray:
    """Parents (N,): node i's is any of 0 .. i-1 alike."""
    parent = np.zeros(nodes, dtype=np.int64)
    parent[1:] = random.integers(np.arange(1, nodes))
    return parent


def _preferential(nodes: int, random: np.random.Generator) -> np.ndarray:
    """Parents (N,): node i's is a random end of the edges of the nodes before it.

    The edge of node e has the ends e and parent(e). Who draws the latter has that parent, too: such pointers
    are followed at once.
    """
    parent = np.zeros(nodes, dtype=np.int64)
    if nodes > 2:
        end = random.integers(2 * np.arange(1, nodes - 1))
        edge, far = end // 2 + 1, end % 2 == 1
        new = np.arange(2, nodes)
        # source[i] is the node whose own place in the tree is meant; i itself where it is settled.
        source = np.arange(nodes)
        source[new[far]] = edge[far]
        parent[new[~far]] = edge[~far]
        while (source[source] != source).any():
            source = source[source]
        parent = parent[source]
    return parent


DRAWS = {"uniform": _uniform, "preferential": _preferential, "recursive": _recursive}
