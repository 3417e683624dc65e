"""The logarithm of the weighted number of spanning trees, and resistances of edges, which are its slopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from jaxtyping import Float
from scipy.linalg import lapack

from gradnet_cli.numerics.elimination.laplacian_fronts import LaplacianFronts
from gradnet_cli.numerics.graphs import components
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.pairs.pair_prices import SquaredDistances

# Masks with more of all pairs than this fill up whatever the order.
FULL = 0.05
SMALL = 100  # nodes up to which one dense matrix is the quickest


@dataclass(frozen=True, eq=False, kw_only=True)
class TreeCount:
    """What is known of the spanning trees of a network.

    Attributes:
        logarithm: of the sum over spanning trees of the product of their weights; -inf where there is none
        resistances: (E,) R_e of every edge, the slopes of the logarithm; inf between parts
        embedding: (N, N) rows whose squared distances are the resistances of all pairs, where it was made
    """

    logarithm: float
    resistances: Float[np.ndarray, " edges"]
    embedding: Float[np.ndarray, "nodes nodes"] | None = None


class TreeCounter:
    """Counts the trees of one weight vector after the other on the same edges (Kirchhoff 1847).

    The count is the determinant of the Laplacian without the row and column of one node. Dense it is
    factorised whole; sparse in fronts (Liu 1992), and of the inverse only the entries on edges are computed,
    from the last front to the first (Takahashi, Fagan and Chen 1973): no more work than the factorisation.

    Args:
        pattern: of the edges
        dense: whether to do it with dense matrices; None: as suits the mask
    """

    memory: Any = None  # nothing is carried on

    def __init__(self, pattern: LaplacianPattern, *, dense: bool | None = None) -> None:
        self._pattern = pattern
        nodes = pattern.nodes
        full = nodes <= SMALL or len(pattern.source) > FULL * nodes**2
        self.dense = full if dense is None else dense
        self._sparse = None if self.dense else LaplacianFronts(pattern)

    def count(self, weights: Float[np.ndarray, " edges"], *, embedded: bool = False) -> TreeCount:
        """Of weights (E,) >= 0.

        Args:
            embedded: whether the embedding is wanted, with dense matrices
        """
        used = weights > 0
        part = components(self._pattern.edge_index[:, used], nodes=self._pattern.nodes)
        if part.max(initial=0) > 0:
            between = part[self._pattern.source] != part[self._pattern.target]
            return TreeCount(logarithm=-np.inf, resistances=np.where(between, np.inf, 0.0))
        if self._sparse is None:
            return self._dense(weights, embedded)
        found = self._sparse.invert(weights)
        if found is None:
            return TreeCount(logarithm=-np.inf, resistances=np.full(len(weights), np.inf))
        return TreeCount(logarithm=found.logarithm, resistances=found.inverse.differences(self._pattern))

    def _dense(self, weights: np.ndarray, embedded: bool) -> TreeCount:
        """By L + s 11'/N, whose determinant is s N times the number of trees."""
        pattern, nodes = self._pattern, self._pattern.nodes
        matrix = pattern.assemble(weights).toarray(order="F")
        scale = float(matrix.diagonal().mean())
        matrix += scale / nodes
        factor = np.tril(scipy.linalg.cholesky(matrix, lower=True, overwrite_a=True, check_finite=False))
        logarithm = 2 * float(np.log(factor.diagonal()).sum()) - np.log(scale) - np.log(nodes)
        rows = np.ascontiguousarray(lapack.dtrtri(factor, lower=1)[0].T)
        source, target = pattern.source, pattern.target
        if len(source) > FULL * nodes**2:
            inverse = rows @ rows.T
            square = inverse.diagonal()
            resistances = square[source] + square[target] - 2 * inverse[source, target]
        else:
            resistances = SquaredDistances(rows).of(pattern.edge_index)
        return TreeCount(
            logarithm=float(logarithm), resistances=resistances, embedding=rows if embedded else None
        )
