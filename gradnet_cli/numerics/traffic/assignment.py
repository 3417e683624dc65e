"""Equilibria of traffic on congested roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.traffic.demand import Demand
from gradnet_cli.numerics.traffic.interior import Interior
from gradnet_cli.numerics.traffic.roads import Roads
from gradnet_cli.numerics.traffic.routes import Routes
from gradnet_cli.numerics.traffic.shortest_routes import RoadMap, ShortestTrees

KNOWN = 0.02  # share of what trips lose that routes known may keep before shorter ones are looked for
UNUSED = 1e-9  # share of a pair's trips up to which a route is forgotten
IDLE = 8  # rounds in a row without a smaller gap, after which no smaller one can be expected
ROUGHEST = 1e-6  # gap at which an assignment is one at all
MOST = 2000  # rounds that are certainly enough


@dataclass(frozen=True, eq=False, kw_only=True)
class Assignment:
    """Traffic at which nobody has a faster route.

    Attributes:
        roads: with the times that travellers see
        routes: with the trips on each
        flow: (E,) trips on each road
        time: (E,) of each road
        trees: the shortest routes at these times
        least: (K,) time of the shortest route of each pair
        gap: the time that all trips together lose to the shortest routes, beside the time of all trips
    """

    roads: Roads
    routes: Routes
    flow: np.ndarray
    time: np.ndarray
    trees: ShortestTrees
    least: np.ndarray
    gap: float


class Traffic:
    """Trips on a map of roads.

    Args:
        edge_index: (2, E) directed
        nodes: N
        through: (N,) bool, which nodes may be passed through
        demand: the trips
    """

    def __init__(self, edge_index: np.ndarray, *, nodes: int, through: np.ndarray, demand: Demand) -> None:
        self.demand = demand
        self.map = RoadMap(edge_index, nodes=nodes, through=through, demand=demand)

    def assign(self, roads: Roads, begin: Routes | None = None, *, gap: float) -> Assignment:
        """The user equilibrium: no trip has a faster route than its own (Wardrop 1952).

        It minimises sum_e int_0^x_e t_e over the flows of the demand (Beckmann, McGuire and Winsten 1956).
        Shortest routes are added as long as they are faster than those known, on which trips are brought to
        their equilibrium. With `roads.marginal` it is the system optimum.

        Args:
            roads: the times
            begin: routes to begin with, of the same trips on the same map
            gap: relative, at which it is exact enough; where rounding does not let it be reached, the least

        Raises:
            NumericalError: a trip has no open route, or trips do not come to rest
        """
        routes = self._begun(roads, begin)
        best: Assignment | None = None
        idle = 0
        for _ in range(MOST):
            found, above, total = self._look(routes, roads)
            if best is None or found.gap < best.gap:
                best, idle = found, 0
            else:
                idle += 1
            if found.gap <= gap or (idle >= IDLE and best.gap <= ROUGHEST):
                return best
            if idle >= IDLE:
                break
            routes = self._with_shortest(routes, found)
            lost = max(KNOWN * above, 0.1 * gap * total)
            routes = routes.with_flow(Interior(routes, roads).trips(lost=lost, gap=found.gap))
        reached = np.inf if best is None else best.gap
        raise NumericalError(f"traffic was assigned to a relative gap of {reached:.1g} only")

    def look(self, routes: Routes, roads: Roads) -> Assignment:
        """Trips on routes as an assignment, with the gap that they have."""
        return self._look(routes, roads)[0]

    def _look(self, routes: Routes, roads: Roads) -> tuple[Assignment, float, float]:
        """Routes as an assignment; what their trips lose, and the time of all trips."""
        flow = routes.on_roads(routes.flow)
        time = roads.times(flow)
        trees = self.map.trees(np.where(roads.open, time, np.inf))
        least = self.map.distances(trees)
        if not np.isfinite(least).all():
            pair = int(np.argmin(np.isfinite(least)))
            ends = self.demand.origin[pair], self.demand.destination[pair]
            raise NumericalError(f"no open route leads from node {ends[0]} to node {ends[1]}")
        # By routes: sums over roads would cancel where the gap is small.
        above = float(routes.flow @ np.maximum(routes.roads @ time - least[routes.pair], 0.0))
        total = float(self.demand.volume @ least) + above
        gap = above / total if total > 0 else 0.0
        found = Assignment(
            roads=roads, routes=routes, flow=flow, time=time, trees=trees, least=least, gap=gap
        )
        return found, above, total

    def _begun(self, roads: Roads, begin: Routes | None) -> Routes:
        """Routes that carry all trips on open roads."""
        routes = Routes.none(self.map.edges) if begin is None else begin
        if len(routes):
            used = routes.flow > UNUSED * self.demand.volume[routes.pair]
            routes = routes.kept(used & (routes.roads @ (~roads.open).astype(float) == 0))
        carried = np.bincount(routes.pair, routes.flow, minlength=self.demand.pairs)
        missing = self.demand.volume - carried
        if len(routes) and (missing <= 2 * UNUSED * self.demand.volume).all():
            return routes.with_flow(routes.flow * (self.demand.volume / carried)[routes.pair])
        found, _, _ = self._look(routes, roads)
        routes = self._with_shortest(routes, found)
        time = routes.roads @ found.time
        order = np.lexsort((time, routes.pair))
        first = order[np.searchsorted(routes.pair, np.arange(self.demand.pairs))]
        flow = routes.flow.copy()
        flow[first] += np.maximum(missing, 0.0)
        return routes.with_flow(flow)

    def _with_shortest(self, routes: Routes, found: Assignment) -> Routes:
        """The routes that are taken, and the shortest ones."""
        rows, edges = self.map.routes(found.trees)
        pairs = np.arange(self.demand.pairs)
        shortest = Routes.of(rows, edges, pair=pairs, flow=np.zeros(len(pairs)), roads=self.map.edges)
        return routes.joined(shortest)
