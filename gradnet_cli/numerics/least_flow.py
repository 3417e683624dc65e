"""Flows that carry what nodes supply to those that demand it, at the least cost: linear programs by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int
from scipy.optimize import linprog

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

    Args:
        supply: sums up to zero
        cost: > 0
        free: >= 0, flow that costs nothing on each edge; none by default
        most: the largest flow on each edge, infinite by default

    Returns:
        None where no flow does it
    """
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
