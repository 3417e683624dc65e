"""The best phase-locked network of oscillators that carries given flows."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from jaxtyping import Float, Int
from scipy.optimize import brentq

STEPS = 60  # of Newton's method at one price
BACKTRACKS = 40
RESTING = 1e-10  # step of the phases [radians]
SPENT = 1e-9  # relative, of the budget
FACTOR, HIGHEST = 1.0, 50.0  # of the search for the price, in logarithms
LEAST_COSINE = 1e-3


def carrying_phases(
    edge_index: Int[np.ndarray, "2 edges"],
    flow: Float[np.ndarray, " edges"],
    cost: Float[np.ndarray, " edges"],
    *,
    budget: float,
    nodes: int,
) -> Float[np.ndarray, " nodes"] | None:
    """Phases theta (N,) that maximise sum cos(theta_i) among networks within the budget with these flows.

    An edge carries F_e = w_e sin(theta_i - theta_j). For given F every theta with 0 < Delta_e < pi along the
    flows is a locked state, of the network w_e = F_e / sin(Delta_e), and of these

        max sum_i cos(theta_i)  s.t.  sum_e cost_e abs(F_e) / sin(Delta_e) <= K

    is a concave program within half a circle, since 1/sin is convex on (0, pi). It is solved by Newton's
    method at a price of the budget, and the price is sought at which K is spent. The matrix is diagonal plus
    a Laplacian of the edges that carry something; if these are a forest, its factors are as sparse.

    Args:
        flow: F; edges where it is zero have no weight
        cost: > 0
        budget: K

    Returns:
        None where K does not exceed what the flows need in any network, sum(cost * abs(F)), or nothing flows
    """
    carries = flow != 0
    if not carries.any():
        return None
    forward = flow[carries] > 0
    source, target = edge_index[:, carries]
    source, target = np.where(forward, source, target), np.where(forward, target, source)
    paid = cost[carries] * np.abs(flow[carries])
    if budget <= float(paid.sum()):
        return None
    every = np.arange(len(paid))
    ends, signs = (np.concatenate([every, every]), np.concatenate([source, target])), [1.0, -1.0]
    along = sp.csr_array((np.repeat(signs, len(paid)), ends), shape=(len(paid), nodes))
    fullest = float(np.arcsin(paid.sum() / budget))  # one difference along all edges spends the budget
    phases = _potentials(along, np.full(len(paid), fullest))
    first = float(np.sin(fullest) ** 2 / max(np.cos(fullest), LEAST_COSINE))

    def overspent(logarithm: float) -> float:
        nonlocal phases
        phases = _at_price(along, paid, float(np.exp(logarithm)), phases)
        excess = float(np.log((paid / np.sin(along @ phases)).sum() / budget))
        return excess if abs(excess) > SPENT else 0.0

    low = high = float(np.log(first))
    while overspent(low) < 0:
        low -= FACTOR
    while overspent(high) > 0 and high < low + HIGHEST:
        high += FACTOR
    if low < high and overspent(high) < 0:
        brentq(overspent, low, high, xtol=1e-12)
    return phases


def carrying_weights(
    edge_index: Int[np.ndarray, "2 edges"],
    flow: Float[np.ndarray, " edges"],
    phases: Float[np.ndarray, " nodes"],
) -> Float[np.ndarray, " edges"]:
    """w_e = F_e / sin(theta_i - theta_j), 0 where nothing flows."""
    differences = phases[edge_index[0]] - phases[edge_index[1]]
    weights: np.ndarray = np.divide(flow, np.sin(differences), out=np.zeros(len(flow)), where=flow != 0)
    return weights


def _potentials(along: sp.csr_array, differences: np.ndarray) -> np.ndarray:
    """Phases (N,) with about these differences, of mean zero in every part."""
    nodes = along.shape[1]
    normal = (along.T @ along + 1e-9 * sp.eye_array(nodes)).tocsc()
    found: np.ndarray = sla.splu(normal).solve(along.T @ differences)
    return found


def _at_price(along: sp.csr_array, paid: np.ndarray, price: float, phases: np.ndarray) -> np.ndarray:
    """Minimise -sum cos(theta) + price sum paid / sin(Delta) by damped Newton steps."""

    def value(theta: np.ndarray) -> float:
        differences = along @ theta
        if differences.min() <= 0 or differences.max() >= np.pi or np.abs(theta).max() >= np.pi / 2:
            return np.inf
        return float(price * (paid / np.sin(differences)).sum() - np.cos(theta).sum())

    now = value(phases)
    for _ in range(STEPS):
        differences = along @ phases
        sine, cosine = np.sin(differences), np.cos(differences)
        slope = np.sin(phases) - price * (along.T @ (paid * cosine / sine**2))
        bend = price * paid * (1 + cosine**2) / sine**3
        matrix = (sp.diags_array(np.cos(phases)) + along.T @ sp.diags_array(bend) @ along).tocsc()
        step = -sla.splu(matrix).solve(slope)
        size = 1.0
        for _ in range(BACKTRACKS):
            there = value(phases + size * step)
            if there <= now + 1e-4 * size * float(slope @ step):
                break
            size /= 2
        else:
            return phases
        phases, now = phases + size * step, there
        if float(np.abs(size * step).max()) <= RESTING:
            return phases
    return phases
