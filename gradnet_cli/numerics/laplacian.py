"""Graph Laplacians on a fixed set of edges, assembled anew for every weight vector."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from gradnet_cli.numerics import graphs


class LaplacianPattern:
    """The sparsity pattern of L = D - A for a fixed undirected edge list.

    The pattern is sorted once; each call of assemble() only fills numbers in, which at 10^6 nodes is ten
    times cheaper than building the matrix from triplets.

    Args:
        edge_index: (2, E) integers, every undirected edge once
        nodes: N
    """

    def __init__(self, *, edge_index: Int[np.ndarray, "2 edges"], nodes: int) -> None:
        self.edge_index = np.asarray(edge_index)
        self.nodes = nodes
        self.source, self.target = source, target = self.edge_index
        diagonal = np.arange(nodes)
        entries = 2 * len(source) + nodes
        # Sorting the entries' numbers instead of their values gives the place that each takes in the matrix.
        order = sp.coo_array(
            (
                np.arange(entries),
                (np.concatenate([source, target, diagonal]), np.concatenate([target, source, diagonal])),
            ),
            shape=(nodes, nodes),
        ).tocsr()
        order.sort_indices()
        self._order = order.data
        self._indices = order.indices.astype(np.int32)
        self._indptr = order.indptr.astype(np.int32)

    def strengths(self, weights: Float[np.ndarray, " edges"]) -> Float[np.ndarray, " nodes"]:
        """Sum of the weights at each node, shape (N,)."""
        return graphs.strengths(self.edge_index, weights, nodes=self.nodes)

    def assemble(self, weights: Float[np.ndarray, " edges"]) -> sp.csr_array:
        """The Laplacian of weights (E,) as a CSR matrix (N, N) with sorted indices; zeros stay stored."""
        values = np.concatenate([-weights, -weights, self.strengths(weights)])
        return sp.csr_array(
            (values[self._order], self._indices, self._indptr), shape=(self.nodes, self.nodes)
        )

    def level_width(self) -> int:
        """Largest level of a breadth-first search from a peripheral node.

        Removing one level splits the graph, so the width estimates its separators: about sqrt(N) for meshes,
        N^(2/3) in three dimensions, a constant fraction of N for expanders.
        """
        adjacency = sp.csr_array(
            (np.ones(len(self._indices)), self._indices, self._indptr), shape=(self.nodes, self.nodes)
        )
        start, levels = 0, np.zeros(1, dtype=np.int64)
        for _ in range(2):  # the last node reached from anywhere is nearly peripheral
            levels, start = _breadth_first_levels(adjacency, start)
        return int(np.bincount(levels).max())


def _breadth_first_levels(adjacency: sp.csr_array, start: int) -> tuple[np.ndarray, int]:
    order, predecessors = sp.csgraph.breadth_first_order(adjacency, start, directed=False)
    position = np.empty(adjacency.shape[0], dtype=np.int64)
    position[order] = np.arange(len(order))
    parent = position[predecessors[order[1:]]]
    # Parents stand in visiting order, so a level ends where the first child of the next one begins.
    levels = np.zeros(len(order), dtype=np.int64)
    end, level = 1, 0
    while end < len(order):
        level += 1
        following = 1 + int(np.searchsorted(parent, end, side="left"))
        levels[end:following] = level
        end = following
    return levels, int(order[-1])
