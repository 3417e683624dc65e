"""Minimum cuts between all pairs of nodes by N - 1 maximum flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from gradnet_cli.numerics.graphs import adjacency, strengths

# SciPy's flows are 32-bit integers: the strongest node gets this many units, the rounding is 1e-9 of it.
UNITS = 2.0**30


@dataclass(frozen=True, kw_only=True)
class CutTree:
    """A tree on the same nodes that holds a minimum cut of every pair (Gomory and Hu 1961).

    The minimum cut between two nodes is the least value on the tree's path between them; taking that edge
    away parts the tree into the two sides of the cut.

    Attributes:
        parent: (N,) the tree, node 0 its root, parent[0] = 0
        value: (N,) of the cut that parts a node from its parent; 0 at the root
    """

    parent: Int[np.ndarray, " nodes"]
    value: Float[np.ndarray, " nodes"]


def cut_tree(
    capacity: Float[np.ndarray, " edges"], *, edge_index: Int[np.ndarray, "2 edges"], nodes: int
) -> CutTree:
    """The cut tree of an undirected network with capacities (E,) >= 0, by the method of Gusfield (1990).

    Every flow runs in the whole network, nothing is contracted. Values are sums of the given capacities over
    the cuts found; a cut that is least only by less than 1e-9 of the largest strength may be missed.
    """
    source, target = edge_index
    largest = float(strengths(edge_index, capacity, nodes=nodes).max())
    parent, value = np.zeros(nodes, dtype=np.int64), np.zeros(nodes)
    if largest == 0:
        return CutTree(parent=parent, value=value)
    units = np.floor(capacity * (UNITS / largest)).astype(np.int32)
    carries = units > 0
    network = adjacency(edge_index[:, carries], units[carries], nodes=nodes)
    for node in range(1, nodes):
        goal = parent[node]
        side = _side_of(node, int(goal), network)
        cut = float(capacity[side[source] != side[target]].sum())
        moved = side & (parent == goal)
        moved[node] = moved[goal] = False
        parent[moved] = node
        value[node] = cut
        if goal != 0 and side[parent[goal]]:
            parent[node], parent[goal] = parent[goal], node
            value[node], value[goal] = value[goal], cut
    return CutTree(parent=parent, value=value)


def crossings(
    tree: CutTree, count: Float[np.ndarray, " nodes"], *, edge_index: Int[np.ndarray, "2 edges"]
) -> Float[np.ndarray, " edges"]:
    """How often each edge (E,) is cut when the cut above every node is made count (N,) times.

    An edge crosses the cuts on the tree's path between its ends: the sum from the root to either end, less
    twice that to the node where the two ways part.
    """
    order = _from_the_root(tree.parent)
    ways = np.zeros((len(order), len(order)))  # [i, j]: sum over the path between i and j
    for k, node in enumerate(order[1:], start=1):
        known = order[:k]
        along = ways[tree.parent[node], known] + count[node]
        ways[node, known] = along
        ways[known, node] = along
    between: np.ndarray = ways[edge_index[0], edge_index[1]]
    return between


def _side_of(node: int, goal: int, network: csr_array) -> np.ndarray:
    """The nodes, as a mask (N,), on the near side of a minimum cut between two."""
    flow = maximum_flow(network, node, goal).flow
    residual = network - flow
    residual.eliminate_zeros()
    near = np.zeros(network.shape[0], dtype=bool)
    near[breadth_first_order(residual, node, return_predecessors=False)] = True
    return near


def _from_the_root(parent: np.ndarray) -> np.ndarray:
    """Nodes in an order in which parents come before their children."""
    depth = np.zeros(len(parent), dtype=np.int64)
    above = np.arange(len(parent))
    while (above != 0).any():
        depth += above != 0
        above = parent[above]
    return np.argsort(depth, kind="stable")
