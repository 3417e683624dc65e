"""Laplacian systems by a full eigendecomposition."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from jaxtyping import Float

from gradnet_cli.numerics.linear_solvers.base import centred

# Relative to the largest eigenvalue: below it lies the null space, and rounding.
NULL = 1e-13


class DenseSolver:
    """Eigendecomposition of the dense matrix: O(N^3) time, O(N^2) memory, accurate to rounding.

    It is made when the first system is solved: scores of many networks want none.
    """

    def __init__(self, laplacian: sp.csr_array) -> None:
        self._laplacian = laplacian

    def solve(
        self,
        right: Float[np.ndarray, "nodes columns"],
        *,
        guess: Float[np.ndarray, "nodes columns"] | None = None,
        tolerance: float = 1e-2,
    ) -> Float[np.ndarray, "nodes columns"]:
        """See LaplacianSolver.solve."""
        inverse, vectors = self._decomposition
        return centred(vectors @ (inverse[:, None] * (vectors.T @ centred(right))))

    @cached_property
    def _decomposition(self) -> tuple[np.ndarray, np.ndarray]:
        """Inverse eigenvalues (N,) and eigenvectors (N, N)."""
        values, vectors = scipy.linalg.eigh(self._laplacian.toarray(), check_finite=False)
        floor = NULL * (float(values[-1]) or 1.0)  # without any weight all is null
        return 1 / np.maximum(values, floor), vectors
