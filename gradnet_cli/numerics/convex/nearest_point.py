"""Nearest points of polytopes, and of the epigraphs of piecewise linear functions over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gradnet_cli.numerics.convex.polytope import Polytope
from gradnet_cli.numerics.convex.saddle_system import Rows, SaddleSystem
from gradnet_cli.numerics.threads import single_threaded

MOST_STEPS = 100
TOLERANCE = 1e-12  # of complementarity and residuals, for numbers of the order of one
BOUNDARY = 0.995  # share of the way to the boundary that a step takes
AT_LIMIT = 1e-9  # from a limit that holds an entry back
TINY = 1e-300


@dataclass(frozen=True, eq=False, kw_only=True)
class Nearest:
    """What was found.

    Attributes:
        point: d (E,)
        shares: (m,) multipliers of the cuts, which sum up to 1
        prices: (M,) multipliers of the rows, >= 0
        converged: whether it is known to the tolerance
    """

    point: np.ndarray
    shares: np.ndarray
    prices: np.ndarray
    converged: bool


def nearest_point(
    target: np.ndarray,
    polytope: Polytope,
    *,
    offsets: np.ndarray | None = None,
    slopes: np.ndarray | None = None,
    stiffness: float = 1.0,
) -> Nearest:
    """min_d stiffness/2 |d - target|^2 + max_k (offset_k + <slope_k, d>)  over a polytope.

    A primal-dual interior-point method (Mehrotra 1992). Each step solves a system of the size of the rows
    and cuts, for the Hessian is diagonal but for pairs: changes of both signs are split into what is added
    and what is removed, since a budget counts both.

    Args:
        target: (E,)
        polytope: not empty
        offsets: (m,) of the cuts; without, the point of the polytope that is the nearest to the target
        slopes: (m, E)
        stiffness: > 0
    """
    with single_threaded():
        return _InteriorPoint(target, polytope, offsets, slopes, stiffness).solve()


class _Point(NamedTuple):
    """Variables x (n,), height r of the epigraph, slacks of rows, and multipliers; or a change of them."""

    x: np.ndarray
    top: float
    slack: np.ndarray
    row: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def moved(self, change: _Point, *, primal: float, dual: float) -> _Point:
        """A share of a change on."""
        return _Point(
            self.x + primal * change.x,
            self.top + primal * change.top,
            self.slack + primal * change.slack,
            self.row + dual * change.row,
            self.low + dual * change.low,
            self.high + dual * change.high,
        )


class _Gaps(NamedTuple):
    """Distances of x from its limits, 1 where there is none."""

    low: np.ndarray
    high: np.ndarray


class _InteriorPoint:
    """Variables x = (u, v), d = u - v, with a v where a change may have both signs; r above all cuts."""

    def __init__(
        self,
        target: np.ndarray,
        polytope: Polytope,
        offsets: np.ndarray | None,
        slopes: np.ndarray | None,
        stiffness: float,
    ) -> None:
        self.target, self.stiffness = target, stiffness
        lower, upper, cost = polytope.lower, polytope.upper, polytope.cost
        split = (lower < 0) & (upper > 0) & (cost is not None)
        self.split = np.flatnonzero(split)
        low = np.concatenate([np.where(split, 0.0, lower), np.zeros(len(self.split))])
        high = np.concatenate([upper, -lower[self.split]])
        self.fixed = np.isfinite(low) & (high - low <= 1e-14 * (1 + np.abs(low)))
        self.has_low, self.has_high = (np.isfinite(limit) & ~self.fixed for limit in (low, high))
        self.low, self.high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
        dense, limits = [], [polytope.room]
        self.cuts = 0 if offsets is None else len(offsets)
        if offsets is not None and slopes is not None:
            dense.append(np.hstack([slopes, -slopes[:, self.split]]))
            limits.append(-offsets)
        if cost is not None:
            sign = np.where(split | (lower >= 0), 1.0, -1.0)
            dense.append(np.concatenate([sign * cost, cost[self.split]])[None, :])
            limits.append(np.array([polytope.budget]))
        self.limits = np.concatenate(limits)
        self.first_cut = polytope.rows.shape[0]
        self.unequal = np.ones(len(self.limits), dtype=bool)
        if cost is not None and polytope.exact:
            self.unequal[-1] = False
        self.lift = np.zeros(len(self.limits))  # the column of r
        self.lift[self.first_cut : self.first_cut + self.cuts] = -1.0
        width = len(low)
        self.rows = Rows.of(
            polytope.rows,
            np.vstack(dense) if dense else np.zeros((0, width)),
            edges=len(target),
            split=self.split,
        )
        self.pairs = max(1, int(self.has_low.sum() + self.has_high.sum() + self.unequal.sum()))

    def solve(self) -> Nearest:
        """Take steps until nothing is left to gain."""
        now, converged = self._start(), False
        for _ in range(MOST_STEPS):
            gaps = self._gaps(now.x)
            gradient, excess, lift = self._residuals(now)
            mean = self._complementarity(now, gaps)
            wrong = max(np.abs(gradient).max(initial=0.0), abs(lift), np.abs(excess).max(initial=0.0))
            scale = 1 + float(np.abs(self.limits).max(initial=0.0))
            if mean <= TOLERANCE and wrong <= 10 * TOLERANCE * scale:
                converged = True
                break
            following = self._advanced(now, gaps, (gradient, excess, lift), mean)
            if not np.isfinite(following.x).all():
                break
            now = following
        return self._told(now, converged)

    def _start(self) -> _Point:
        """Well inside the bounds, near the target."""
        edges, split = len(self.target), self.split
        x = np.concatenate([self.target, np.maximum(-self.target[split], 0.0)])
        x[:edges][split] = np.maximum(self.target[split], 0.0)
        width = np.where(self.has_low & self.has_high, self.high - self.low, np.inf)
        margin = np.minimum(0.1 * width, 1.0)
        x = np.where(self.has_low, np.maximum(x, self.low + margin), x)
        x = np.where(self.has_high, np.minimum(x, self.high - margin), x)
        x = np.where(self.fixed, self.low, x)
        reached = self.rows.times(x)
        top = float((reached - self.limits)[self.lift < 0].max()) if self.cuts else 0.0
        slack = np.where(self.unequal, np.maximum(self.limits - reached - self.lift * top, 1.0), 1.0)
        row = np.where(self.lift < 0, 1.0 / max(1, self.cuts), np.where(self.unequal, 1.0, 0.0))
        return _Point(x, top, slack, row, self.has_low * 1.0, self.has_high * 1.0)

    def _gaps(self, x: np.ndarray) -> _Gaps:
        return _Gaps(np.where(self.has_low, x - self.low, 1.0), np.where(self.has_high, self.high - x, 1.0))

    def _residuals(self, now: _Point) -> tuple[np.ndarray, np.ndarray, float]:
        """What the conditions of optimality miss: of x, of the rows, and of r."""
        edges = len(self.target)
        away = now.x[:edges].copy()
        away[self.split] -= now.x[edges:]
        away = self.stiffness * (away - self.target)
        gradient = (
            np.concatenate([away, -away[self.split]]) + self.rows.transposed(now.row) - now.low + now.high
        )
        excess = (
            self.rows.times(now.x)
            + self.lift * now.top
            - self.limits
            + np.where(self.unequal, now.slack, 0.0)
        )
        lift = float(self.lift @ now.row) + (1.0 if self.cuts else 0.0)
        return np.where(self.fixed, 0.0, gradient), excess, lift

    def _complementarity(self, now: _Point, gaps: _Gaps) -> float:
        """The mean product of a multiplier and the distance from its limit."""
        bounds = float(now.low @ gaps.low + now.high @ gaps.high)  # multipliers are 0 where there is no limit
        return (bounds + float((now.slack * now.row)[self.unequal].sum())) / self.pairs

    def _advanced(
        self, now: _Point, gaps: _Gaps, residuals: tuple[np.ndarray, np.ndarray, float], mean: float
    ) -> _Point:
        """A predictor towards the boundary tells how far to stay from it, and how curved the way there is."""
        row = np.where(self.unequal, np.maximum(now.row, TINY), 1.0)
        system = SaddleSystem(
            self.rows,
            stiffness=self.stiffness,
            barrier=now.low / gaps.low + now.high / gaps.high,
            fixed=self.fixed,
            relaxed=np.where(self.unequal, now.slack / row, 0.0),
            lift=self.lift if self.cuts else None,
        )
        first = self._change(now, gaps, residuals, system, centre=0.0, second=None)
        primal, dual = self._lengths(now, gaps, first)
        ahead = now.moved(first, primal=primal, dual=dual)
        reached = self._complementarity(ahead, self._gaps(ahead.x))
        centre = mean * (max(reached, 0.0) / mean) ** 3 if mean > 0 else 0.0
        change = self._change(now, gaps, residuals, system, centre=centre, second=first)
        # One length for all, as quadratic objectives want it.
        length = min(1.0, BOUNDARY * min(self._lengths(now, gaps, change)))
        return now.moved(change, primal=length, dual=length)

    def _change(
        self,
        now: _Point,
        gaps: _Gaps,
        residuals: tuple[np.ndarray, np.ndarray, float],
        system: SaddleSystem,
        *,
        centre: float,
        second: _Point | None,
    ) -> _Point:
        gradient, excess, lift = residuals
        row = np.where(self.unequal, np.maximum(now.row, TINY), 1.0)
        low, high, rest = (
            centre - now.low * gaps.low,
            centre - now.high * gaps.high,
            centre - now.slack * now.row,
        )
        if second is not None:
            low, high, rest = (
                low - second.low * second.x,
                high + second.high * second.x,
                rest - second.slack * second.row,
            )
        low, high = np.where(self.has_low, low, 0.0), np.where(self.has_high, high, 0.0)
        rest = np.where(self.unequal, rest, 0.0)
        right = np.where(self.fixed, 0.0, low / gaps.low - high / gaps.high - gradient)
        dx, dy, dtop = system.solve(right, -excess - rest / row, -lift)
        return _Point(
            dx,
            dtop,
            np.where(self.unequal, (rest - now.slack * dy) / row, 0.0),
            dy,
            np.where(self.has_low, (low - now.low * dx) / gaps.low, 0.0),
            np.where(self.has_high, (high + now.high * dx) / gaps.high, 0.0),
        )

    def _lengths(self, now: _Point, gaps: _Gaps, change: _Point) -> tuple[float, float]:
        """How much of a change keeps the distances, and the multipliers, positive."""
        primal = min(
            _share(gaps.low, change.x, self.has_low),
            _share(gaps.high, -change.x, self.has_high),
            _share(now.slack, change.slack, self.unequal),
        )
        dual = min(
            _share(now.low, change.low, self.has_low),
            _share(now.high, change.high, self.has_high),
            _share(now.row, change.row, self.unequal),
        )
        return primal, dual

    def _told(self, now: _Point, converged: bool) -> Nearest:
        """The point, with what is held back at its very limit there."""
        edges, gaps = len(self.target), self._gaps(now.x)
        at_low = self.has_low & (gaps.low < AT_LIMIT) & (now.low > gaps.low)
        at_high = self.has_high & (gaps.high < AT_LIMIT) & (now.high > gaps.high)
        x = np.where(at_low, self.low, np.where(at_high, self.high, now.x))
        point = x[:edges].copy()
        point[self.split] -= x[edges:]
        return Nearest(
            point=point,
            shares=now.row[self.lift < 0],
            prices=np.maximum(now.row[: self.first_cut], 0.0),
            converged=converged,
        )


def _share(values: np.ndarray, change: np.ndarray, counted: np.ndarray) -> float:
    """How much of a change keeps values positive, at most all of it."""
    falling = counted & (change < 0)
    return float(min(1.0, (-values[falling] / change[falling]).min(initial=np.inf)))
