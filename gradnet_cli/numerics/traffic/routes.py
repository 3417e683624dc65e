"""The routes that trips take, and how many take each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

NAMES_SEED = 20_180_423  # of random names of roads: a route's name is their sum, so that two are told apart


@dataclass(frozen=True, eq=False, kw_only=True)
class Routes:
    """Routes in the order of their pairs, with the trips on each.

    Attributes:
        roads: (R, E) ones where a route takes a road
        pair: (R,) whose route it is, ascending
        flow: (R,) trips
    """

    roads: sp.csr_array
    pair: np.ndarray
    flow: np.ndarray

    @classmethod
    def none(cls, edges: int) -> Routes:
        """No route at all."""
        nothing = np.zeros(0)
        return cls(roads=sp.csr_array((0, edges)), pair=nothing.astype(np.int64), flow=nothing)

    @classmethod
    def of(
        cls, rows: np.ndarray, edges: np.ndarray, *, pair: np.ndarray, flow: np.ndarray, roads: int
    ) -> Routes:
        """From the rows and columns of the incidence matrix."""
        shape = (len(pair), roads)
        matrix = sp.csr_array((np.ones(len(rows)), (rows, edges)), shape=shape)
        return cls(roads=matrix, pair=pair, flow=flow)

    def __len__(self) -> int:
        return len(self.pair)

    def on_roads(self, flow: np.ndarray) -> np.ndarray:
        """Flows (E,) on roads of flows (R,) on routes."""
        total: np.ndarray = self.roads.T @ flow
        return total

    def largest(self, value: np.ndarray) -> np.ndarray:
        """(R,) the route of the pair with the largest of values (R,), the first of those."""
        new = np.diff(self.pair, prepend=-1) > 0
        best: np.ndarray = np.lexsort((-value, self.pair))[new][np.cumsum(new) - 1]
        return best

    def with_flow(self, flow: np.ndarray) -> Routes:
        """The same routes with other trips (R,)."""
        return Routes(roads=self.roads, pair=self.pair, flow=flow)

    def kept(self, which: np.ndarray) -> Routes:
        """Some of them, bool (R,)."""
        if which.all():
            return self
        return Routes(roads=self.roads[which], pair=self.pair[which], flow=self.flow[which])

    def joined(self, others: Routes) -> Routes:
        """With those of the others that are not among them, and that many take them."""
        new = ~np.isin(others._names(), self._names())
        if not new.any():
            return self
        others = others.kept(new)
        pair = np.concatenate([self.pair, others.pair])
        order = np.argsort(pair, kind="stable")
        return Routes(
            roads=sp.csr_array(sp.vstack([self.roads, others.roads]))[order],
            pair=pair[order],
            flow=np.concatenate([self.flow, others.flow])[order],
        )

    def _names(self) -> np.ndarray:
        generator = np.random.default_rng(NAMES_SEED)
        of_roads = generator.integers(2**63, size=self.roads.shape[1], dtype=np.uint64)
        summed = np.concatenate([[np.uint64(0)], np.cumsum(of_roads[self.roads.indices], dtype=np.uint64)])
        names = summed[self.roads.indptr[1:]] - summed[self.roads.indptr[:-1]]
        # An odd factor keeps the names of different pairs apart as random ones would.
        own: np.ndarray = names + self.pair.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        return own
