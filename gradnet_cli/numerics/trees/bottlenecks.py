"""Best paths, where a path is worth its weakest edge: all of them lie on a maximum spanning tree."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from gradnet_cli.numerics.graphs import minimum_spanning_tree

# Prim's method looks at all N^2 pairs, Kruskal's sorts the E edges of one sample after the other.
MATRIX_NODES = 1500
MATRIX_SHARE = 0.1
MATRIX_NUMBERS = 4 * 10**6  # in the matrices of the samples that are looked at together: 32 MB


def bottleneck_edges(
    weights: Float[np.ndarray, "samples edges"], *, edge_index: Int[np.ndarray, "2 edges"], nodes: int
) -> tuple[Int[np.ndarray, "samples {nodes}-1"], Int[np.ndarray, "samples {nodes}-1"]]:
    """Which edge is the weakest on how many best paths, for a batch of undirected weights (S, E).

    The best path between two nodes is the one whose weakest edge is heaviest (Hu 1961); its weakest edge is
    that of the path on any maximum spanning tree. Joining the tree's edges from the heaviest to the lightest,
    an edge that unites parts of a and b nodes is the weakest for exactly a b pairs.

    Args:
        weights: (S, E)
        edge_index: (2, E)
        nodes: N

    Returns:
        edges (S, N-1), places in edge_index, and how many pairs each is the weakest of, (S, N-1). Pairs that
        no path joins are counted nowhere: such an entry has count 0
    """
    if nodes <= MATRIX_NODES and edge_index.shape[1] >= MATRIX_SHARE * nodes * (nodes - 1) / 2:
        together = max(1, MATRIX_NUMBERS // nodes**2)
        parts = [
            _prim(weights[first : first + together], edge_index, nodes)
            for first in range(0, len(weights), together)
        ]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    rows = [_kruskal(row, edge_index, nodes) for row in weights]
    return np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows])


def _prim(weights: np.ndarray, edge_index: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Prim's method on all samples at once.

    In the order in which it reaches the nodes, the weakest edge between the i-th and the j-th, i < j, is the
    lightest of those by which the nodes i+1 .. j were reached. So the counts are those of the minima of all
    intervals of a sequence.
    """
    samples, every = len(weights), np.arange(len(weights))
    matrix = np.full((samples, nodes, nodes), -1.0)
    matrix[:, edge_index[0], edge_index[1]] = weights
    matrix[:, edge_index[1], edge_index[0]] = weights
    place = np.zeros((nodes, nodes), dtype=np.int64)
    place[edge_index[0], edge_index[1]] = place[edge_index[1], edge_index[0]] = np.arange(edge_index.shape[1])

    offset = np.zeros((samples, nodes))  # -inf puts a node that has been reached out of the race
    offset[:, 0] = -np.inf
    best = matrix[:, 0].copy()
    origin = np.zeros((samples, nodes), dtype=np.int64)
    reached_by = np.empty((samples, nodes - 1))
    edges = np.empty((samples, nodes - 1), dtype=np.int64)
    for k in range(nodes - 1):
        node = (best + offset).argmax(axis=1)
        reached_by[:, k] = best[every, node]
        edges[:, k] = place[origin[every, node], node]
        offset[every, node] = -np.inf
        row = matrix[every, node]
        better = row > best
        np.copyto(best, row, where=better)
        np.copyto(origin, node[:, None], where=better)
    joined = reached_by >= 0
    edges[~joined] = 0
    return edges, np.where(joined, _interval_minima(reached_by), 0)


def _interval_minima(sequences: np.ndarray) -> np.ndarray:
    """Of how many intervals each entry of sequences (S, n) is the minimum; of equals, the last counts."""
    place = np.arange(sequences.shape[1], dtype=np.int32)
    this, other = sequences[:, :, None], sequences[:, None, :]
    before = np.where((other < this) & (place < place[:, None]), place, -1).max(axis=2)
    after = np.where((other <= this) & (place > place[:, None]), place, len(place)).min(axis=2)
    count: np.ndarray = (place - before).astype(np.int64) * (after - place)
    return count


def _kruskal(weights: np.ndarray, edge_index: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    chosen = minimum_spanning_tree(edge_index, -weights, nodes=nodes)  # the heaviest edges first
    edges, count = np.zeros(nodes - 1, dtype=np.int64), np.zeros(nodes - 1, dtype=np.int64)
    edges[: len(chosen)] = chosen
    count[: len(chosen)] = _pairs_joined(edge_index[:, chosen], nodes)
    return edges, count


def _pairs_joined(edge_index: np.ndarray, nodes: int) -> list[int]:
    """How many pairs each edge of a forest is the first to join, taking them one after the other."""
    parent, size = list(range(nodes)), [1] * nodes
    joined = []
    for i, j in zip(*edge_index.tolist(), strict=True):
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        while parent[j] != j:
            parent[j] = j = parent[parent[j]]
        if size[i] < size[j]:
            i, j = j, i
        joined.append(size[i] * size[j])
        parent[j] = i
        size[i] += size[j]
    return joined
