"""How the time of all trips changes with the capacities of roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from gradnet_cli.numerics.traffic.assignment import Assignment, Traffic
from gradnet_cli.numerics.traffic.purification import RANK, used_routes
from gradnet_cli.numerics.traffic.roads import Roads


@dataclass(frozen=True, eq=False, kw_only=True)
class Response:
    """The time of all trips at an equilibrium, and what it changes by.

    Attributes:
        time: sum_e x_e t_e
        error: what it may be off by
        slope: (E,) its derivative by the capacities; of a closed road, towards opening it
    """

    time: float
    error: float
    slope: np.ndarray


def equilibrium_response(traffic: Traffic, found: Assignment) -> Response:
    """Of the user equilibrium, by implicit differentiation on the used routes (Tobin and Friesz 1988).

    With V (n, E) the differences of used routes, which stay equally fast, D = diag(dt/dx) and
    lambda = V'(V D V')^-1 V (t + D x),

        d(x't)/dc = (x - lambda) dt/dc.

    A road that opens with the flow u per capacity, at which it is as fast as the path P around it, takes
    u P' D (x - lambda) from the time of all trips for each unit of capacity.
    """
    roads, flow = found.roads, found.flow
    slopes = roads.slopes(flow)
    moved, lost = _moved(traffic, found, slopes)
    time = float(flow @ found.time)
    slope = -(flow - moved) * roads.relief(flow)
    closed = np.flatnonzero(~roads.open)
    if len(closed):
        slope[closed] = -_opened(traffic, found, closed, slopes * (flow - moved))
    rounding = 16 * float(np.finfo(float).eps) * time
    return Response(time=time, error=abs(float(moved @ found.time)) + lost + rounding, slope=slope)


def optimum_response(traffic: Traffic, found: Assignment, roads: Roads) -> tuple[Response, float]:
    """Of the system optimum, and what a linear function with this slope never exceeds any optimum by.

    At any prices q of passage and any capacities c the optimum is no less than

        sum_k v_k dist_k(q) - sum_e c_e rent_e(q_e),   rent(q) = max_u u (q - t(u)),

    the volumes v times the cheapest routes, less what roads can earn. At the prices t + x t' of the optimum
    it is the optimum.

    Args:
        found: an equilibrium of `roads.marginal`
        roads: with the times themselves

    Returns:
        the response, and the value of that function at capacities of zero
    """
    price = found.time.copy()
    least = found.least
    closed = np.flatnonzero(~roads.open)
    if len(closed):
        price[closed] = np.maximum(roads.free[closed], _around(traffic, found, closed)[0])
        least = traffic.map.distances(traffic.map.trees(price))
    time = float(found.flow @ roads.times(found.flow))
    offset, slope = float(traffic.demand.volume @ least), -roads.rent(price)
    rounding = 64 * float(np.finfo(float).eps) * max(abs(offset), time)
    error = max(0.0, time - offset - float(slope @ roads.capacity)) + rounding
    return Response(time=time, error=error, slope=slope), offset - rounding


def _moved(traffic: Traffic, found: Assignment, slopes: np.ndarray) -> tuple[np.ndarray, float]:
    """lambda (E,), as far as it acts on roads with a slope; and what trips lose on unused routes."""
    routes = found.routes
    taken = routes.roads @ found.time
    excess = np.maximum(taken / found.least[routes.pair] - 1, 0.0)
    used = used_routes(traffic, found)
    lost = float((routes.flow * excess * found.least[routes.pair])[~used].sum())
    kept = routes.kept(used)
    base = kept.largest(kept.flow)
    others = np.flatnonzero(np.arange(len(kept)) != base)
    half = np.sqrt(slopes)
    differences = sp.csr_array(kept.roads[others] - kept.roads[base[others]]).toarray() * half
    size = np.linalg.norm(differences, axis=1)
    differences = differences[size > 0] / size[size > 0, None]
    moved = np.zeros(len(slopes))
    if not len(differences):
        return moved, lost
    spanned, triangle, _ = scipy.linalg.qr(differences.T, mode="economic", pivoting=True, check_finite=False)
    sizes = np.abs(np.diagonal(triangle))
    spanned = spanned[:, : len(sizes)][:, sizes > RANK * sizes[0]]
    projected = spanned @ (spanned.T @ (half * found.flow))
    np.divide(projected, half, out=moved, where=half > 0)
    return moved, lost


def _around(traffic: Traffic, found: Assignment, closed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The longest that it takes to get around closed roads (C,) on shortest routes, and from which origin."""
    distance = found.trees.distance
    with np.errstate(invalid="ignore"):
        around = distance[:, traffic.map.head[closed]] - distance[:, traffic.map.tail[closed]]
    around = np.where(np.isfinite(around), around, -np.inf)
    tree = around.argmax(axis=0)
    return around[tree, np.arange(len(closed))], tree


def _opened(traffic: Traffic, found: Assignment, closed: np.ndarray, saved: np.ndarray) -> np.ndarray:
    """What a unit of capacity of closed roads (C,) takes from the time of all trips.

    Args:
        saved: (E,) D (x - lambda)
    """
    around, tree = _around(traffic, found, closed)
    load = np.zeros(len(traffic.map.head))
    load[closed] = around
    load = found.roads.load_at(load)[closed]
    worth = np.zeros(len(closed))
    useful = np.flatnonzero(load > 0)
    for ends, sign in ((traffic.map.head, 1.0), (traffic.map.tail, -1.0)):
        rows, edges = traffic.map.routes(found.trees, tree[useful], ends[closed[useful]])
        worth[useful] += sign * np.bincount(rows, saved[edges], minlength=len(useful))
    gained: np.ndarray = load * worth
    return gained
