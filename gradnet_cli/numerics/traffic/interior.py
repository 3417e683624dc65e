"""Trips on given routes, by an interior-point method."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from gradnet_cli.numerics.traffic.roads import Roads
from gradnet_cli.numerics.traffic.routes import Routes

CENTRING = 0.03  # of the complementarity, aimed at by a step
BOUNDARY = 0.99  # of the way to it that a step goes at most
SMALLEST = (1e-7, 1e-3)  # least and greatest share of a pair's trips, and of its time, to begin with
NEAR = 0.03  # of the root of the gap, the same
DENSE_UP_TO = 200_000  # entries, routes by roads: up to which a dense matrix is faster
EPSILON = float(np.finfo(float).eps)
STEPS = 60
HALVINGS = 30


class Interior:
    """Trips h on routes and the time z that each takes above its pair's least, both positive.

    The equilibrium on these routes has h z = 0, with z = P t(P'h) - A'pi for the roads P (R, E) of routes
    and the pairs A (K, R). Newton steps aim at a share of the present mean of h z (Wright 1997). Their
    systems have as many unknowns as there are roads, however many routes there are.

    Args:
        routes: with all the trips; those without any take part too
        roads: the times
    """

    def __init__(self, routes: Routes, roads: Roads) -> None:
        self._routes, self._roads = routes, roads
        self._pairs = int(routes.pair[-1]) + 1
        self._total = np.bincount(routes.pair, routes.flow, minlength=self._pairs)
        self._of_pair = sp.csr_array(
            (np.ones(len(routes)), (routes.pair, np.arange(len(routes)))), shape=(self._pairs, len(routes))
        )
        self._count = np.bincount(routes.pair, minlength=self._pairs)
        self._first = np.cumsum(self._count) - self._count
        size = len(routes) * routes.roads.shape[1]
        self._dense = routes.roads.toarray() if size <= DENSE_UP_TO else None
        self._matrix = routes.roads if self._dense is None else self._dense

    def trips(self, *, lost: float, gap: float) -> np.ndarray:
        """Trips (R,) that together lose no more time than this to the fastest of these routes.

        Args:
            gap: relative, of the trips given: the smaller, the closer to these the first step begins
        """
        routes, roads, pair = self._routes, self._roads, self._routes.pair
        smallest = float(np.clip(NEAR * np.sqrt(gap), *SMALLEST))
        total = self._total[pair]
        flow = np.maximum(routes.flow, smallest * total)
        flow = self._whole(flow)
        taken = self._matrix @ roads.times(self._matrix.T @ flow)
        least = np.minimum.reduceat(taken, self._first)
        price = least * (1 - smallest)
        above = np.maximum(taken - price[pair], smallest * np.maximum(taken, 1e-300))
        for _ in range(STEPS):
            load = self._matrix.T @ flow
            taken = self._matrix @ roads.times(load)
            least = np.minimum.reduceat(taken, self._first)
            if float(flow @ (taken - least[pair])) <= lost:
                break
            aim = CENTRING * float(flow @ above) / len(flow)
            change, priced, raised = self._step(flow, above, price, taken, load, aim)
            along = self._matrix.T @ change
            share = min(_room(flow, change), _room(above, raised))
            for _ in range(HALVINGS):
                ahead = flow + share * change
                if (
                    float(roads.times(load + share * along) @ along) - aim * float(np.sum(change / ahead))
                    <= 0
                ):
                    break
                share *= 0.7
            # Rounding of large changes that cancel would lose trips.
            flow, price, above = self._whole(ahead), price + share * priced, above + share * raised
        return flow

    def _whole(self, flow: np.ndarray) -> np.ndarray:
        """Trips (R,) in proportion to these, with the sums of pairs."""
        whole: np.ndarray = flow * (self._total / np.add.reduceat(flow, self._first))[self._routes.pair]
        return whole

    def _step(
        self,
        flow: np.ndarray,
        above: np.ndarray,
        price: np.ndarray,
        taken: np.ndarray,
        load: np.ndarray,
        aim: float,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Changes of trips, prices and times above them."""
        roads, pair = self._matrix, self._routes.pair
        ease = flow / above
        whole = self._of_pair @ ease
        half = np.sqrt(self._roads.slopes(load))
        met = self._met(ease, whole)
        matrix = half[:, None] * met * half
        # Rounding of the product may hide the one.
        matrix[np.diag_indices_from(matrix)] += 1.0 + EPSILON * len(matrix) * float(matrix.diagonal().max())

        def projected(pull: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            cost: np.ndarray = -(self._of_pair @ (ease * pull)) / whole
            return ease * (pull + cost[pair]), cost

        pull = price[pair] - taken + aim / flow
        freely, _ = projected(pull)
        factor = scipy.linalg.cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        slowed = half * scipy.linalg.cho_solve(factor, half * (roads.T @ freely), check_finite=False)
        change, priced = projected(pull - roads @ slowed)
        raised = aim / flow - above - change / ease
        return change, priced, raised

    def _met(self, ease: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """P' Q P (E, E), Q the changes of trips that forces on routes cause, the sums of pairs held."""
        # Routes less their pair's mean: without that large numbers would cancel.
        shares, root = (ease / whole[self._routes.pair])[:, None], np.sqrt(ease)[:, None]
        if self._dense is not None:
            mean = np.add.reduceat(self._dense * shares, self._first, axis=0)
            apart = (self._dense - np.repeat(mean, self._count, axis=0)) * root
            met: np.ndarray = apart.T @ apart
            return met
        means = sp.csr_array(self._of_pair @ (self._routes.roads * shares))
        sparse = sp.csr_array((self._routes.roads - means[self._routes.pair]) * root)
        summed: np.ndarray = (sparse.T @ sparse).toarray()
        return summed


def _room(value: np.ndarray, change: np.ndarray) -> float:
    """How much of a change positive values allow, at most all of it."""
    falling = change < 0
    if not falling.any():
        return 1.0
    return min(1.0, BOUNDARY * float((value[falling] / -change[falling]).min()))
