"""Largest eigenpairs of weighted adjacency matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from jaxtyping import Float

DENSE_NODES = 256  # up to here a full eigendecomposition takes some milliseconds
MOST_RESTARTS = 300  # of the Lanczos method
SUBSPACE = 40  # Lanczos vectors


@dataclass(frozen=True, kw_only=True)
class Eigenpair:
    """A nearly exact eigenpair of a symmetric matrix.

    Attributes:
        value: a Rayleigh quotient, hence never above the largest eigenvalue
        vector: (N,) of norm 1
        residual: norm(A v - value v) / value
    """

    value: float
    vector: Float[np.ndarray, " nodes"]
    residual: float


def largest_eigenpair(
    matrix: sp.csr_array, *, guess: Float[np.ndarray, " nodes"], tolerance: float
) -> Eigenpair:
    """The largest eigenvalue of a symmetric matrix: dense if small, else by Lanczos from a warm start.

    Args:
        guess: (N,) not orthogonal to the eigenvector that is wanted; a positive vector never is, if no weight
            is negative
        tolerance: on the relative residual; the result says what was reached
    """
    nodes = matrix.shape[0]
    if nodes <= DENSE_NODES:
        _, vectors = scipy.linalg.eigh(
            matrix.toarray(), subset_by_index=[nodes - 1, nodes - 1], check_finite=False
        )
        return _judged(matrix, vectors[:, 0])
    if matrix.nnz == 0 or not matrix.data.any():
        return _judged(matrix, guess)
    try:
        _, vectors = sla.eigsh(
            matrix,
            1,
            which="LA",
            v0=guess,
            tol=tolerance,
            maxiter=MOST_RESTARTS,
            ncv=min(SUBSPACE, nodes),
        )
    except sla.ArpackNoConvergence as error:
        if error.eigenvectors.shape[1] == 0:
            return _judged(matrix, guess)
        vectors = error.eigenvectors
    return _judged(matrix, vectors[:, 0])


def _judged(matrix: sp.csr_array, vector: np.ndarray) -> Eigenpair:
    vector = vector / np.linalg.norm(vector)
    image = matrix @ vector
    value = float(vector @ image)
    norm = float(np.linalg.norm(image - value * vector))
    scale = max(abs(value), float(np.finfo(float).tiny))
    return Eigenpair(value=value, vector=vector, residual=norm / scale)
