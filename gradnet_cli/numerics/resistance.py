"""Traces of Laplacian pseudo-inverses: the total effective resistance of a network and its slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from jaxtyping import Float

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import LaplacianSolver

# Relative to the mean strength: it keeps networks in parts finite, at resistances of about 1e13.
GROUND = 1e-13
BLOCK = 128  # columns solved for at a time
SOLVER_TOLERANCE = 1e-10  # relative residual of iterative solvers: the score's error is of this size
# Squared differences of rows cost O(E N) reads of memory, one product of matrices O(N^3) of arithmetic that
# is twenty times as fast.
DENSE_SHARE = 0.05


@dataclass(frozen=True, kw_only=True)
class InverseTrace:
    """What is wanted of M, the pseudo-inverse of a Laplacian, or nearly so.

    Attributes:
        trace: tr M
        diagonal: (N,) of M
        matrix: M itself, where it was made
        slopes: (E,) norm(M (e_i - e_j))^2 of every edge (i, j); the trace falls by that per unit of weight
    """

    trace: float
    diagonal: Float[np.ndarray, " nodes"]
    slopes: Float[np.ndarray, " edges"]
    matrix: Float[np.ndarray, "nodes nodes"] | None = None


def dense_trace(laplacian: sp.csr_array, pattern: LaplacianPattern) -> InverseTrace:
    """By a Cholesky factorisation of the dense matrix: O(N^3) time, O(N^2) memory, accurate to rounding."""
    nodes = pattern.nodes
    scale = float(laplacian.diagonal().mean()) or np.finfo(float).tiny
    matrix = laplacian.toarray(order="F")
    matrix += scale / nodes  # lifts the vector of ones to the eigenvalue `scale`
    matrix[np.diag_indices(nodes)] += GROUND * scale
    inverse = _inverse(matrix, floor=GROUND * scale)
    inverse -= 1 / (nodes * scale)
    diagonal = inverse.diagonal().copy()
    source, target = pattern.source, pattern.target
    if len(source) > DENSE_SHARE * nodes**2:
        gram = inverse @ inverse
        squares = gram.diagonal()
        slopes = np.maximum(squares[source] + squares[target] - 2 * gram[source, target], 0.0)
    else:
        slopes = np.empty(len(source))
        for start in range(0, len(source), BLOCK):
            chosen = slice(start, start + BLOCK)
            slopes[chosen] = np.square(inverse[source[chosen]] - inverse[target[chosen]]).sum(axis=1)
    return InverseTrace(trace=float(diagonal.sum()), diagonal=diagonal, slopes=slopes, matrix=inverse)


def solved_trace(solver: LaplacianSolver, pattern: LaplacianPattern) -> InverseTrace:
    """By one solve a node, in blocks: O(N) solves, O(N BLOCK) memory; for sparse networks too large for the
    dense way.
    """
    nodes = pattern.nodes
    diagonal = np.empty(nodes)
    slopes = np.zeros(len(pattern.source))
    for start in range(0, nodes, BLOCK):
        columns = np.arange(start, min(start + BLOCK, nodes))
        right = np.zeros((nodes, len(columns)))
        right[columns, np.arange(len(columns))] = 1.0
        block = solver.solve(right, tolerance=SOLVER_TOLERANCE)
        diagonal[columns] = block[columns, np.arange(len(columns))]
        for column in np.ascontiguousarray(block.T):
            slopes += np.square(column[pattern.source] - column[pattern.target])
    return InverseTrace(trace=float(diagonal.sum()), diagonal=diagonal, slopes=slopes)


def _inverse(matrix: np.ndarray, *, floor: float) -> np.ndarray:
    """Inverse (N, N) of a positive definite matrix; eigenvalues that rounding has lost count as `floor`."""
    factor, failed = scipy.linalg.lapack.dpotrf(matrix, lower=1)
    if failed == 0:
        inverse, failed = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed != 0:
        values, vectors = scipy.linalg.eigh(matrix, check_finite=False)
        result: np.ndarray = (vectors / np.maximum(values, floor)) @ vectors.T
        return result
    lower: np.ndarray = np.tril(inverse)
    lower += np.tril(inverse, -1).T
    return lower
