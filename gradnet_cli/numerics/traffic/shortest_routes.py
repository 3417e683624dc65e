"""Shortest routes from every origin, where not every node may be passed through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from gradnet_cli.numerics.traffic.demand import Demand


@dataclass(frozen=True, eq=False, kw_only=True)
class ShortestTrees:
    """The shortest routes from each origin.

    Attributes:
        distance: (O, M), M the nodes, and once more those that routes only begin at; inf where none leads
        before: (O, M) the node before, negative at the origin and where no route leads
    """

    distance: np.ndarray
    before: np.ndarray


class RoadMap:
    """Which road leads where.

    A node that may not be passed through is two: roads end at one, and begin at the other.

    Args:
        edge_index: (2, E) directed
        nodes: N
        through: (N,) bool, which nodes may be passed through
        demand: the trips, whose origins trees begin at
    """

    def __init__(self, edge_index: np.ndarray, *, nodes: int, through: np.ndarray, demand: Demand) -> None:
        tail, head = edge_index
        self.edges = edge_index.shape[1]
        self.tail = np.where(through[tail], tail, nodes + tail)
        self.head = head
        self.size = 2 * nodes
        key = self.tail * self.size + self.head
        self._order = np.argsort(key, kind="stable")
        self._keys = key[self._order]
        counts = np.bincount(self.tail, minlength=self.size)
        # SciPy before 1.17.1 takes no others here.
        self._indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self._indices = self.head[self._order].astype(np.int32)
        origins, self.tree = np.unique(demand.origin, return_inverse=True)
        self.sources = np.where(through[origins], origins, nodes + origins)
        self.destination = demand.destination

    def trees(self, length: np.ndarray) -> ShortestTrees:
        """By lengths (E,) >= 0, infinite where a road is closed."""
        graph = sp.csr_array((length[self._order], self._indices, self._indptr), shape=(self.size,) * 2)
        distance, before = dijkstra(graph, indices=self.sources, return_predecessors=True)
        return ShortestTrees(distance=distance, before=before)

    def distances(self, trees: ShortestTrees) -> np.ndarray:
        """Length of the shortest route of each pair of the demand (K,)."""
        found: np.ndarray = trees.distance[self.tree, self.destination]
        return found

    def routes(
        self, trees: ShortestTrees, tree: np.ndarray | None = None, end: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The roads of routes, as rows and edges of an incidence matrix.

        Args:
            tree, end: (L,) origins by number and nodes where routes end; those of the demand by default
        """
        tree = self.tree if tree is None else tree
        place = (self.destination if end is None else end).copy()
        row = np.arange(len(place))
        rows, edges = [], []
        while True:
            last = trees.before[tree, place]
            on = last >= 0
            row, tree, place, last = row[on], tree[on], place[on], last[on]
            if not len(row):
                break
            rows.append(row)
            edges.append(self._order[np.searchsorted(self._keys, last.astype(np.int64) * self.size + place)])
            place = last
        if not rows:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.concatenate(rows), np.concatenate(edges)
