"""Laplacian systems by a full eigendecomposition."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from jaxtyping import Float

from gradnet_cli.numerics.linear_solvers.base import centred

# Relative to the largest eigenvalue: below it lies the null space, and rounding.
NULL = 1e-13


class DenseSolver:
    """Eigendecomposition of the dense matrix: O(N^3) time, O(N^2) memory, accurate to rounding."""

    def __init__(self, laplacian: sp.csr_array) -> None:
        values, vectors = scipy.linalg.eigh(laplacian.toarray(), check_finite=False)
        floor = NULL * (float(values[-1]) or 1.0)  # without any weight all is null
        self._inverse = 1 / np.maximum(values, floor)
        self._vectors = vectors

    def solve(
        self,
        right: Float[np.ndarray, "nodes columns"],
        *,
        guess: Float[np.ndarray, "nodes columns"] | None = None,
        tolerance: float = 1e-2,
    ) -> Float[np.ndarray, "nodes columns"]:
        """See LaplacianSolver.solve."""
        return centred(self._vectors @ (self._inverse[:, None] * (self._vectors.T @ centred(right))))
