"""Plain facts of weighted graphs, as arrays: which edges are used, strengths, components, spanning trees.

A graph is its edges (2, E), a row of sources and one of targets, and a number of nodes N. An undirected edge
is listed once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

# For annotations alone. Where shapes are checked jaxtyping is there already; elsewhere masks, and messages
# about bad input, need not wait for it.
if TYPE_CHECKING or "jaxtyping" in sys.modules:
    import scipy.sparse as sp
    from jaxtyping import Bool, Float, Int, Shaped

USED_FRACTION = 1e-3
"""An edge is used when abs(weight) > USED_FRACTION * max(abs(weight))."""


def used_edges(weights: Float[np.ndarray, " edges"]) -> Bool[np.ndarray, " edges"]:
    """Which edges carry weight worth counting: bool (E,), abs(w) > USED_FRACTION * max(abs(w))."""
    size = np.abs(weights)
    used: np.ndarray = size > USED_FRACTION * size.max(initial=0.0)
    return used


def adjacency(
    edge_index: Int[np.ndarray, "2 edges"], weights: Shaped[np.ndarray, " edges"], *, nodes: int
) -> sp.csr_array:
    """The symmetric matrix (N, N) of weights (E,) on undirected edges (2, E), in rows; zeros stay stored."""
    import scipy.sparse as sp

    source, target = edge_index
    index = (np.concatenate([source, target]), np.concatenate([target, source]))
    return sp.coo_array((np.concatenate([weights, weights]), index), shape=(nodes, nodes)).tocsr()


def strengths(
    edge_index: Int[np.ndarray, "2 edges"], weights: Float[np.ndarray, " edges"], *, nodes: int
) -> Float[np.ndarray, " {nodes}"]:
    """Summed weight of all edges at each node, (N,), whichever end of theirs it is."""
    outward, inward = directed_strengths(edge_index, weights, nodes=nodes)
    both: np.ndarray = outward + inward
    return both


def directed_strengths(
    edge_index: Int[np.ndarray, "2 edges"], weights: Float[np.ndarray, " edges"], *, nodes: int
) -> tuple[Float[np.ndarray, " {nodes}"], Float[np.ndarray, " {nodes}"]]:
    """Summed weight of the edges that begin at each node and of those that end there, two arrays (N,)."""
    source, target = edge_index
    return np.bincount(source, weights, minlength=nodes), np.bincount(target, weights, minlength=nodes)


def components(
    edge_index: Int[np.ndarray, "2 edges"], *, nodes: int, directed: bool = False, strong: bool = False
) -> Int[np.ndarray, " {nodes}"]:
    """The connected component of each node, (N,), counted from 0.

    Args:
        edge_index: (2, E)
        nodes: N; a node without edges is a component of its own
        directed: whether edges have a direction
        strong: of directed edges: only nodes that edges lead to and fro between belong together
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    there = np.ones(edge_index.shape[1], dtype=np.int8)
    graph = coo_array((there, tuple(edge_index)), shape=(nodes, nodes)).tocsr()
    _, label = connected_components(graph, directed=directed, connection="strong" if strong else "weak")
    return np.asarray(label)


def minimum_spanning_tree(
    edge_index: Int[np.ndarray, "2 edges"], cost: Float[np.ndarray, " edges"], *, nodes: int
) -> Int[np.ndarray, " chosen"]:
    """Places of the edges of the cheapest tree, cheapest first; of a forest where the graph has parts.

    Of equal costs (E,), of any sign, the edge that is listed first is the cheaper.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree as tree_of

    # SciPy reads a zero as no edge and does not say which edges it took: ranks are positive, and name them.
    order = np.argsort(cost, kind="stable")
    rank = np.empty(len(cost))
    rank[order] = np.arange(1, len(cost) + 1)
    tree = tree_of(csr_array((rank, tuple(edge_index)), shape=(nodes, nodes)))
    chosen: np.ndarray = order[np.sort(tree.data).astype(np.int64) - 1]
    return chosen


def edge_keys(edge_index: Int[np.ndarray, "2 edges"], *, nodes: int) -> Int[np.ndarray, " edges"]:
    """One number i * N + j for each edge (i, j), int64 (E,): they sort as the edges do."""
    keys: np.ndarray = edge_index[0] * np.int64(nodes) + edge_index[1]
    return keys


def edge_places(
    edge_index: Int[np.ndarray, "2 edges"], pairs: Int[np.ndarray, "2 pairs"], *, nodes: int
) -> Int[np.ndarray, " pairs"]:
    """Where each of the pairs (2, M) stands in sorted edges (2, E): (M,), -1 for one that does not."""
    listed, wanted = edge_keys(edge_index, nodes=nodes), edge_keys(pairs, nodes=nodes)
    place = np.minimum(np.searchsorted(listed, wanted), len(listed) - 1)
    return np.where(listed[place] == wanted, place, -1)
