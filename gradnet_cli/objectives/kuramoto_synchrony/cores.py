"""Networks of which a core locks while the other oscillators are left to themselves.

With a budget that locks all oscillators hardly or not at all, r is higher where only those are joined whose
frequencies are cheap to carry: what the others would take holds these closer together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order

from gradnet_cli.numerics.flows.least_flow import least_flow
from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives.kuramoto_synchrony.dissipation import all_pairs, matched, of_flow
from gradnet_cli.problem import Problem

LEAST_CORE = 3
LEAVE = 0.04  # share of the core that leaves at a time, at least one
EDGES = 5000  # of the mask, up to which cores are looked for: each is a linear program
TRIED = 8  # cores whose network is scored
EVEN = 0.02  # of the budget, that their networks spend on all edges alike


@dataclass(frozen=True, eq=False, kw_only=True)
class Core:
    """A network in which some oscillators lock.

    Attributes:
        nodes: (n,) which
        weights: (E,) that spend the budget, zero on edges of other nodes
        promise: r of the core's locked state, the other nodes left out
    """

    nodes: np.ndarray
    weights: np.ndarray
    promise: float


def better_start(
    problem: Problem,
    omega: np.ndarray,
    *,
    whole: np.ndarray | None,
    uniform: np.ndarray,
    judge: Callable[[np.ndarray], tuple[float, float]],
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The best of the networks that training may begin with: weights (E,), and the nodes of its core.

    One that locks is better than any that does not: bounds are for those. Where no core promises more than
    all nodes do, the network that locks all of them is taken unseen.

    Args:
        omega: (N,)
        whole: (E,) the network in which all nodes lock, if there is one
        uniform: (E,)
        judge: whether weights (E,) lock, 1 or 0, and their steady r

    Returns:
        no weights for the uniform ones; no core where all nodes are to lock
    """
    found = cores(problem, omega) if problem.simple and problem.mask.pairs is None else []
    if not found or (whole is not None and len(found[0].nodes) == problem.nodes):
        return whole, None
    tried: list[tuple[np.ndarray, np.ndarray | None]] = [(uniform, None)]
    tried += [] if whole is None else [(whole, None)]
    tried += [((1 - EVEN) * core.weights + EVEN * uniform, core.nodes) for core in found[:TRIED]]
    weights, nodes = max(tried, key=lambda each: judge(each[0]))
    return (None if weights is uniform else weights), nodes


def cores(problem: Problem, omega: np.ndarray) -> list[Core]:
    """Cores of all sizes that may be worth it, the most promising first; none for a large mask.

    Each is carried by its cheapest flow, as least_dissipation has it for all nodes. Then those leave whose
    frequencies cost the most to carry, their excess times their potential, and with them what they cut off.

    Args:
        problem: simple, with listed candidates
        omega: (N,)
    """
    if problem.edges > EDGES and not all_pairs(problem):
        return []
    found: list[Core] = []
    best = 0.0
    inside = np.ones(problem.nodes, dtype=bool)
    while True:
        nodes = _largest_part(problem, inside)
        if len(nodes) < LEAST_CORE or len(nodes) <= best * problem.nodes:
            break  # r of a core is at most 1, and all that follow are smaller
        excess = omega[nodes] - omega[nodes].mean()
        carried = _cheapest(problem, excess, nodes)
        if carried is None:
            break
        flow, potentials = carried
        core = _core(problem, nodes, flow)
        if core is not None:
            found.append(core)
            best = max(best, core.promise)
        leave = max(1, int(LEAVE * len(nodes)))
        inside[:] = False
        inside[nodes[np.argsort(excess * potentials, kind="stable")[:-leave]]] = True
    return sorted(found, key=lambda core: -core.promise)


def _largest_part(problem: Problem, inside: np.ndarray) -> np.ndarray:
    """Of the nodes inside, bool (N,), those of the largest part that edges between them join, ascending."""
    if not inside.any():
        return np.empty(0, dtype=np.int64)
    inner = inside[problem.edge_index].all(axis=0)
    part = components(problem.edge_index[:, inner], nodes=problem.nodes)
    return np.flatnonzero(inside & (part == np.bincount(part[inside]).argmax()))


def _core(problem: Problem, nodes: np.ndarray, flow: np.ndarray) -> Core | None:
    """The core of nodes (n,) that a flow (E,) joins; None where the budget does not lock it."""
    used = np.flatnonzero(flow)
    if not len(used):
        return None
    weights = of_flow(problem, flow)
    sines = flow[used] / weights[used]
    if (np.abs(sines) >= 1).any():
        return None
    phases = _phases(problem.edge_index[:, used], np.arcsin(sines), nodes=problem.nodes)[nodes]
    promise = abs(np.exp(1j * phases).sum()) / problem.nodes
    return Core(nodes=nodes, weights=weights, promise=float(promise))


def _phases(edge_index: np.ndarray, differences: np.ndarray, *, nodes: int) -> np.ndarray:
    """Phases (N,) that differ by so much along the edges of a forest (2, M), each tree about zero.

    Of an edge that closes a cycle nothing is asked: a cheapest flow has none but by degeneracy.
    """
    both = np.concatenate([edge_index, edge_index[::-1]], axis=1)
    along = sp.csr_array((np.concatenate([differences, -differences]), both), shape=(nodes, nodes))
    pattern = sp.csr_array((np.ones(both.shape[1]), both), shape=(nodes, nodes))
    part = components(edge_index, nodes=nodes)
    phases = np.zeros(nodes)
    for root in np.unique(part[edge_index], return_index=True)[1]:
        first = edge_index.ravel()[root]
        tree, before = breadth_first_order(pattern, first, directed=False)
        for node in tree[1:]:
            phases[node] = phases[before[node]] - along[before[node], node]
        phases[tree] -= phases[tree].mean()
    return phases


def _cheapest(
    problem: Problem, excess: np.ndarray, nodes: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The cheapest flow (E,) between nodes (n,) that routes excess (n,), and the potentials (n,) of these."""
    if all_pairs(problem):
        return matched(problem, excess, nodes), np.sign(excess)
    number = np.full(problem.nodes, -1)
    number[nodes] = np.arange(len(nodes))
    ends = number[problem.edge_index]
    inner = np.flatnonzero((ends >= 0).all(axis=0))
    found = least_flow(ends[:, inner], excess, np.sqrt(problem.cost[inner]))
    if found is None:
        return None
    flow = np.zeros(problem.edges)
    flow[inner] = found.flow
    return flow, found.potentials
