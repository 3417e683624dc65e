"""Flows that carry what nodes supply to those that demand it, at the least cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int
from scipy.optimize import linprog
from scipy.sparse.csgraph import dijkstra

BY_INTERIOR_POINTS = 20_000  # edges, from which they are faster than the simplex method on sparse graphs
DENSE = 20  # edges a node, from which they are not


@dataclass(frozen=True, kw_only=True)
class LeastFlow:
    """A flow of least cost, and the prices that prove it.

    Attributes:
        flow: (E,) along each edge from its source to its target, negative against it
        potentials: (N,) y; where flow is not limited, y_i - y_j is within the cost of every edge, and
            <y, supply> is the least cost
        cost: sum(cost * abs(flow)), of what is paid for
    """

    flow: Float[np.ndarray, " edges"]
    potentials: Float[np.ndarray, " nodes"]
    cost: float


def least_flow(
    edge_index: Int[np.ndarray, "2 edges"],
    supply: Float[np.ndarray, " nodes"],
    cost: Float[np.ndarray, " edges"],
    *,
    free: Float[np.ndarray, " edges"] | None = None,
    most: Float[np.ndarray, " edges"] | None = None,
) -> LeastFlow | None:
    """min sum_e cost_e max(|F_e| - free_e, 0)  s.t.  what leaves node i exceeds what arrives by supply_i.

    By shortest paths (Dijkstra 1959) where one node supplies all others, or demands of them, and nothing is
    limited or free; otherwise a linear program, by HiGHS.

    Args:
        supply: sums up to zero
        cost: > 0
        free: >= 0, flow that costs nothing on each edge; none by default
        most: the largest flow on each edge, infinite by default

    Returns:
        None where no flow does it
    """
    gives, takes = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    if free is None and most is None and min(len(gives), len(takes)) == 1:
        sign = 1.0 if len(gives) == 1 else -1.0
        root = int(gives[0] if len(gives) == 1 else takes[0])
        return _along_shortest_paths(edge_index, sign * supply, cost, root=root, sign=sign)
    edges, nodes = edge_index.shape[1], len(supply)
    every = np.arange(edges)
    ends = (np.concatenate(list(edge_index)), np.concatenate([every, every]))
    leaving = sp.csr_array((np.repeat([1.0, -1.0], edges), ends), shape=(nodes, edges))
    most = np.full(edges, np.inf) if most is None else most
    parts, prices, limits = [leaving, -leaving], [cost, cost], [most, most]
    if free is not None and free.any():
        paid = most - np.minimum(free, most)
        parts, prices = [*parts, leaving, -leaving], [0 * cost, 0 * cost, cost, cost]
        limits = [np.minimum(free, most)] * 2 + [paid] * 2
    many = edges > BY_INTERIOR_POINTS and edges < DENSE * nodes
    found = linprog(
        np.concatenate(prices),
        A_eq=sp.hstack(parts, format="csc"),
        b_eq=supply,
        bounds=np.stack([np.zeros(len(parts) * edges), np.concatenate(limits)], axis=1),
        method="highs-ipm" if many else "highs",
    )
    if found.status != 0:
        return None
    along = found.x.reshape(len(parts), edges)
    return LeastFlow(
        flow=(along[::2] - along[1::2]).sum(axis=0),
        potentials=np.asarray(found.eqlin.marginals),
        cost=float(found.fun),
    )


def _along_shortest_paths(
    edge_index: np.ndarray, supply: np.ndarray, cost: np.ndarray, *, root: int, sign: float
) -> LeastFlow | None:
    """Flow out of the root, times a sign: what each node demands comes along its shortest path."""
    nodes = len(supply)
    source, target = edge_index
    ends = tuple(edge_index.astype(np.int32))  # SciPy before 1.17.1 takes no others here
    graph = sp.coo_array((cost, ends), shape=(nodes, nodes)).tocsr()
    distance, before = dijkstra(graph, directed=False, indices=root, return_predecessors=True)
    needed = -supply.astype(np.float64)
    if np.isinf(distance[needed > 0]).any():
        return None
    distance[np.isinf(distance)] = 0.0
    for node in np.argsort(-distance, kind="stable").tolist():
        if node != root and before[node] >= 0:
            needed[before[node]] += needed[node]
    flow = np.where(before[target] == source, needed[target], 0.0)
    flow = np.where(before[source] == target, -needed[source], flow)
    return LeastFlow(flow=sign * flow, potentials=-sign * distance, cost=float(-supply @ distance))
