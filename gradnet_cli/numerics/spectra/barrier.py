"""A smooth potential of the lower eigenvalues of a graph Laplacian, and exchanges of edges that lower it."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from jaxtyping import Float, Int

from gradnet_cli.numerics.exchanges import NOBODY, Exchanges, PossibleExchanges, exchanges_where

LIKELY = 2000  # edges that come, after which the best exchange that was found is good enough
NEGLIGIBLE = 1e-6  # share of the potential; less is gained by many exchanges that lead nowhere


def lowering_exchange(
    laplacian: Float[np.ndarray, "nodes nodes"],
    level: float,
    edge_index: Int[np.ndarray, "2 edges"],
    possible: PossibleExchanges,
) -> Exchanges:
    """The exchange that lowers most the potential sum over k >= 2 of 1 / (lambda_k - level), if any does.

    The potential is a barrier: eigenvalues near the level count most, and none falls below it (Batson,
    Spielman and Srivastava 2012). lambda_2 alone, of which no exchange takes more than lambda_3 allows, rises
    in many small steps; the potential lifts all eigenvalues next to it at once. With R = (L - level)^-1 and
    Q = R^2 on the space orthogonal to 1, an exchange of a for b, L + U S U^T, U = (u_b, u_a),
    S = diag(s_b, -s_a), lowers it by

        tr(P^-1 U^T Q U),  P = S^-1 + U^T R U,

    by the formula of Sherman, Morrison and Woodbury, and lambda_2 stays above the level if, and only if,
    det P < 0 (see ExchangedEigenvalues). Edges that come are looked at in the order of what their addition
    alone would do, until some exchange is found for one of the first LIKELY, or nothing more can be.

    Args:
        laplacian: L, all of whose eigenvalues but that of 1 are above the level
        level: >= 0
        edge_index: (2, E)
        possible: exchanges
    """
    resolvent = _inverse(laplacian, level)
    if resolvent is None:
        return Exchanges.none()
    square = resolvent @ resolvent
    (source, target), there = edge_index[:, possible.out], possible.out != NOBODY
    first = there * (resolvent[:, source] - resolvent[:, target])
    second = there * (square[:, source] - square[:, target])
    column = np.arange(len(possible.out))
    p_out = first[source, column] - first[target, column] - 1 / possible.sizes_out
    q_out = second[source, column] - second[target, column]
    p_new = _resistances(resolvent, edge_index[:, possible.new]) + 1 / possible.sizes[possible.new]
    q_new = _resistances(square, edge_index[:, possible.new])
    # An exchange gains less than the addition alone: where that falls below what was found, so does the rest.
    added = q_new / p_new
    order = np.argsort(-added, kind="stable")
    best, least = Exchanges.none(), NEGLIGIBLE * float(resolvent.trace())
    seen = 0
    for few in possible.blocks(order):
        few = few[added[few] > least]
        if not len(few) or (len(best) and seen >= LIKELY):
            break
        seen += len(few)
        source, target = edge_index[:, possible.new[few]]
        p_both, q_both = first[source] - first[target], second[source] - second[target]
        determinant = p_new[few, None] * p_out - p_both * p_both
        gain = np.zeros(determinant.shape)
        form = p_out * q_new[few, None] - 2 * p_both * q_both + p_new[few, None] * q_out
        np.divide(form, determinant, out=gain, where=determinant < 0)
        better = exchanges_where(gain > least, gain, possible.new[few], possible)
        if len(better):
            best = better.best(1)
            least = float(best.worth[0])
    return best


def _inverse(
    laplacian: Float[np.ndarray, "nodes nodes"], level: float
) -> Float[np.ndarray, "nodes nodes"] | None:
    """(L - level)^-1, with 1 lifted above all; None where that is not positive definite."""
    nodes = len(laplacian)
    lifted = laplacian + 2 * np.trace(laplacian) / nodes
    lifted[np.diag_indices(nodes)] -= level
    factor, failed = scipy.linalg.lapack.dpotrf(lifted, lower=1, overwrite_a=1)
    if failed == 0:
        factor, failed = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed != 0:
        return None
    inverse: np.ndarray = np.tril(factor) + np.tril(factor, -1).T
    return inverse


def _resistances(
    matrix: Float[np.ndarray, "nodes nodes"], edge_index: Int[np.ndarray, "2 edges"]
) -> Float[np.ndarray, " edges"]:
    """u_e^T M u_e (E,)."""
    source, target = edge_index
    diagonal = matrix.diagonal()
    resistances: np.ndarray = diagonal[source] + diagonal[target] - 2 * matrix[source, target]
    return resistances
