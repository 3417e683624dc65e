"""Roads and trips of a problem, and the traffic on networks of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.numerics.traffic import (
    Assignment,
    Demand,
    Response,
    Roads,
    Routes,
    Traffic,
    equilibrium_response,
    optimum_response,
    purified,
)
from gradnet_cli.problem import Problem

NEAR = 1e-8  # gap from which Newton steps lead to the equilibrium


@dataclass(frozen=True, eq=False, kw_only=True)
class RoadSystem:
    """What is known before any capacity is.

    Attributes:
        problem: whose edges the roads are
        roads: of its edges, without capacity; undirected edges once
        demand: the trips
        through: (N,) bool, which nodes may be passed through
    """

    problem: Problem
    roads: Roads
    demand: Demand
    through: np.ndarray

    def traffic(self, edge_index: np.ndarray) -> Traffic:
        """The trips on these edges; of undirected ones those back come after those there."""
        ends = edge_index if self.problem.directed else np.concatenate([edge_index, edge_index[::-1]], axis=1)
        return Traffic(ends, nodes=self.problem.nodes, through=self.through, demand=self.demand)

    def both(self, values: np.ndarray) -> np.ndarray:
        """Values (E,) of edges as those of roads: twice where edges are undirected."""
        return values if self.problem.directed else np.tile(values, 2)

    def each(self, values: np.ndarray) -> np.ndarray:
        """Values of roads summed up for each edge (E,)."""
        return values if self.problem.directed else values.reshape(2, -1).sum(axis=0)

    def stranded(self, usable: np.ndarray) -> tuple[int, int] | None:
        """A trip that has no way on these edges, bool (E,), or None."""
        traffic = self.traffic(self.problem.edge_index)
        length = np.where(usable | self.roads.constant, self.roads.free, np.inf)
        lost = np.isinf(traffic.map.distances(traffic.map.trees(self.both(length))))
        if not lost.any():
            return None
        pair = int(np.argmax(lost))
        return int(self.demand.origin[pair]), int(self.demand.destination[pair])


class RoadTraffic:
    """Traffic on networks of the same edges; each assignment begins with the routes of the last.

    Args:
        system: roads and trips
        topology: where the edges lie, those of the problem in any order
    """

    def __init__(self, system: RoadSystem, topology: Topology) -> None:
        self._system = system
        self._traffic = system.traffic(topology.array)
        self.place = edge_places(system.problem.edge_index, topology.array, nodes=topology.nodes)
        roads = system.roads
        self._roads = Roads(
            free=system.both(roads.free[self.place]),
            factor=system.both(roads.factor[self.place]),
            power=system.both(roads.power[self.place]),
            capacity=system.both(roads.capacity[self.place]),
        )
        self._routes: dict[str, Routes] = {}

    @property
    def memory(self) -> dict[str, Any]:
        """The routes, as arrays."""
        return {
            name: {
                "begin": routes.roads.indptr,
                "roads": routes.roads.indices,
                "pair": routes.pair,
                "flow": routes.flow,
            }
            for name, routes in self._routes.items()
        }

    @memory.setter
    def memory(self, memory: dict[str, Any]) -> None:
        self._routes = {}
        for name, kept in memory.items():
            roads, begin, pair, flow = (np.asarray(kept[key]) for key in ("roads", "begin", "pair", "flow"))
            matrix = sp.csr_array(
                (np.ones(len(roads)), roads, begin), shape=(len(pair), len(self._roads.free))
            )
            self._routes[name] = Routes(roads=matrix, pair=pair, flow=flow)

    def assign(self, capacity: np.ndarray, *, optimal: bool, gap: float) -> Assignment:
        """On capacities (E,): the system optimum, or the user equilibrium, to a relative gap.

        Raises:
            NumericalError: a trip has no open road
        """
        roads = self._roads.with_capacity(self._system.both(capacity))
        name = "optimum" if optimal else "equilibrium"
        seen = roads.marginal if optimal else roads
        routes = self._routes.get(name)
        for near in (max(gap, NEAR), gap):
            found = purified(self._traffic, self._traffic.assign(seen, routes, gap=near))
            routes = found.routes
            if found.gap <= gap:
                break
        self._routes[name] = found.routes
        return found

    def times(self, found: Assignment, capacity: np.ndarray) -> np.ndarray:
        """What roads take in this traffic."""
        return self._roads.with_capacity(self._system.both(capacity)).times(found.flow)

    def respond(self, capacity: np.ndarray, *, optimal: bool, gap: float) -> tuple[Response, float | None]:
        """The time of all trips on capacities (E,), its slopes by these, and the offset of a bound.

        Raises:
            NumericalError: a trip has no open road
        """
        found = self.assign(capacity, optimal=optimal, gap=gap)
        offset = None
        if optimal:
            roads = self._roads.with_capacity(self._system.both(capacity))
            response, offset = optimum_response(self._traffic, found, roads)
        else:
            response = equilibrium_response(self._traffic, found)
        slope = self._system.each(response.slope)
        return Response(time=response.time, error=response.error, slope=slope), offset
