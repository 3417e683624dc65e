"""Singular values of tall matrices."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

# Relative size of the least singular value from which on squares of them are told apart in float64, with
# directions that are orthogonal to a hundredth of what is asked of eigenvectors.
CLEAR = 1e-5


def principal_directions(
    block: Float[np.ndarray, "nodes columns"],
) -> tuple[Float[np.ndarray, "nodes columns"], Float[np.ndarray, " columns"]]:
    """Left singular vectors (N, r) and singular values (r,), the largest first, of a matrix with r <= N.

    From the Gram matrix, which takes products of matrices alone, where all singular values are clear of
    rounding there; by a full decomposition elsewhere.
    """
    squares, right = np.linalg.eigh(block.T @ block)
    largest = float(squares[-1])
    if not largest > 0 or not squares[0] > CLEAR**2 * largest:
        left, amplitudes, _ = np.linalg.svd(block, full_matrices=False)
        return left, amplitudes
    amplitudes = np.sqrt(squares[::-1])
    return block @ (right[:, ::-1] / amplitudes), amplitudes
