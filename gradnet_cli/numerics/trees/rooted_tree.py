"""Sums along the paths and over the branches of a tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order


@dataclass(frozen=True, eq=False, kw_only=True)
class RootedTree:
    """A tree seen from one of its nodes.

    Attributes:
        order: (N,) the nodes, each after its parent
        parent: (N,) of each node; -1 of the root
        edge: (N,) the place of the edge to the parent; 0 of the root
    """

    order: Int[np.ndarray, " nodes"]
    parent: Int[np.ndarray, " nodes"]
    edge: Int[np.ndarray, " nodes"]

    @staticmethod
    def of(edge_index: Int[np.ndarray, "2 edges"], *, root: int = 0) -> RootedTree:
        """The tree of N - 1 edges (2, E) on N nodes.

        Raises:
            ValueError: the edges are no tree
        """
        edges = edge_index.shape[1]
        nodes = edges + 1
        ends = tuple(edge_index.astype(np.int32))
        graph = coo_array((np.arange(1, edges + 1), ends), shape=(nodes, nodes)).tocsr()
        order, parent = breadth_first_order(graph, root, directed=False)
        if len(order) < nodes:
            raise ValueError(f"{edges} edges that do not connect {nodes} nodes are no tree")
        parent = np.where(parent < 0, -1, parent)
        source, target = edge_index
        child = np.where(parent[target] == source, target, source)
        edge = np.zeros(nodes, dtype=np.int64)
        edge[child] = np.arange(edges)
        return RootedTree(order=order, parent=parent, edge=edge)

    @property
    def nodes(self) -> int:
        """N."""
        return len(self.order)

    @property
    def root(self) -> int:
        """The node that it is seen from."""
        return int(self.order[0])

    @cached_property
    def _by_parent(self) -> tuple[np.ndarray, np.ndarray]:
        """All nodes but the root by their parents, and where each node's children begin among them."""
        sorted_nodes = np.argsort(self.parent, kind="stable")[1:]
        return sorted_nodes, np.searchsorted(self.parent[sorted_nodes], np.arange(self.nodes + 1))

    def children(self, node: int) -> Int[np.ndarray, " children"]:
        """The nodes whose parent it is."""
        sorted_nodes, begin = self._by_parent
        chosen: np.ndarray = sorted_nodes[begin[node] : begin[node + 1]]
        return chosen

    def depths(self, lengths: Float[np.ndarray, " edges"]) -> Float[np.ndarray, " nodes"]:
        """Distance of each node from the root, by the lengths of the edges."""
        return self.path_sums(np.where(self.parent < 0, 0.0, lengths[self.edge]))

    def path_sums(self, steps: Float[np.ndarray, " nodes"]) -> Float[np.ndarray, " nodes"]:
        """What the steps of the nodes on the path from the root sum up to, the root's own left out."""
        sums = [0.0] * self.nodes
        parent, step = self.parent.tolist(), steps.tolist()
        for node in self.order[1:].tolist():
            sums[node] = sums[parent[node]] + step[node]
        return np.array(sums)

    def sums_below(self, values: Float[np.ndarray, " nodes"]) -> Float[np.ndarray, " nodes"]:
        """What the values of a node and of all nodes below it sum up to."""
        sums, parent = values.tolist(), self.parent.tolist()
        for node in self.order[:0:-1].tolist():
            sums[parent[node]] += sums[node]
        return np.array(sums)

    def pairs_apart(self) -> Float[np.ndarray, " edges"]:
        """Pairs of nodes that each edge lies between, (E,)."""
        count = self.sums_below(np.ones(self.nodes))[self.order[1:]]
        pairs = np.empty(self.nodes - 1)
        pairs[self.edge[self.order[1:]]] = count * (self.nodes - count)
        return pairs
