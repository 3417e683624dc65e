"""Traffic against Wardrop's conditions by networkx, closed forms, and finite differences."""

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.traffic import (
    Assignment,
    Demand,
    Roads,
    Traffic,
    equilibrium_response,
    optimum_response,
    purified,
)

GAP = 1e-10


def demand(*trips: tuple[int, int, float]) -> Demand:
    origin, destination, volume = zip(*trips, strict=True)
    return Demand(origin=np.array(origin), destination=np.array(destination), volume=np.array(volume))


def braess(*, middle: bool = True) -> tuple[Traffic, Roads]:
    """Braess (1968), as tabled by Sheffi (1985): times 10 x, 50 + x, 50 + x, 10 + x, 10 x, and six trips."""
    edges = np.array([[0, 0, 2, 2, 3], [2, 3, 1, 3, 1]])
    roads = Roads(
        free=np.array([1e-8, 50, 50, 10, 1e-8]),
        factor=np.array([1e9, 0.02, 0.02, 0.1, 1e9]),
        power=np.ones(5),
        capacity=np.array([1.0, 1, 1, float(middle), 1]),
    )
    return Traffic(edges, nodes=4, through=np.ones(4, bool), demand=demand((0, 1, 6.0))), roads


def grid(side: int = 5, seed: int = 0) -> tuple[Traffic, Roads]:
    """A grid of roads there and back, and trips between all nodes."""
    generator = np.random.default_rng(seed)
    edges = np.array(list(nx.grid_2d_graph(side, side).to_directed().edges)).reshape(-1, 4)
    ends = np.array([edges[:, 0] * side + edges[:, 1], edges[:, 2] * side + edges[:, 3]])
    count, nodes = ends.shape[1], side**2
    origin, destination = (each[~np.eye(nodes, dtype=bool)] for each in np.indices((nodes, nodes)))
    roads = Roads(
        free=generator.uniform(1, 3, count),
        factor=np.full(count, 0.15),
        power=generator.choice([1.0, 2.5, 4.0], count),
        capacity=generator.uniform(20, 60, count),
    )
    trips = Demand(origin=origin, destination=destination, volume=generator.uniform(0, 2, len(origin)))
    return Traffic(ends, nodes=nodes, through=np.ones(nodes, bool), demand=trips), roads


def assigned(traffic: Traffic, roads: Roads) -> Assignment:
    return purified(traffic, traffic.assign(roads, gap=GAP))


def total(found: Assignment, roads: Roads) -> float:
    return float(found.flow @ roads.times(found.flow))


def test_a_new_road_makes_all_trips_longer() -> None:
    traffic, roads = braess()
    _, without = braess(middle=False)
    assert total(assigned(traffic, roads), roads) == pytest.approx(6 * 92, abs=1e-6)
    assert total(assigned(traffic, without), without) == pytest.approx(6 * 83, abs=1e-6)
    assert total(assigned(traffic, roads.marginal), roads) == pytest.approx(6 * 83, abs=1e-6)


@pytest.mark.parametrize("optimal", [False, True])
def test_no_trip_has_a_faster_route(optimal: bool) -> None:
    """The flows carry the trips, and all of these together take as long as by networkx's shortest routes."""
    traffic, roads = grid()
    seen = roads.marginal if optimal else roads
    found = assigned(traffic, seen)
    tail, head = traffic.map.tail, traffic.map.head
    trips = traffic.demand
    net = np.bincount(head, found.flow, minlength=25) - np.bincount(tail, found.flow, minlength=25)
    wanted = np.bincount(trips.destination, trips.volume, minlength=25)
    np.testing.assert_allclose(net, wanted - np.bincount(trips.origin, trips.volume, minlength=25), atol=1e-9)
    graph = nx.DiGraph()
    # BPR's formula, and its marginal cost, written out once more.
    load = found.flow / roads.capacity
    times = roads.free * (1 + 0.15 * ((roads.power + 1) if optimal else 1) * load**roads.power)
    graph.add_weighted_edges_from(zip(tail.tolist(), head.tolist(), times.tolist(), strict=True))
    least = dict(nx.all_pairs_dijkstra_path_length(graph))
    shortest = sum(
        v * least[o][d] for o, d, v in zip(trips.origin, trips.destination, trips.volume, strict=True)
    )
    assert float(found.flow @ times) == pytest.approx(shortest, rel=1e-12)


def test_a_closer_start_ends_at_the_same_traffic() -> None:
    traffic, roads = grid(side=3)
    first = assigned(traffic, roads)
    other = roads.with_capacity(roads.capacity * np.linspace(0.8, 1.3, len(roads.capacity)))
    warm = purified(traffic, traffic.assign(other, first.routes, gap=GAP))
    assert total(warm, other) == pytest.approx(total(assigned(traffic, other), other), rel=1e-13)


def test_a_route_that_is_about_to_come_into_use() -> None:
    """One trip, roads of times 1 + x^4 and 2: both are as fast at x = 1, where the second gets nothing."""
    edges = np.array([[0, 0, 2], [1, 2, 1]])
    traffic = Traffic(edges, nodes=3, through=np.ones(3, bool), demand=demand((0, 1, 1.0)))
    roads = Roads(free=np.ones(3), factor=np.array([1.0, 0, 0]), power=np.full(3, 4.0), capacity=np.ones(3))
    found = equilibrium_response(traffic, assigned(traffic, roads))
    assert found.time == pytest.approx(2.0, abs=1e-12)
    assert found.error < 1e-9


def test_zones_are_not_passed_through() -> None:
    """The short way from 0 to 2 leads over 1, where trips only begin and end."""
    edges = np.array([[0, 1, 0, 3], [1, 2, 3, 2]])
    trips = demand((0, 2, 1.0), (0, 1, 1.0), (1, 2, 1.0))
    roads = Roads(free=np.array([1.0, 1, 5, 5]), factor=np.zeros(4), power=np.zeros(4), capacity=np.ones(4))
    for passed, flow in ((True, [2, 2, 0, 0]), (False, [1, 1, 1, 1])):
        through = np.array([True, passed, True, True])
        found = Traffic(edges, nodes=4, through=through, demand=trips).assign(roads, gap=GAP)
        np.testing.assert_allclose(found.flow, flow, atol=1e-9)


@pytest.mark.parametrize("optimal", [False, True])
def test_slopes_are_those_of_finite_differences(optimal: bool) -> None:
    traffic, roads = grid(side=3)

    def time(capacity: np.ndarray) -> float:
        now = roads.with_capacity(capacity)
        return total(assigned(traffic, now.marginal if optimal else now), now)

    found = assigned(traffic, roads.marginal if optimal else roads)
    response = optimum_response(traffic, found, roads)[0] if optimal else equilibrium_response(traffic, found)
    for edge in np.argsort(response.slope)[[0, 1, 5]]:
        step = np.zeros(len(roads.capacity))
        step[edge] = 1e-4 * roads.capacity[edge]
        difference = (time(roads.capacity + step) - time(roads.capacity - step)) / (2 * step[edge])
        assert response.slope[edge] == pytest.approx(difference, rel=1e-6)


@pytest.mark.parametrize("optimal", [False, True])
def test_slopes_of_closed_roads_are_those_of_opening_them(optimal: bool) -> None:
    traffic, roads = grid(side=3)
    capacity = roads.capacity / 20
    capacity[4] = 0.0
    times, slopes = [], []
    for opened in (0.0, 1e-5):
        capacity[4] = opened
        now = roads.with_capacity(capacity.copy())
        found = assigned(traffic, now.marginal if optimal else now)
        response = (
            optimum_response(traffic, found, now)[0] if optimal else equilibrium_response(traffic, found)
        )
        times.append(response.time)
        slopes.append(response.slope[4])
    assert slopes[0] != 0
    assert slopes[0] == pytest.approx((times[1] - times[0]) / 1e-5, rel=1e-3)  # of the order of the opening


def test_prices_bound_the_optimum_on_all_capacities() -> None:
    """Even prices of traffic that is not the optimum at all."""
    traffic, roads = grid(side=3)
    generator = np.random.default_rng(1)
    others = [
        roads.with_capacity(roads.capacity * generator.lognormal(size=len(roads.free))) for _ in range(6)
    ]
    optima = [total(assigned(traffic, other.marginal), other) for other in others]
    for gap in (1e-1, 1e-3, 1e-10):
        rough = traffic.assign(roads.marginal, gap=gap)
        response, offset = optimum_response(traffic, rough, roads)
        for other, optimum in zip(others, optima, strict=True):
            assert offset + float(response.slope @ other.capacity) <= optimum * (1 + 1e-12)
    assert offset + float(response.slope @ roads.capacity) == pytest.approx(response.time, rel=1e-9)


def test_a_trip_without_a_way() -> None:
    traffic, roads = braess()
    with pytest.raises(NumericalError, match="no open route leads from node 0 to node 1"):
        traffic.assign(roads.with_capacity(np.zeros(5)), gap=GAP)
