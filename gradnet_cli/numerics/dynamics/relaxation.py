"""Linear relaxation towards fixed values, x' = -M x + b from x = 0, at a time or at rest, and its adjoint.

No time steps are taken. The solution at time T is an integral over resolvents,

    x(T) = (1 / 2 pi i) int exp(z) / z  T (z + T M)^-1 b dz,

and the trapezoidal rule on the cotangent contour of Weideman (2006) turns that into POINTS / 2 linear
systems, to 1e-9 of the largest x or better, however stiff M >= 0 is. The state at rest is one system,
M x = b. Gradients are those of this very sum, by the same systems, for M is symmetric.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Inexact
from scipy.sparse.linalg import splu

POINTS = 20  # of the trapezoidal rule, whose error falls as 3.89^-POINTS
DENSE_NODES = 150  # up to which dense systems are solved as a batch
# A part that nothing holds is singular at rest: this share of the largest rate pulls it to 0, where it began.
PULL = 1e-13


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """x = sum_k Re(factor_k (shift_k + M)^-1 b).

    Attributes:
        state: x (n,)
        resolved: (k, n) the columns (shift_k + M)^-1 b
        adjoint: takes g = df/dx (n,) to (k, n) columns factor_k (shift_k + M)^-1 g. As
            df = sum_k Re(adjoint_k . (db - dM resolved_k)), they hold every gradient
    """

    state: Float[np.ndarray, " nodes"]
    resolved: Inexact[np.ndarray, "points nodes"]
    adjoint: Callable[[np.ndarray], np.ndarray]


def relax(matrix: sp.csr_array, forcing: Float[np.ndarray, " nodes"], *, time: float | None) -> Relaxation:
    """Solve x' = -M x + b, x(0) = 0.

    Args:
        matrix: M (n, n), symmetric, no negative eigenvalue
        forcing: b (n,)
        time: T > 0, or None for the state at rest
    """
    shifts, factors = _at_rest(matrix) if time is None else _at_time(time)
    solve = _dense(matrix, shifts) if matrix.shape[0] <= DENSE_NODES else _sparse(matrix, shifts)
    resolved = solve(forcing)

    def adjoint(slope: Float[np.ndarray, " nodes"]) -> Inexact[np.ndarray, "points nodes"]:
        columns: np.ndarray = factors[:, None] * solve(slope)
        return columns

    return Relaxation(state=(factors @ resolved).real, resolved=resolved, adjoint=adjoint)


def _at_rest(matrix: sp.csr_array) -> tuple[np.ndarray, np.ndarray]:
    largest = float(matrix.diagonal().max(initial=0.0))
    return np.array([PULL * (largest or 1.0)]), np.ones(1)


def _at_time(time: float) -> tuple[np.ndarray, np.ndarray]:
    angle = np.pi * (np.arange(POINTS // 2) * 2 + 1) / POINTS  # the other half are conjugates
    tangent = np.tan(0.6407 * angle)
    point = POINTS * (0.5017 * angle / tangent - 0.6122 + 0.2645j * angle)
    turn = POINTS * (
        0.5017 / tangent - 0.5017 * 0.6407 * angle * (1 + 1 / tangent**2) + 0.2645j
    )  # its derivative
    # (1 / 2 pi i) sum over +-angle of 2 pi / POINTS = Re of (2 / POINTS i) sum over angles > 0.
    return point / time, 2 / (POINTS * 1j) * turn * np.exp(point) / point


def _dense(matrix: sp.csr_array, shifts: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    inverse = np.linalg.inv(shifts[:, None, None] * np.eye(matrix.shape[0]) + matrix.toarray())
    return lambda column: inverse @ column


def _sparse(matrix: sp.csr_array, shifts: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    identity = sp.eye_array(matrix.shape[0], format="csc")
    factors = [
        splu(
            sp.csc_array(matrix + shift * identity),
            permc_spec="MMD_AT_PLUS_A",
            options={"SymmetricMode": True},
        )
        for shift in shifts
    ]
    return lambda column: np.stack([factor.solve(column.astype(shifts.dtype)) for factor in factors])
