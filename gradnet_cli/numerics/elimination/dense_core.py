"""Whether a graph is eliminated in sparse fronts or as one dense matrix, whichever is less work."""

from __future__ import annotations

import heapq

import numpy as np
from jaxtyping import Int

from gradnet_cli.numerics.elimination.laplacian_fronts import LaplacianFronts
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers.choice import FEW_CYCLES, PLANAR_WIDTH, SMALL_SEPARATOR

SMALL = 200  # nodes up to which one dense matrix is the quickest
SPARSE_DEGREE = 60  # up to which nodes of a probe are eliminated
# In multiplications, measured on one core: inverse and square in fronts, the calls that a front takes, and
# slopes of edges by rows of a dense inverse.
FRONT_COST, CALL_COST, ROW_COST = 6.0, 3.5e6, 8.0
LARGEST_CORE = 8192  # nodes: 512 MiB a matrix
CORE_UP_TO = 0.6  # of the nodes; the inverse of a core of this size and its square take as long as the whole


def sparse_fronts(pattern: LaplacianPattern) -> LaplacianFronts | None:
    """The fronts of a graph, for inverse and square on edges; None where a dense inverse is less work."""
    nodes = pattern.nodes
    if nodes <= SMALL or not thins_out(pattern.edge_index, nodes=nodes):
        return None
    fronts = LaplacianFronts(pattern)
    return fronts if front_work(fronts) < dense_work(pattern) else None


def dense_work(pattern: LaplacianPattern) -> float:
    """Of a dense inverse and the slopes of all edges, in multiplications."""
    nodes = float(pattern.nodes)
    return nodes**3 + ROW_COST * nodes * len(pattern.source)


def front_work(fronts: LaplacianFronts) -> float:
    """Of inverse and square in fronts, in multiplications."""
    work = 0.0
    for front in fronts.elimination.fronts:
        columns, below = float(front.columns), float(len(front.below))
        work += CALL_COST + FRONT_COST * columns * (columns + below) ** 2
    return work


def core_size(edge_index: Int[np.ndarray, "2 edges"], *, nodes: int, degree: int = SPARSE_DEGREE) -> int:
    """Nodes left when those of the least degree are eliminated, one after the other, up to this degree."""
    joined: list[set[int]] = [set() for _ in range(nodes)]
    for one, other in edge_index.T.tolist():
        joined[one].add(other)
        joined[other].add(one)
    waiting = [(len(beside), node) for node, beside in enumerate(joined)]
    heapq.heapify(waiting)
    left = nodes
    gone = [False] * nodes
    while waiting:
        size, node = heapq.heappop(waiting)
        if gone[node] or size != len(joined[node]):
            continue
        if size > degree:
            break
        gone[node] = True
        left -= 1
        beside = joined[node]
        for other in beside:
            now = joined[other]
            now |= beside
            now.discard(node)
            now.discard(other)
            heapq.heappush(waiting, (len(now), other))
        joined[node] = set()
    return left


def thins_out(edge_index: Int[np.ndarray, "2 edges"], *, nodes: int) -> bool:
    """Whether elimination fills little in, as far as a look at the graph can tell."""
    if edge_index.shape[1] - nodes + 1 <= FEW_CYCLES:
        return True
    pattern = LaplacianPattern(edge_index=edge_index, nodes=nodes)
    if pattern.level_width() <= max(SMALL_SEPARATOR, PLANAR_WIDTH * np.sqrt(nodes)):
        return True
    return core_size(edge_index, nodes=nodes) <= min(CORE_UP_TO * nodes, LARGEST_CORE)
