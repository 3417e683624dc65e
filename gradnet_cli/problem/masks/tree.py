"""A balanced tree: every node down to the last level has as many children."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.masks._tree import tree_positions
from gradnet_cli.settings.values import integer

HIGHEST = 64  # beyond, any tree is too large


def build(*, branching: int, height: int, root_branching: int | None = None) -> Mask:
    """Join each node with its children, level by level; ``level`` tells each node's, 0 for the root.

    With one child more at the root all nodes but the leaves have the same degree: a Bethe lattice. A height
    of 1 makes a star.

    Args:
        branching: children of a node, >= 2
        height: levels below the root, >= 1
        root_branching: children of the root, >= 1; None: as branching
    """
    branching = integer(setting="branching", value=branching, minimum=2)
    height = integer(setting="height", value=height, minimum=1, maximum=HIGHEST)
    below_root = branching
    if root_branching is not None:
        below_root = integer(setting="root_branching", value=root_branching, minimum=1)
    counts = [1, *(below_root * branching**level for level in range(height))]
    nodes = sum(counts)
    check_size(nodes=nodes, edges=nodes - 1, setting="height", value=height)
    child = np.arange(1, nodes, dtype=np.int64)
    # The root's children are the nodes 1 to c; the next node's follow, b at a time.
    parent = np.where(child <= below_root, 0, 1 + (child - 1 - below_root) // branching)
    level = np.repeat(np.arange(height + 1), counts)
    return Mask.from_edges(
        name="tree",
        nodes=nodes,
        edges=np.stack([parent, child]),
        node_data={"level": level},
        positions=tree_positions(np.concatenate([[0], parent]), level),
        schematic=True,
    )
