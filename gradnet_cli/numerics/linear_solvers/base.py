"""What every solver of Laplacian systems offers."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float


@runtime_checkable
class LaplacianSolver(Protocol):
    """The pseudo-inverse of one Laplacian, applied to blocks of vectors."""

    def solve(
        self,
        right: Float[np.ndarray, "nodes columns"],
        *,
        guess: Float[np.ndarray, "nodes columns"] | None = None,
        tolerance: float = 1e-2,
    ) -> Float[np.ndarray, "nodes columns"]:
        """Return X (N, k) with L X = right and zero column sums.

        Args:
            right: (N, k), columns are centred first
            guess: (N, k), where an iterative solver begins
            tolerance: relative residual at which an iterative solver stops; direct ones ignore it
        """
        ...


def centred(block: Float[np.ndarray, "nodes columns"]) -> Float[np.ndarray, "nodes columns"]:
    """The block with the mean of each column taken off: the part orthogonal to the vector of ones."""
    rest: np.ndarray = block - block.mean(axis=0)
    return rest


def grounding(strengths: Float[np.ndarray, " nodes"]) -> Float[np.ndarray, " nodes"]:
    """Diagonal shift (N,) that makes a Laplacian positive definite without changing centred solutions.

    A weight to ground at one node r leaves x_r = 0 and L x = b whenever b sums to zero. The tiny shift of all
    nodes keeps the matrix definite when weights that are exactly zero cut the network into parts.
    """
    scale = float(strengths.mean())
    shift = np.full(len(strengths), 1e-13 * scale)
    shift[-1] += scale
    return shift
