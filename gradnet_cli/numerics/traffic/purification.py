"""From traffic near an equilibrium to the equilibrium, on routes that are decided to be used or not."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from gradnet_cli.numerics.traffic.assignment import Assignment, Traffic

ROUNDS = 12
LOST = 1e-3  # gap from which steps lead nowhere
RANK = 1e-10  # of the longest, what is left of a difference of routes that depends on others
EQUAL = 1e-14  # relative: times that differ by rounding


def used_routes(traffic: Traffic, found: Assignment) -> np.ndarray:
    """(R,) bool: whose share of trips is more than the share by which they are slower than the fastest."""
    routes = found.routes
    excess = routes.roads @ found.time / found.least[routes.pair] - 1
    used: np.ndarray = routes.flow / traffic.demand.volume[routes.pair] > np.maximum(excess, EQUAL)
    return used


def purified(traffic: Traffic, found: Assignment) -> Assignment:
    """Traffic whose used routes are equally fast to rounding, as far as that can be had.

    Where a route is about to come into use, its trips and its delay are both of the order of the root of the
    gap. Newton steps on the routes that are used make them equally fast; one whose trips become negative is
    not used after all, and one that becomes faster than the others is.
    """
    used, best = used_routes(traffic, found), found
    for _ in range(ROUNDS):
        flow = _equalised(traffic, found, used)
        if flow is None:
            break
        negative = flow < 0
        kept = found.routes.with_flow(np.where(negative, 0.0, flow))
        carried = np.bincount(kept.pair, kept.flow, minlength=traffic.demand.pairs)
        if not (carried > 0).all():
            break
        kept = kept.with_flow(kept.flow * (traffic.demand.volume / carried)[kept.pair])
        found = traffic.look(kept, found.roads)
        if found.gap < best.gap:
            best = found
        elif found.gap > LOST:
            break
        taken = found.routes.roads @ found.time
        faster = ~used & (taken < found.least[kept.pair] * (1 + EQUAL)) & ~negative
        change = (used & negative) | faster
        if not change.any() and found.gap <= EQUAL:
            break
        used = (used & ~negative) | faster
    return best


def _equalised(traffic: Traffic, found: Assignment, used: np.ndarray) -> np.ndarray | None:
    """Trips (R,) after a Newton step to equal times of the used routes; None where there is nothing to do."""
    routes = found.routes
    flow = np.where(used, routes.flow, 0.0)
    carried = np.bincount(routes.pair, flow, minlength=traffic.demand.pairs)
    if not (carried > 0).all():
        return None
    flow *= (traffic.demand.volume / carried)[routes.pair]
    base = routes.largest(np.where(used, flow, -1.0))
    others = np.flatnonzero(used & (np.arange(len(routes)) != base))
    if not len(others):
        return flow
    load = routes.on_roads(flow)
    half = np.sqrt(found.roads.slopes(load))
    differences = sp.csr_array(routes.roads[others] - routes.roads[base[others]])
    excess = differences @ found.roads.times(load)
    rows = differences.toarray() * half
    size = np.linalg.norm(rows, axis=1)
    some = size > 0
    if not some.any():
        return flow
    others, excess = others[some], excess[some]
    # Of shifts with the same effect on roads those count whose routes have trips to give.
    weight = np.sqrt(flow[others] / traffic.demand.volume[routes.pair[others]])
    scale = np.maximum(weight, RANK) / size[some]
    triangle, order = scipy.linalg.qr(
        (rows[some] * scale[:, None]).T, mode="r", pivoting=True, check_finite=False
    )
    sizes = np.abs(np.diagonal(triangle))
    new = sizes > RANK * np.maximum(weight, RANK)[order[: len(sizes)]]
    rank = len(sizes) if new.all() else int(np.argmin(new))
    independent, upper = order[:rank], triangle[:rank, :rank]
    right = -(excess * scale)[independent]
    right = scipy.linalg.solve_triangular(upper, right, trans="T", check_finite=False)
    step = scipy.linalg.solve_triangular(upper, right, check_finite=False) * scale[independent]
    moved = others[independent]
    flow[moved] += step
    np.subtract.at(flow, base[moved], step)
    return flow
