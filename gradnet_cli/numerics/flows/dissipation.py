"""What resistor networks dissipate under patterns of loads, tr(L^+ S), and its slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from jaxtyping import Float

from gradnet_cli.numerics.elimination.laplacian_fronts import LaplacianFronts, mirrored
from gradnet_cli.numerics.graphs import components
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import LaplacianSolver

# Relative to the mean strength: it keeps networks in parts finite, at resistances of about 1e13.
GROUND = 1e-13
BLOCK = 128  # columns solved for at a time
BALANCED = 1e-12  # of the sizes of loads: what their sum may miss
KEPT_ENTRIES = 4_000_000  # of potentials, up to which they are kept although they are not made as a whole
SOLVER_TOLERANCE = 1e-10  # relative residual of iterative solvers: the score's error is of this size
# Squared differences of rows cost O(E P) reads of memory, one product of matrices O(N^2 P) of arithmetic that
# is twenty times as fast.
DENSE_SHARE = 0.05
# Of two sums that are the same but for rounding, relative; where they differ, slopes of heavy edges are lost.
AGREEMENT = 1e-8


@dataclass(frozen=True, kw_only=True)
class Dissipation:
    """What is wanted of potentials Y = M S: loads S (N, P), M the pseudo-inverse of a Laplacian, or nearly.

    Attributes:
        terms: (P,) <s_k, y_k> of every pattern
        slopes: (E,) norm(y_i - y_j)^2 of every edge (i, j); the total falls by that per unit of weight
        potentials: Y (N, P), where it was made as a whole
        inverse: (N, N) with the differences of M between nodes, where it was made
        resistances: (E,) between the ends of each edge, where more is known of M than its product with S
    """

    terms: Float[np.ndarray, " patterns"]
    slopes: Float[np.ndarray, " edges"]
    potentials: Float[np.ndarray, "nodes patterns"] | None = None
    inverse: Float[np.ndarray, "nodes nodes"] | None = None
    resistances: Float[np.ndarray, " edges"] | None = None

    @property
    def total(self) -> float:
        """tr(M S S')."""
        return float(self.terms.sum())


def dense_dissipation(
    laplacian: sp.csr_array, pattern: LaplacianPattern, loads: sp.csc_array, *, whole: bool = False
) -> Dissipation:
    """By a Cholesky factorisation of the dense matrix: O(N^3) time, O(N^2) memory, accurate to rounding.

    Args:
        loads: S (N, P), whose parts along the vector of ones are left out
        whole: whether the inverse is wanted; for many patterns it is made anyway
    """
    nodes = pattern.nodes
    uneven = loads.sum(axis=0) / nodes
    balanced = bool((nodes * np.abs(uneven) <= BALANCED * np.abs(loads).sum(axis=0)).all())
    inverse = None
    if whole or loads.shape[1] > nodes / 2:
        inverse = grounded_inverse(laplacian)
        potentials: np.ndarray = np.ascontiguousarray((loads.T @ inverse).T)
        if not balanced:
            potentials -= np.outer(inverse.sum(axis=1), uneven)
    else:
        # Of a part that hardly hangs on the inverse has huge entries, which cancel in a solution.
        right = loads.toarray()
        potentials = _solved(
            _grounded(laplacian, floor=_floor(laplacian)), right if balanced else right - uneven
        )
    potentials -= potentials.mean(axis=0)
    terms = np.asarray(loads.multiply(potentials).sum(axis=0)).ravel()
    source, target = pattern.source, pattern.target
    if len(source) > DENSE_SHARE * pattern.nodes**2:
        gram = potentials @ potentials.T
        squares = gram.diagonal()
        slopes = np.maximum(squares[source] + squares[target] - 2 * gram[source, target], 0.0)
    else:
        slopes = np.empty(len(source))
        for start in range(0, len(source), BLOCK):
            chosen = slice(start, start + BLOCK)
            slopes[chosen] = np.square(potentials[source[chosen]] - potentials[target[chosen]]).sum(axis=1)
    resistances = None
    if inverse is not None:
        own = inverse.diagonal()
        resistances = own[source] + own[target] - 2 * inverse[source, target]
    return Dissipation(
        terms=terms, slopes=slopes, potentials=potentials, inverse=inverse, resistances=resistances
    )


def solved_dissipation(
    solver: LaplacianSolver, pattern: LaplacianPattern, loads: sp.csc_array
) -> Dissipation:
    """By one solve a pattern, in blocks: O(P) solves, O(N BLOCK) memory.

    For few patterns, and for sparse networks that are too large for the dense way.
    """
    patterns = loads.shape[1]
    terms, slopes = np.empty(patterns), np.zeros(len(pattern.source))
    whole = np.zeros((pattern.nodes, patterns)) if pattern.nodes * patterns <= KEPT_ENTRIES else None
    for start in range(0, patterns, BLOCK):
        right = loads[:, start : start + BLOCK].toarray()
        block = solver.solve(right, tolerance=SOLVER_TOLERANCE)
        terms[start : start + BLOCK] = (right * block).sum(axis=0)
        if whole is not None:
            whole[:, start : start + BLOCK] = block
        for column in np.ascontiguousarray(block.T):
            slopes += np.square(column[pattern.source] - column[pattern.target])
    return Dissipation(terms=terms, slopes=slopes, potentials=whole)


def connected(pattern: LaplacianPattern, weights: Float[np.ndarray, " edges"]) -> bool:
    """Whether edges of positive weight (E,) connect all nodes."""
    part = components(pattern.edge_index[:, weights > 0], nodes=pattern.nodes)
    return int(part.max(initial=0)) == 0


def joined(
    laplacian: sp.csr_array,
    weights: Float[np.ndarray, " edges"],
    pattern: LaplacianPattern,
    loads: sp.csc_array,
) -> sp.csr_array:
    """The Laplacian with links between the parts of a network, where every part has balanced loads.

    Nothing flows through such links, and without them potentials of different parts have no common zero.
    """
    part = components(pattern.edge_index[:, weights != 0], nodes=pattern.nodes)
    count = int(part.max(initial=0)) + 1
    if count == 1:
        return laplacian
    member = sp.coo_array(
        (np.ones(len(part)), (part, np.arange(len(part)))), shape=(count, len(part))
    ).tocsr()
    left, size = abs(member @ loads), abs(loads).sum(axis=0)
    if left.nnz and (left.max(axis=0).toarray() > BALANCED * size).any():
        return laplacian
    anchors = np.unique(part, return_index=True)[1]
    links = np.stack([anchors[:-1], anchors[1:]])
    scale = float(laplacian.diagonal().mean())
    between = LaplacianPattern(edge_index=links, nodes=pattern.nodes).assemble(np.full(count - 1, scale))
    return sp.csr_array(laplacian + between)


def fronts_dissipation(
    fronts: LaplacianFronts, pattern: LaplacianPattern, weights: Float[np.ndarray, " edges"]
) -> Dissipation | None:
    """For loads S = sqrt(N) 1, without a dense matrix: of inverse and square only what lies on edges.

    With M = L^+ and G as in InverseOnEdges, u = G 1: M_ii = G_ii - (2 u_i - mean u) / N, and norm(M b)^2 =
    b' G G b - (b' u)^2 / N. What cancels in it shows in <w, slopes>, which is the total.

    Returns:
        None where parts hardly hang on, so that rounding spoils the slopes
    """
    nodes = pattern.nodes
    found = fronts.invert(weights, square=True)
    if found is None:
        return None
    assert found.square is not None
    assert found.sums is not None
    sums = found.sums
    terms = nodes * found.inverse.diagonal - 2 * sums + sums.mean()
    apart = np.square(sums[pattern.source] - sums[pattern.target])
    slopes = np.maximum(nodes * found.square.differences(pattern) - apart, 0.0)
    result = Dissipation(terms=terms, slopes=slopes, resistances=found.inverse.differences(pattern))
    return result if abs(float(weights @ slopes) - result.total) <= AGREEMENT * result.total else None


def grounded_inverse(laplacian: sp.csr_array) -> Float[np.ndarray, "nodes nodes"]:
    """The inverse (N, N) of a Laplacian whose strongest node is tied to the ground.

    Its differences between nodes are those of the pseudo-inverse. As nothing cancels in the factorisation,
    nodes that hardly hang on do not spoil what is between the others.
    """
    floor = _floor(laplacian)
    if laplacian.diagonal().min() > floor:
        factor, failed = _factorised(_grounded(laplacian, floor=0.0))
        if failed == 0 and float(np.square(factor.diagonal()).min()) > floor:
            inverse, failed = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
            if failed == 0:
                return mirrored(inverse)
    return _inverse(_grounded(laplacian, floor=floor), floor=floor)


def _grounded(laplacian: sp.csr_array, *, floor: float) -> np.ndarray:
    diagonal = laplacian.diagonal()
    matrix: np.ndarray = laplacian.toarray(order="F")
    matrix[np.diag_indices(len(diagonal))] += floor
    strongest = int(diagonal.argmax())
    matrix[strongest, strongest] += _floor(laplacian) / GROUND
    return matrix


def _floor(laplacian: sp.csr_array) -> float:
    return GROUND * (float(laplacian.diagonal().mean()) or np.finfo(float).tiny / GROUND)


def _factorised(matrix: np.ndarray) -> tuple[np.ndarray, int]:
    factor, failed = scipy.linalg.lapack.dpotrf(matrix, lower=1, overwrite_a=1)
    return factor, int(failed)


def _solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    factor, failed = scipy.linalg.lapack.dpotrf(matrix, lower=1)
    solution: np.ndarray
    if failed != 0:
        solution = scipy.linalg.lstsq(matrix, right, check_finite=False)[0]
    else:
        solution = scipy.linalg.lapack.dpotrs(factor, right, lower=1)[0]
    return np.ascontiguousarray(solution)


def _inverse(matrix: np.ndarray, *, floor: float) -> np.ndarray:
    """Inverse (N, N) of a positive definite matrix; eigenvalues that rounding has lost count as `floor`."""
    factor, failed = scipy.linalg.lapack.dpotrf(matrix, lower=1)
    if failed == 0:
        inverse, failed = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed != 0:
        values, vectors = scipy.linalg.eigh(matrix, check_finite=False)
        result: np.ndarray = (vectors / np.maximum(values, floor)) @ vectors.T
        return result
    return mirrored(inverse)
