"""The linear equations of an interior-point step: a nearly diagonal Hessian, and rows of constraints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg as spla

DENSE_NUMBERS = 300_000  # in the rows, up to which sparse ones are taken as dense: that is quicker
LEAST_BARRIER = 1e-12  # beside the stiffness
DENSE_ROWS = 400  # up to which the system of sparse rows is solved as a dense one


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Linear functions of x = (u, v): sparse ones of d = u - v first, then dense ones of x.

    Attributes:
        sparse: (S, E)
        dense: (D, n)
        edges: E, the length of u
        split: (n - E,) which entries of d have a v
    """

    sparse: sp.csr_array
    dense: np.ndarray
    edges: int
    split: np.ndarray

    @classmethod
    def of(cls, sparse: sp.csr_array, dense: np.ndarray, *, edges: int, split: np.ndarray) -> Rows:
        """Sparse rows become dense ones where they are few."""
        if sparse.shape[0] and sparse.shape[0] * edges <= DENSE_NUMBERS:
            entries = sparse.toarray()
            dense = np.vstack([np.hstack([entries, -entries[:, split]]), dense])
            sparse = sparse[:0]
        return cls(sparse=sparse, dense=dense, edges=edges, split=split)

    @property
    def first_dense(self) -> int:
        """How many sparse rows there are."""
        return int(self.sparse.shape[0])

    def times(self, x: np.ndarray) -> np.ndarray:
        """R x."""
        if not self.first_dense:
            result: np.ndarray = self.dense @ x
            return result
        return np.concatenate([self.sparse @ self.joined(x), self.dense @ x])

    def transposed(self, y: np.ndarray) -> np.ndarray:
        """R^T y."""
        result: np.ndarray = y[self.first_dense :] @ self.dense
        if self.first_dense:
            by_edge = self.sparse.T @ y[: self.first_dense]
            result = result + np.concatenate([by_edge, -by_edge[self.split]])
        return result

    def joined(self, x: np.ndarray) -> np.ndarray:
        """d = u - v, of x (n,) or (n, m)."""
        d = x[: self.edges].copy()
        d[self.split] -= x[self.edges :]
        return d


class SaddleSystem:
    """H dx + R^T dy = a,  R dx + lift dr - relaxed dy = b,  <lift, dy> = c, reduced to the rows.

    H = stiffness D^T D + barrier with D x = u - v: diagonal, but for the pairs (u, v).

    Args:
        rows: R
        stiffness: > 0
        barrier: (n,) >= 0
        fixed: (n,) entries of x that do not change
        relaxed: (R,) >= 0, zero for equalities
        lift: (R,) zero on sparse rows; None where there is no r
    """

    def __init__(
        self,
        rows: Rows,
        *,
        stiffness: float,
        barrier: np.ndarray,
        fixed: np.ndarray,
        relaxed: np.ndarray,
        lift: np.ndarray | None,
    ) -> None:
        self._rows, self._lifted = rows, lift is not None
        self._invert(stiffness, np.where(fixed, np.inf, barrier))
        count = rows.first_dense
        spread = self._spread(rows.dense.T)
        corner = rows.dense @ spread + np.diag(relaxed[count:])
        self._held: Callable[[np.ndarray], np.ndarray] | None = None
        if count:
            k = self._inverse[: rows.edges].copy()
            k[rows.split] += self._inverse[rows.edges :] - 2 * self._coupling
            own = rows.sparse.multiply(k[None, :]) @ rows.sparse.T + sp.diags_array(relaxed[:count])
            self._held = _solver(sp.csc_array(own))
            self._cross = rows.sparse @ rows.joined(spread)
            self._of_cross = self._held(self._cross)
            corner = corner - self._cross.T @ self._of_cross
        size = len(corner)
        matrix = np.zeros((size + 1, size + 1))
        matrix[:size, :size] = -corner
        matrix[size, size] = 1.0
        if lift is not None:
            matrix[:size, size] = matrix[size, :size] = lift[count:]
            matrix[size, size] = 0.0
        self._factor = scipy.linalg.lu_factor(matrix, check_finite=False)

    def solve(self, a: np.ndarray, b: np.ndarray, c: float) -> tuple[np.ndarray, np.ndarray, float]:
        """dx (n,), dy (R,) and dr."""
        rows = self._rows
        count = rows.first_dense
        wanted = b - rows.times(self._spread(a))  # = -(R H^-1 R^T + relaxed) dy + lift dr
        bottom, held = wanted[count:], np.zeros(0)
        if self._held is not None:
            held = self._held(wanted[:count])
            bottom = bottom - self._cross.T @ held
        answer = scipy.linalg.lu_solve(
            self._factor, np.append(bottom, c if self._lifted else 0.0), check_finite=False
        )
        dense, dr = answer[:-1], float(answer[-1])
        dy = dense if self._held is None else np.concatenate([-held - self._of_cross @ dense, dense])
        return self._spread(a - rows.transposed(dy)), dy, dr

    def _invert(self, stiffness: float, barrier: np.ndarray) -> None:
        edges, split = self._rows.edges, self._rows.split
        self._inverse = 1 / (barrier + stiffness)
        # What holds u and v that grow together is their barriers alone: a sum would lose them.
        least = LEAST_BARRIER * stiffness
        first, second = np.maximum(barrier[:edges][split], least), np.maximum(barrier[edges:], least)
        both = np.isfinite(first) & np.isfinite(second)
        with np.errstate(invalid="ignore", over="ignore"):  # beyond all numbers, an entry is as good as fixed
            determinant = stiffness * (first + second) + first * second
            one, other = stiffness + first, stiffness + second
            self._inverse[:edges][split] = np.where(both, other / determinant, 1 / one)
            self._inverse[edges:] = np.where(both, one / determinant, 1 / other)
            self._coupling = np.where(both, stiffness / determinant, 0.0)

    def _spread(self, right: np.ndarray) -> np.ndarray:
        """H^-1 times vectors (n,) or (n, m)."""
        edges, split = self._rows.edges, self._rows.split
        inverse, coupling = self._inverse, self._coupling
        if right.ndim == 2:
            inverse, coupling = inverse[:, None], coupling[:, None]
        result: np.ndarray = inverse * right
        if len(split):
            result[split] += coupling * right[edges:]
            result[edges:] += coupling * right[split]
        return result


def _solver(matrix: sp.csc_array) -> Callable[[np.ndarray], np.ndarray]:
    """Of a positive definite system."""
    if matrix.shape[0] <= DENSE_ROWS:
        factor = scipy.linalg.cho_factor(matrix.toarray(), check_finite=False)
        return lambda right: scipy.linalg.cho_solve(factor, right, check_finite=False)
    solve: Callable[[np.ndarray], np.ndarray] = spla.splu(matrix).solve
    return solve
