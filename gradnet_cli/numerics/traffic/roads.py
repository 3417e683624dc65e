"""Travel times of roads that slow down with their traffic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False, kw_only=True)
class Roads:
    """Roads whose travel time at the flow x is t(x) = t0 (1 + b (x / c)^p), the function of the Bureau of
    Public Roads (1964). A road without capacity is closed.

    Attributes:
        free: (E,) t0 >= 0, the time on the empty road
        factor: (E,) b >= 0
        power: (E,) p >= 1, or 0: the time is then t0 (1 + b) whatever the traffic
        capacity: (E,) c >= 0
    """

    free: np.ndarray
    factor: np.ndarray
    power: np.ndarray
    capacity: np.ndarray

    def with_capacity(self, capacity: np.ndarray) -> Roads:
        """The same roads with other capacities (E,)."""
        return replace(self, capacity=capacity)

    @cached_property
    def marginal(self) -> Roads:
        """Roads whose times are t + x t', what a traveller costs all: their equilibrium is the optimum."""
        return replace(self, factor=self.factor * (self.power + 1))

    @cached_property
    def constant(self) -> np.ndarray:
        """(E,) bool, which take the same time whatever their traffic, so that any capacity does."""
        same: np.ndarray = (self.free * self.factor == 0) | (self.power == 0)
        return same

    @cached_property
    def open(self) -> np.ndarray:
        """(E,) bool, which can be used."""
        usable: np.ndarray = (self.capacity > 0) | self.constant
        return usable

    @cached_property
    def _safe(self) -> np.ndarray:
        return np.where(self.capacity > 0, self.capacity, 1.0)

    def load(self, flow: np.ndarray) -> np.ndarray:
        """Flow (E,) in units of the capacity."""
        load: np.ndarray = flow / self._safe
        return load

    def times(self, flow: np.ndarray) -> np.ndarray:
        """t (E,) at flows (E,)."""
        time: np.ndarray = self.free * (1 + self.factor * self.load(flow) ** self.power)
        return time

    def slopes(self, flow: np.ndarray) -> np.ndarray:
        """dt/dx (E,) at flows (E,)."""
        lower = np.maximum(self.power - 1, 0.0)
        slope: np.ndarray = self.free * self.factor * self.power * self.load(flow) ** lower / self._safe
        return slope

    def relief(self, flow: np.ndarray) -> np.ndarray:
        """-dt/dc (E,) at flows (E,), what a unit of capacity takes from the time."""
        gain: np.ndarray = self.free * self.factor * self.power * self.load(flow) ** self.power / self._safe
        return gain

    def load_at(self, time: np.ndarray) -> np.ndarray:
        """x / c (E,) at which the road takes this time; 0 where it takes as long or longer when empty."""
        rise = self.free * self.factor
        varies = ~self.constant
        above = np.where(varies, np.maximum(time - self.free, 0.0) / np.where(varies, rise, 1.0), 0.0)
        load: np.ndarray = above ** (1 / np.where(varies, self.power, 1.0))
        return load

    def rent(self, price: np.ndarray) -> np.ndarray:
        """max over u >= 0 of u (q - t(u c)) (E,), what a unit of capacity can earn at prices q (E,).

        With these, x t(x) >= q x - c rent(q) for every flow and capacity. Infinite where the price is above
        the time of a road that never slows down.
        """
        marginal = self.marginal
        load = marginal.load_at(price)
        earned: np.ndarray = self.free * self.factor * self.power * load ** (self.power + 1)
        flat = self.free * (1 + np.where(self.power == 0, self.factor, 0.0))
        return np.where(self.constant, np.where(price > flat, np.inf, 0.0), earned)
