"""Lowest nontrivial eigenpairs of a graph Laplacian."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from jaxtyping import Float

from gradnet_cli.numerics.linear_solvers.base import LaplacianSolver, centred

# Up to here a full eigendecomposition takes less than a tenth of a second.
DENSE_EIGEN_NODES = 512
# LOBPCG goes on until every pair of its block has converged, but only the first is asked for: it runs in
# short rounds, on a block wide enough to see past the nearest neighbours of lambda_2.
LARGEST_BLOCK = 12
ROUND = 4
# A warm start often needs no more than these, which cost a solve each and nothing else.
INVERSE_ITERATIONS = 4
LANCZOS_PAIRS = 3
LANCZOS_VECTORS = 32
SOLVED = 1e-8  # relative residual of the solves, and of the pairs


@dataclass(frozen=True, kw_only=True)
class Eigenpairs:
    """Approximate eigenpairs orthogonal to the vector of ones.

    Attributes:
        values: (k,) ascending; each is a Rayleigh quotient, hence never below the eigenvalue that it stands
            for
        vectors: (N, k) orthonormal
        residual: norm(L v - lambda v) / lambda of the first pair
    """

    values: Float[np.ndarray, " pairs"]
    vectors: Float[np.ndarray, "nodes pairs"]
    residual: float


def relative_residual(laplacian: sp.csr_array, value: float, vector: Float[np.ndarray, " nodes"]) -> float:
    """norm(L v - value v) / value for a unit vector v; zero where the norm is that of rounding."""
    norm = float(np.linalg.norm(laplacian @ vector - value * vector))
    # A network that is nearly disconnected has a lambda_2 next to zero, whose rounding is not an error. And a
    # quotient of zero is exact, for it is never below the eigenvalue, nor that below zero.
    rounding = 8 * np.finfo(float).eps * float(laplacian.diagonal().max(initial=0.0))
    return norm / value if norm > rounding and value > 0 else 0.0


def rayleigh_ritz(
    laplacian: sp.csr_array, block: Float[np.ndarray, "nodes columns"], *, orthonormal: bool = False
) -> Eigenpairs:
    """The best eigenpairs within the span of the columns of block (N, k).

    Args:
        orthonormal: that the columns are so already, and centred
    """
    basis = block if orthonormal else np.linalg.qr(centred(block))[0]
    values, rotation = np.linalg.eigh(basis.T @ (laplacian @ basis))
    vectors = basis @ rotation
    return Eigenpairs(
        values=values, vectors=vectors, residual=relative_residual(laplacian, values[0], vectors[:, 0])
    )


def dense_eigenpairs(laplacian: sp.csr_array, count: int) -> Eigenpairs:
    """The lowest pairs by a full eigendecomposition; O(N^3) time, O(N^2) memory."""
    nodes = laplacian.shape[0]
    # Lifting the trivial eigenvalue above all others keeps it out of a cluster at zero.
    lifted = laplacian.toarray() + 2 * laplacian.diagonal().sum() / nodes
    if count > nodes // 2 and count > LARGEST_BLOCK:
        # Divide and conquer finds all of them in a fifth of the time.
        values, vectors = scipy.linalg.eigh(lifted, driver="evd", check_finite=False)
        values, vectors = values[:count], vectors[:, :count]
    else:
        values, vectors = scipy.linalg.eigh(lifted, subset_by_index=[0, count - 1], check_finite=False)
    return Eigenpairs(
        values=np.maximum(values, 0.0),
        vectors=vectors,
        residual=relative_residual(laplacian, values[0], vectors[:, 0]),
    )


def lowest_eigenpairs(
    laplacian: sp.csr_array,
    solver: LaplacianSolver,
    *,
    guess: Float[np.ndarray, "nodes columns"],
    tolerance: float,
    most_rounds: int = 40,
) -> Eigenpairs:
    """Eigenpairs by inverse iteration, then by LOBPCG (Knyazev 2001) preconditioned with the same solver.

    Args:
        guess: (N, k); the wider the block, the faster the first pair converges in a cluster. Every direction
            that may hold the lowest eigenvalue must be in it: a small residual alone also has the next one
        tolerance: on the relative residual of the first pair; the result says what was reached
        most_rounds: of ROUND iterations each
    """
    nodes, count = guess.shape
    pairs = rayleigh_ritz(laplacian, guess)
    if nodes <= DENSE_EIGEN_NODES and pairs.residual > tolerance:
        return dense_eigenpairs(laplacian, min(count, LARGEST_BLOCK))
    for _ in range(INVERSE_ITERATIONS):
        if pairs.residual <= tolerance or pairs.values[0] <= 0:
            return pairs
        image = solver.solve(pairs.vectors, guess=pairs.vectors / pairs.values)
        pairs = rayleigh_ritz(laplacian, image)
    preconditioner = sla.LinearOperator(
        laplacian.shape,
        matvec=lambda vector: solver.solve(vector.reshape(-1, 1)),
        matmat=lambda block: solver.solve(block),
        dtype=np.float64,
    )
    for _ in range(most_rounds):
        if pairs.residual <= tolerance or pairs.values[0] <= 0:
            break
        with warnings.catch_warnings():
            # It warns for want of accuracy in any pair; the residual of the first is what is asked for.
            warnings.simplefilter("ignore", UserWarning)
            _, vectors = sla.lobpcg(
                laplacian,
                pairs.vectors[:, :LARGEST_BLOCK],
                M=preconditioner,
                Y=np.ones((nodes, 1)),
                tol=tolerance * float(pairs.values[0]),
                maxiter=ROUND,
                largest=False,
            )
        # The columns left out of the round stay in, so that no eigenvalue below those found is lost.
        refined = rayleigh_ritz(laplacian, np.column_stack([vectors, pairs.vectors[:, LARGEST_BLOCK:]]))
        if not (refined.residual < pairs.residual or refined.values[0] < pairs.values[0]):
            break
        pairs = refined
    return pairs


def lanczos_eigenpairs(
    laplacian: sp.csr_array, solver: LaplacianSolver, *, guess: Float[np.ndarray, "nodes columns"]
) -> Eigenpairs:
    """The same by the Lanczos method on L^+ (ARPACK, Lehoucq, Sorensen and Yang 1998), in accurate solves.

    Slower than warm-started blocks, but it converges where these stand still: on networks with hubs, whose
    lowest eigenvalues lie close together.

    Args:
        guess: (N, k) orthogonal to the vector of ones; what is found is never worse
    """
    nodes = laplacian.shape[0]
    pinv = sla.LinearOperator(
        laplacian.shape,
        matvec=lambda vector: solver.solve(vector.reshape(-1, 1), tolerance=SOLVED).ravel(),
        dtype=np.float64,
    )
    wanted = min(LANCZOS_PAIRS, nodes - 2)
    try:
        _, vectors = sla.eigsh(
            pinv, wanted, which="LM", v0=guess.sum(axis=1), ncv=min(LANCZOS_VECTORS, nodes - 1), tol=SOLVED
        )
    except sla.ArpackNoConvergence as partial:
        vectors = partial.eigenvectors
    return rayleigh_ritz(laplacian, np.column_stack([vectors, guess]))
