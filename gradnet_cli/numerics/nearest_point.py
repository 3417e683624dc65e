"""Nearest points of polytopes, and of the epigraphs of piecewise linear functions over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg as spla

MOST_STEPS = 100
TOLERANCE = 1e-12  # of complementarity and residuals, for numbers of the order of one
CENTRED = 0.995  # share of the way to the boundary that a step takes
DENSE_ROWS = 400  # sparse rows up to which their system is solved as a dense one


@dataclass(frozen=True, eq=False, kw_only=True)
class Polytope:
    """All d (E,) with l <= d <= u,  rows d <= room,  sum(cost * abs(d)) = K (exact) or <= K.

    Attributes:
        lower, upper: (E,), infinite where there is no limit
        rows: (M, E) sparse
        room: (M,)
        cost: (E,) > 0, or None without a budget
        budget: K
        exact: only for changes of one sign each, for otherwise the set is not convex
    """

    lower: np.ndarray
    upper: np.ndarray
    rows: sp.csr_array
    room: np.ndarray
    cost: np.ndarray | None = None
    budget: float = 0.0
    exact: bool = False


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
    return _InteriorPoint(target, polytope, offsets, slopes, stiffness).solve()


class _InteriorPoint:
    """Variables: u (E,), v (L,) with d = u - v, and r above all cuts. Rows: sparse ones, then dense ones."""

    def __init__(
        self,
        target: np.ndarray,
        polytope: Polytope,
        offsets: np.ndarray | None,
        slopes: np.ndarray | None,
        stiffness: float,
    ) -> None:
        self.target, self.weight = target, stiffness
        lower, upper, cost = polytope.lower, polytope.upper, polytope.cost
        split = (lower < 0) & (upper > 0) if cost is not None else np.zeros(len(lower), dtype=bool)
        self.split = np.flatnonzero(split)
        self.low = np.concatenate([np.where(split, 0.0, lower), np.zeros(len(self.split))])
        self.high = np.concatenate([upper, -lower[self.split]])
        self.sparse = polytope.rows
        self.cuts = 0 if offsets is None else len(offsets)
        dense, limits = [], [polytope.room]
        if offsets is not None and slopes is not None:
            dense.append(np.hstack([slopes, -slopes[:, self.split]]))
            limits.append(-offsets)
        self.budgeted = cost is not None
        if cost is not None:
            sign = np.where(split | (lower >= 0), 1.0, -1.0)
            dense.append(np.concatenate([sign * cost, cost[self.split]])[None, :])
            limits.append(np.array([polytope.budget]))
        self.dense = np.vstack(dense) if dense else np.zeros((0, len(self.low)))
        self.limits = np.concatenate(limits)
        self.inequality = np.ones(len(self.limits), dtype=bool)
        if cost is not None and polytope.exact:
            self.inequality[-1] = False
        self.first_dense = self.sparse.shape[0]
        self.lift = np.zeros(len(self.limits))  # the column of r
        self.lift[self.first_dense : self.first_dense + self.cuts] = -1.0

    def solve(self) -> Nearest:
        """Take steps until nothing is left to gain."""
        has_low, has_high = np.isfinite(self.low), np.isfinite(self.high)
        fixed = has_low & has_high & (self.high - self.low <= 1e-14 * (1 + np.abs(self.low)))
        has_low, has_high = has_low & ~fixed, has_high & ~fixed
        x = self._start(has_low, has_high, fixed)
        y = np.where(self.inequality, 1.0, 0.0)
        if self.cuts:
            y[self.lift < 0] = 1.0 / self.cuts
        top = float((self._times(x) - self.limits)[self.lift < 0].max()) if self.cuts else 0.0
        slack = np.where(
            self.inequality, np.maximum(self.limits - self._times(x) - self.lift * top, 1.0), 1.0
        )
        below, above = np.where(has_low, 1.0, 0.0), np.where(has_high, 1.0, 0.0)
        pairs = int(has_low.sum() + has_high.sum() + self.inequality.sum())
        converged = False
        for _ in range(MOST_STEPS):
            from_low = np.where(has_low, x - np.where(has_low, self.low, 0.0), 1.0)
            to_high = np.where(has_high, np.where(has_high, self.high, 0.0) - x, 1.0)
            gradient = self._gradient(x) + self._transposed(y) - below + above
            gradient[fixed] = 0.0
            lift = self.lift @ y + (1.0 if self.cuts else 0.0)
            excess = self._times(x) + self.lift * top - self.limits + np.where(self.inequality, slack, 0.0)
            mean = float(
                (below * from_low)[has_low].sum()
                + (above * to_high)[has_high].sum()
                + (slack * y)[self.inequality].sum()
            ) / max(1, pairs)
            wrong = max(np.abs(gradient).max(initial=0.0), abs(lift), np.abs(excess).max(initial=0.0))
            if mean <= TOLERANCE and wrong <= 10 * TOLERANCE * (1 + np.abs(self.limits).max(initial=0.0)):
                converged = True
                break
            barrier = below / from_low + above / to_high
            system = _System(self, barrier, fixed, np.where(self.inequality, slack / np.maximum(y, 1e-300), 0.0))

            def step(centre: float, second: tuple[np.ndarray, ...] | None) -> tuple[np.ndarray, ...]:
                low_gap, high_gap, row_gap = centre - below * from_low, centre - above * to_high, centre - slack * y
                if second is not None:
                    low_gap, high_gap, row_gap = (
                        gap - extra for gap, extra in zip((low_gap, high_gap, row_gap), second, strict=True)
                    )
                low_gap, high_gap = np.where(has_low, low_gap, 0.0), np.where(has_high, high_gap, 0.0)
                row_gap = np.where(self.inequality, row_gap, 0.0)
                right = -gradient + low_gap / from_low - high_gap / to_high
                right[fixed] = 0.0
                rows = -excess - row_gap / np.where(self.inequality, np.maximum(y, 1e-300), 1.0)
                dx, dy, dtop = system.solve(right, rows, -lift)
                dslack = np.where(self.inequality, (row_gap - slack * dy) / np.maximum(y, 1e-300), 0.0)
                dbelow = np.where(has_low, (low_gap - below * dx) / from_low, 0.0)
                dabove = np.where(has_high, (high_gap + above * dx) / to_high, 0.0)
                return dx, dy, np.array(dtop), dslack, dbelow, dabove

            def longest(dx: np.ndarray, dy: np.ndarray, dslack: np.ndarray, dbelow: np.ndarray, dabove: np.ndarray) -> tuple[float, float]:
                primal = min(
                    _share(from_low, dx, has_low), _share(to_high, -dx, has_high), _share(slack, dslack, self.inequality)
                )
                dual = min(
                    _share(below, dbelow, has_low), _share(above, dabove, has_high), _share(y, dy, self.inequality)
                )
                return primal, dual

            dx, dy, dtop, dslack, dbelow, dabove = step(0.0, None)
            primal, dual = longest(dx, dy, dslack, dbelow, dabove)
            reached = float(
                ((below + dual * dbelow) * (from_low + primal * dx))[has_low].sum()
                + ((above + dual * dabove) * (to_high - primal * dx))[has_high].sum()
                + ((slack + primal * dslack) * (y + dual * dy))[self.inequality].sum()
            ) / max(1, pairs)
            centre = mean * (reached / mean) ** 3 if mean > 0 else 0.0
            dx, dy, dtop, dslack, dbelow, dabove = step(
                centre, (dbelow * dx, -dabove * dx, dslack * dy)
            )
            primal, dual = longest(dx, dy, dslack, dbelow, dabove)
            length = min(1.0, CENTRED * min(primal, dual))  # one length, as quadratic objectives want it
            x, top, slack = x + length * dx, top + length * float(dtop), slack + length * dslack
            y, below, above = y + length * dy, below + length * dbelow, above + length * dabove
            if not np.isfinite(x).all():
                break
        edges = len(self.target)
        point = x[:edges].copy()
        at_low = (x - self.low < 1e-9) & (below > x - self.low) & has_low
        at_high = (self.high - x < 1e-9) & (above > self.high - x) & has_high
        x = np.where(at_low, self.low, np.where(at_high, self.high, x))
        point = x[:edges].copy()
        point[self.split] -= x[edges:]
        return Nearest(
            point=point,
            shares=y[self.lift < 0],
            prices=np.maximum(y[: self.first_dense], 0.0),
            converged=converged,
        )

    def _start(self, has_low: np.ndarray, has_high: np.ndarray, fixed: np.ndarray) -> np.ndarray:
        """Well inside the bounds, near the target."""
        edges = len(self.target)
        x = np.concatenate([self.target, -self.target[self.split]])
        x[:edges][self.split] = np.maximum(self.target[self.split], 0.0)
        x[edges:] = np.maximum(x[edges:], 0.0)
        width = np.where(has_low & has_high, self.high - self.low, np.inf)
        margin = np.minimum(0.1 * width, 1.0)
        x = np.where(has_low, np.maximum(x, np.where(has_low, self.low, 0.0) + margin), x)
        x = np.where(has_high, np.minimum(x, np.where(has_high, self.high, 0.0) - margin), x)
        return np.where(fixed, self.low, x)

    def _gradient(self, x: np.ndarray) -> np.ndarray:
        edges = len(self.target)
        away = x[:edges].copy()
        away[self.split] -= x[edges:]
        away = self.weight * (away - self.target)
        return np.concatenate([away, -away[self.split]])

    def _times(self, x: np.ndarray) -> np.ndarray:
        edges = len(self.target)
        d = x[:edges].copy()
        d[self.split] -= x[edges:]
        return np.concatenate([self.sparse @ d, self.dense @ x])

    def _transposed(self, y: np.ndarray) -> np.ndarray:
        by_edge = self.sparse.T @ y[: self.first_dense]
        return np.concatenate([by_edge, -by_edge[self.split]]) + y[self.first_dense :] @ self.dense


class _System:
    """The linear equations of a step, reduced to the rows."""

    def __init__(
        self, method: _InteriorPoint, barrier: np.ndarray, fixed: np.ndarray, relaxed: np.ndarray
    ) -> None:
        self.method = method
        edges, split, weight = len(method.target), method.split, method.weight
        diagonal = np.where(fixed, np.inf, barrier + weight)
        self.inverse = 1 / diagonal
        self.coupling = np.zeros(len(split))
        if len(split):
            first, second = diagonal[:edges][split], diagonal[edges:]
            with np.errstate(invalid="ignore"):
                determinant = first * second - weight**2
                self.inverse[:edges][split] = np.where(np.isfinite(second), second / determinant, 1 / first)
                self.inverse[edges:] = np.where(np.isfinite(first), first / determinant, 1 / second)
                self.coupling = np.where(np.isfinite(determinant), weight / determinant, 0.0)
            self.inverse = np.nan_to_num(self.inverse)
        k = self.inverse[:edges].copy()
        k[split] += self.inverse[edges:] - 2 * self.coupling
        count = method.first_dense
        spread = self._spread(method.dense.T)  # H^-1 R^T of the dense rows
        by_edge = spread[:edges].copy()
        by_edge[split] -= spread[edges:]
        corner = method.dense @ spread + np.diag(relaxed[count:])
        cross = method.sparse @ by_edge
        self.block = None
        if count:
            scaled = method.sparse.multiply(k[None, :]) @ method.sparse.T
            self.block = _factorised(sp.csc_array(scaled + sp.diags_array(relaxed[:count])))
            self.cross = cross
            self.solved = self.block(cross)
            corner = corner - cross.T @ self.solved
        lift = method.lift[count:]
        size = len(corner)
        augmented = np.zeros((size + 1, size + 1))
        augmented[:size, :size] = -corner
        augmented[:size, size] = augmented[size, :size] = lift
        if not method.cuts:
            augmented[size, size] = 1.0
        self.augmented = augmented
        self.factor = scipy.linalg.lu_factor(augmented, check_finite=False) if size else None

    def _spread(self, right: np.ndarray) -> np.ndarray:
        """H^-1 times vectors of variables, (n,) or (n, m)."""
        method = self.method
        edges, split = len(method.target), method.split
        inverse = self.inverse if right.ndim == 1 else self.inverse[:, None]
        coupling = self.coupling if right.ndim == 1 else self.coupling[:, None]
        result = inverse * right
        if len(split):
            result[:edges][split] += coupling * right[edges:]
            result[edges:] += coupling * right[:edges][split]
        return result

    def solve(self, right: np.ndarray, rows: np.ndarray, lift: float) -> tuple[np.ndarray, np.ndarray, float]:
        """H dx + R^T dy = right,  R dx + lift dr - relaxed dy = rows,  lift^T dy = lift."""
        method = self.method
        count = method.first_dense
        wanted = rows - method._times(self._spread(right))  # = -(R H^-1 R^T + relaxed) dy + lift dr
        top, bottom = wanted[:count], wanted[count:]
        if self.block is not None:
            held = self.block(top)
            bottom = bottom - self.cross.T @ held
        dr, dense = 0.0, np.zeros(0)
        if self.factor is not None:
            answer = scipy.linalg.lu_solve(self.factor, np.append(bottom, lift if method.cuts else 0.0))
            dense, dr = answer[:-1], float(answer[-1]) if method.cuts else 0.0
        dy = dense
        if self.block is not None:
            dy = np.concatenate([-held - self.solved @ dense if len(dense) else -held, dense])
        return self._spread(right - method._transposed(dy)), dy, dr


def _factorised(matrix: sp.csc_array):  # type: ignore[no-untyped-def]
    if matrix.shape[0] <= DENSE_ROWS:
        factor = scipy.linalg.cho_factor(matrix.toarray() + 1e-300, check_finite=False)
        return lambda right: scipy.linalg.cho_solve(factor, right)
    return spla.splu(matrix).solve


def _share(values: np.ndarray, change: np.ndarray, counted: np.ndarray) -> float:
    """How much of a change keeps values positive, at most all of it."""
    falling = counted & (change < 0)
    return float(min(1.0, (-values[falling] / change[falling]).min(initial=np.inf)))
