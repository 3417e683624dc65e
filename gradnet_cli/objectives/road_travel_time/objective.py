"""The time that trips take on congested roads."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation, Optimum
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.objectives.road_travel_time.network import roads_of, through_of
from gradnet_cli.objectives.road_travel_time.system import RoadSystem, RoadTraffic
from gradnet_cli.objectives.road_travel_time.trips import random_trips, read_trips
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.problem.files.weights import node_names
from gradnet_cli.problem.limits import numbers_of
from gradnet_cli.settings.values import choice, integer, number, optional

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

log = logging.getLogger(__name__)

ASSIGNMENTS = ("user_equilibrium", "system_optimum")
LARGEST_GAP = 1e-4
ALIKE = 1e-12  # relative: roads of one kind


class RoadTravelTime(Objective):
    """Minimise T = sum_e x_e t_e(x_e), the time of all trips, over capacities c of roads, the weights.

    A road takes t(x) = t0 (1 + b (x / c)^p) at the flow x (Bureau of Public Roads 1964). Trips are those of a
    table, and go either each by the fastest route, the user equilibrium, or all together in the least time,
    the system optimum. An undirected edge is two roads of its weight. Then the investment sum_e d_e |y_e|^k
    is added, of changes y.

    At the optimum T is convex in the capacities and falls with each: x^(p+1) / c^p is jointly convex, and
    prices of passage prove a bound (numerics.traffic.response). At the equilibrium it is neither: a new road
    may make all trips longer (Braess 1968), and gradients, by implicit differentiation on the used routes
    (Tobin and Friesz 1988), jump where other routes come into use. What bounds it is the optimum,
    `relaxation`: the gap then contains the price of anarchy.

    Args:
        assignment: user_equilibrium or system_optimum
        trips: their file; None draws volumes from [0, 2 volume)
        pairs: of nodes with random trips, >= 1; None for every two nodes
        volume: mean of these, > 0
        free_flow_time, b, power: t0, b and p: numbers, columns of the edges, or auto
        investment: d: a number >= 0, a column of the edges, or a multiple of one; None for none
        investment_power: k >= 1
        gap: relative, to which traffic is assigned
        seed: of random volumes

    Metrics: with an investment travel_time, and investment. Of the final network price_of_anarchy, the time
    at the equilibrium beside that at the optimum, and most_loaded, the largest flow per capacity.
    """

    sense = "minimize"

    def __init__(
        self,
        *,
        assignment: str,
        trips: str | None,
        pairs: int | None,
        volume: float,
        free_flow_time: float | str,
        b: float | str,
        power: float | str,
        investment: float | str | None,
        investment_power: float,
        gap: float,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self._given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        self.assignment = choice(setting="objective.assignment", value=assignment, choices=ASSIGNMENTS)
        self.trips = trips
        self.pairs = optional(integer, setting="objective.pairs", value=pairs, minimum=1)
        self.volume = number(setting="objective.volume", value=volume, above=0)
        self.asked = {"free_flow_time": free_flow_time, "b": b, "power": power}
        self.investment = investment
        self.investment_power = number(
            setting="objective.investment_power", value=investment_power, minimum=1
        )
        self.gap = number(setting="objective.gap", value=gap, above=0, maximum=LARGEST_GAP)
        self.seed = seed
        self.optimal = assignment == "system_optimum"
        self.concave = self.smooth = self.optimal
        self.monotone = "decreasing" if self.optimal and investment is None else None
        self.quantity = "time of all trips" if investment is None else "time of all trips and investment"
        self.requires = ("nonnegative", "budget")
        self._system: RoadSystem | None = None
        self._price = np.zeros(0)
        self._traffic = WarmStart(self._begin)

    def get_extra_state(self) -> dict[str, Any]:
        """The routes that the next assignment begins with."""
        return {"routes": self._traffic.memory}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Begin with these."""
        self._traffic.memory = state["routes"]

    def prepare(self, problem: Problem) -> None:
        """Read roads and trips.

        Raises:
            SettingError: a file or a column that cannot be used, or a trip without a road to go on
        """
        roads = roads_of(problem, self.asked)
        if self.trips is None:
            demand = random_trips(nodes=problem.nodes, pairs=self.pairs, mean=self.volume, seed=self.seed)
        else:
            demand = read_trips(setting="objective.trips", path=self.trips, names=node_names(problem.mask))
        self._system = RoadSystem(problem=problem, roads=roads, demand=demand, through=through_of(problem))
        self._price = self._prices(problem)
        self._traffic.memory = None
        lost = self._system.stranded(problem.base + problem.upper > 0)
        if lost is not None:
            origin, destination = (node_names(problem.mask)[end] for end in lost)
            allowed = f"leads no way from node {origin} to node {destination}, and trips go there"
            raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)
        log.info("%d pairs of nodes with %.6g trips", demand.pairs, demand.volume.sum())

    def _prices(self, problem: Problem) -> np.ndarray:
        """(E,) d."""
        zeros, columns = np.zeros(problem.edges), problem.mask.edge_data
        price = numbers_of("objective.investment", self.investment, columns, zeros, what="edges")
        if not (price >= 0).all():
            edge = int(np.argmin(price >= 0))
            allowed = f"is {price[edge]:g} for the road {problem.mask.pair(edge)} and must be >= 0"
            raise SettingError(setting="objective.investment", value=self.investment, allowed=allowed)
        return price

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score capacities (E,)."""
        capacity = _array(network.weights)
        traffic = self._traffic.on(network.topology)
        try:
            response, offset = traffic.respond(capacity, optimal=self.optimal, gap=self.gap)
        except NumericalError as error:
            log.info("%s", error)
            nothing = np.zeros(len(capacity))
            return Evaluation(score=with_gradient(network.weights, value=np.inf, slope=nothing))
        if self.investment is None:
            score = with_gradient(network.weights, value=response.time, slope=response.slope)
            return Evaluation(score=score, error=response.error, offset=offset)
        change = capacity - prepared(self._system).problem.base[traffic.place]
        price, power = self._price[traffic.place], self.investment_power
        paid = float(price @ np.abs(change) ** power)
        slope = price * power * np.sign(change) * np.abs(change) ** (power - 1)
        score = with_gradient(network.weights, value=response.time + paid, slope=response.slope + slope)
        return Evaluation(
            score=score,
            metrics={"travel_time": response.time, "investment": paid},
            error=response.error,
            offset=None if offset is None else offset + paid - float(slope @ capacity),
        )

    def tangents(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """That of the optimum, by its prices; at the equilibrium the gradient, which proves nothing."""
        weights = network.weights.detach().requires_grad_()
        with torch.enable_grad():
            evaluation = self.judge(network.with_weights(weights), 0)
            (slope,) = torch.autograd.grad(evaluation.score, weights)
        slopes, score = _array(slope), float(evaluation.score.detach())
        touching = score - float(slopes @ _array(weights))
        offset = touching if evaluation.offset is None else evaluation.offset
        return np.array([offset]), slopes[None]

    def relaxation(self) -> RoadTravelTime | None:
        """The system optimum on the same roads: no other traffic takes less time."""
        return None if self.optimal else RoadTravelTime(**{**self._given, "assignment": "system_optimum"})

    def optimum(self, problem: Problem) -> Optimum | None:
        """Without existing roads, and with one b and p, where capacity costs in proportion to t0.

        All trips go by the shortest way and all roads are loaded alike: T + b T^(p+1) / B^p, T the time of
        all trips on empty roads (by Hoelder's inequality); they are in equilibrium, too.
        """
        system = prepared(self._system)
        roads = system.roads
        if not (problem.simple and problem.directed and self.investment is None) or roads.constant.any():
            return None
        for kind in (roads.factor, roads.power, problem.cost / roads.free):
            if (np.abs(kind - kind[0]) > ALIKE * kind[0]).any():
                return None
        traffic = system.traffic(problem.edge_index)
        rows, edges = traffic.map.routes(traffic.map.trees(roads.free))
        flow = np.bincount(edges, system.demand.volume[rows], minlength=problem.edges)
        assert problem.edge_budget is not None
        return Optimum(weights=flow * (problem.edge_budget / float(problem.cost @ flow)))

    def describe(self, network: Network) -> Description:
        """Traffic, also on the base network; the price of anarchy; and the worth of capacity."""
        traffic, capacity = self._traffic.on(network.topology), _array(network.weights)
        try:
            responses = [
                traffic.respond(capacity, optimal=optimal, gap=self.gap)[0] for optimal in (True, False)
            ]
        except NumericalError:
            return Description(notes=("some trips have no open road",))
        optimum, equilibrium = responses
        both = prepared(self._system).both
        arrays = {"edge_value": -responses[0 if self.optimal else 1].slope / network.problem.cost}
        for name, each in (("", capacity), ("_before", network.problem.base)):
            if not each.any():
                continue
            try:
                found = traffic.assign(each, optimal=self.optimal, gap=self.gap)
            except NumericalError:
                continue
            arrays[f"capacity{name}"], arrays[f"flow{name}"] = both(each), found.flow
            arrays[f"time{name}"] = traffic.times(found, each)
        used = arrays["capacity"] > 0
        load = arrays["flow"][used] / arrays["capacity"][used]
        metrics = {"most_loaded": float(load.max(initial=0.0))}
        if optimum.time > 0:
            metrics["price_of_anarchy"] = equilibrium.time / optimum.time
        return Description(metrics=metrics, arrays=arrays)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Flow per capacity on the map, before and after."""
        from gradnet_cli.objectives.road_travel_time.figures import drawings

        return drawings(result)

    def _begin(self, topology: Topology) -> RoadTraffic:
        return RoadTraffic(prepared(self._system), topology)


def _array(tensor: torch.Tensor) -> np.ndarray:
    found: np.ndarray = tensor.detach().to("cpu", torch.float64).numpy()
    return found
