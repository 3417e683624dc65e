"""The cheapest way to carry what some nodes give to those that take it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int
from scipy.optimize import linprog
from scipy.sparse.csgraph import dijkstra


@dataclass(frozen=True, eq=False, kw_only=True)
class Transport:
    """A flow of least price, and what proves it.

    Attributes:
        flow: F (E,) along each edge, from its first node to its second where positive
        potentials: y (N,), abs(y_i - y_j) <= price on every edge, equal where it carries anything
        price: sum of price * abs(F) = <supply, y>
    """

    flow: Float[np.ndarray, " edges"]
    potentials: Float[np.ndarray, " nodes"]
    price: float


def cheapest_transport(
    edge_index: Int[np.ndarray, "2 edges"],
    supply: Float[np.ndarray, " nodes"],
    price: Float[np.ndarray, " edges"],
) -> Transport | None:
    """min sum(price |F|)  s.t.  F routes the supply, on an undirected connected graph; None where it fails.

    With one node that gives, or one that takes, along shortest paths (Dijkstra 1959); otherwise a linear
    program, solved by HiGHS.

    Args:
        edge_index: (2, E), each edge once
        supply: (N,) what enters at each node, with a sum of zero
        price: (E,) > 0 of a unit of flow either way
    """
    gives, takes = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    if len(gives) == 1:
        return _from_one(edge_index, supply, price, root=int(gives[0]))
    if len(takes) == 1:
        back = _from_one(edge_index, -supply, price, root=int(takes[0]))
        return Transport(flow=-back.flow, potentials=-back.potentials, price=back.price)
    return _program(edge_index, supply, price)


def _from_one(edge_index: np.ndarray, supply: np.ndarray, price: np.ndarray, *, root: int) -> Transport:
    nodes = len(supply)
    source, target = edge_index
    graph = sp.coo_array((price, (source, target)), shape=(nodes, nodes)).tocsr()
    distance, before = dijkstra(graph, directed=False, indices=root, return_predecessors=True)
    needed = -supply.astype(np.float64)
    for node in np.argsort(-distance, kind="stable").tolist():
        if node != root:
            needed[before[node]] += needed[node]
    flow = np.where(before[target] == source, needed[target], 0.0)
    flow = np.where(before[source] == target, -needed[source], flow)
    return Transport(flow=flow, potentials=-distance, price=float(-supply @ distance))


def _program(edge_index: np.ndarray, supply: np.ndarray, price: np.ndarray) -> Transport | None:
    nodes, edges = len(supply), edge_index.shape[1]
    ends = np.repeat([1.0, -1.0], edges)
    incidence = sp.coo_array(
        (ends, (edge_index.ravel(), np.tile(np.arange(edges), 2))), shape=(nodes, edges)
    ).tocsr()
    found = linprog(
        np.concatenate([price, price]),
        A_eq=sp.hstack([incidence, -incidence], format="csr"),
        b_eq=supply,
        bounds=(0, None),
        method="highs",
    )
    if found.status != 0:
        return None
    flow = found.x[:edges] - found.x[edges:]
    return Transport(flow=flow, potentials=found.eqlin.marginals, price=float(found.fun))
