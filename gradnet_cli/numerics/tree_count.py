"""The logarithm of the weighted number of spanning trees, and resistances of edges, which are its slopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from jaxtyping import Float
from scipy.linalg import lapack

from gradnet_cli.numerics.fronts import Elimination, Front
from gradnet_cli.numerics.graphs import components, strengths
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.pair_prices import SquaredDistances

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
        self._sparse = None if self.dense else _Fronts(pattern)

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
        return self._dense(weights, embedded) if self._sparse is None else self._sparse.count(weights)

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


@dataclass(eq=False)
class _Entries:
    """Where the weights of edges go in a front, and their resistances come from."""

    edges: np.ndarray
    row: np.ndarray
    column: np.ndarray


class _Fronts:
    """Factorises a grounded Laplacian, and finds the entries of its inverse on edges."""

    def __init__(self, pattern: LaplacianPattern) -> None:
        self._pattern = pattern
        source, target = pattern.source, pattern.target
        # A node of many edges as the ground saves the fill-in that it would make.
        self._ground = int(np.bincount(pattern.edge_index.ravel(), minlength=pattern.nodes).argmax())
        kept = np.arange(pattern.nodes) != self._ground
        number = np.cumsum(kept) - 1
        self._inner = np.flatnonzero(kept[source] & kept[target])
        pairs = number[pattern.edge_index[:, self._inner]]
        self._elimination = Elimination.of(pairs, size=pattern.nodes - 1)
        place = self._elimination.place
        self._place = np.full(pattern.nodes, -1)
        self._place[kept] = place
        self._node = np.empty(pattern.nodes - 1, dtype=np.int64)
        self._node[place] = np.flatnonzero(kept)
        self._entries = list(self._arranged(place[pairs]))
        children = [0] * len(self._elimination.fronts)
        for front in self._elimination.fronts:
            if front.parent >= 0:
                children[front.parent] += 1
        self._children = children

    def _arranged(self, pairs: np.ndarray) -> Iterator[_Entries]:
        """For each front, the edges that it takes up."""
        low, high = np.minimum(*pairs), np.maximum(*pairs)
        owner = self._elimination.front_of[low]
        order = np.argsort(owner, kind="stable")
        cuts = np.searchsorted(owner[order], np.arange(len(self._elimination.fronts) + 1))
        for number, front in enumerate(self._elimination.fronts):
            chosen = order[cuts[number] : cuts[number + 1]]
            row = np.searchsorted(front.rows, high[chosen])
            yield _Entries(edges=self._inner[chosen], row=row, column=low[chosen] - front.begin)

    def count(self, weights: np.ndarray) -> TreeCount:
        """See TreeCounter.count; the network is connected."""
        diagonal = strengths(self._pattern.edge_index, weights, nodes=self._pattern.nodes)[self._node]
        fronts = self._elimination.fronts
        factors: list[tuple[np.ndarray, np.ndarray]] = []
        left: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in fronts]
        logarithm = 0.0
        for number, (front, entries) in enumerate(zip(fronts, self._entries, strict=True)):
            matrix = np.zeros((front.columns + len(front.below),) * 2)
            matrix[entries.row, entries.column] = -weights[entries.edges]
            head = np.arange(front.columns)
            matrix[head, head] = diagonal[front.begin : front.end]
            for within, rest in left[number]:
                matrix[within[:, None], within] += rest
            left[number] = []
            factor, failed = lapack.dpotrf(matrix[: front.columns, : front.columns], lower=1)
            if failed:  # weights so far apart that rounding has cut the network
                return TreeCount(logarithm=-np.inf, resistances=np.full(len(weights), np.inf))
            logarithm += 2 * float(np.log(factor.diagonal()).sum())
            side = matrix[front.columns :, : front.columns].T
            if front.parent >= 0:
                side = lapack.dtrtrs(factor, side, lower=1)[0]
                rest = matrix[front.columns :, front.columns :] - side.T @ side
                left[front.parent].append((front.within, rest))
            factors.append((factor, side))
        return TreeCount(logarithm=logarithm, resistances=self._resistances(factors))

    def _resistances(self, factors: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """R_e = Z_ii + Z_jj - 2 Z_ij, Z the inverse, of which a front knows what its parent knows."""
        pattern = self._pattern
        diagonal, across = np.zeros(pattern.nodes), np.zeros(len(pattern.source))
        waiting, inverses = list(self._children), dict[int, np.ndarray]()
        fronts = self._elimination.fronts
        for number in range(len(fronts) - 1, -1, -1):
            front, entries = fronts[number], self._entries[number]
            inverse = _inverse(front, *factors.pop(), inverses)
            own = np.arange(front.columns)
            diagonal[self._node[front.begin : front.end]] = inverse[own, own]
            across[entries.edges] = inverse[entries.row, entries.column]
            if waiting[number]:
                inverses[number] = inverse
            if front.parent >= 0:
                waiting[front.parent] -= 1
                if waiting[front.parent] == 0:
                    del inverses[front.parent]
        resistances: np.ndarray = diagonal[pattern.source] + diagonal[pattern.target] - 2 * across
        return resistances


def _inverse(
    front: Front, factor: np.ndarray, side: np.ndarray, inverses: dict[int, np.ndarray]
) -> np.ndarray:
    """The entries of the inverse among the rows of a front."""
    columns = front.columns
    own: np.ndarray = np.tril(lapack.dpotri(factor, lower=1)[0])
    own += np.tril(own, -1).T
    if front.parent < 0:
        return own
    below = inverses[front.parent][front.within[:, None], front.within]
    inverse: np.ndarray = np.empty((columns + len(front.below),) * 2)
    share = lapack.dtrtrs(factor, side, lower=1, trans=1)[0]
    beside = below @ share.T
    inverse[columns:, columns:] = below
    inverse[columns:, :columns] = -beside
    inverse[:columns, columns:] = -beside.T
    inverse[:columns, :columns] = own + share @ beside
    return inverse
