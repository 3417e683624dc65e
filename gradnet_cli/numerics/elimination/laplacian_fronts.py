"""Entries of the inverse of a Laplacian, and of its square, on the edges alone: no dense N x N matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.linalg import blas, lapack

from gradnet_cli.numerics.elimination.fronts import Elimination, Front
from gradnet_cli.numerics.graphs import strengths
from gradnet_cli.numerics.laplacian import LaplacianPattern

MIRRORED = 256  # columns at a time
SYMMETRIC = 256  # columns from which on half of a symmetric product is worth two calls


@dataclass(frozen=True, eq=False, kw_only=True)
class OnEdges:
    """Entries of a symmetric matrix (N, N).

    Attributes:
        diagonal: (N,)
        across: (E,) at the ends of each edge
    """

    diagonal: Float[np.ndarray, " nodes"]
    across: Float[np.ndarray, " edges"]

    def differences(self, pattern: LaplacianPattern) -> Float[np.ndarray, " edges"]:
        """b' X b (E,), b the difference of an edge's ends."""
        found: np.ndarray = self.diagonal[pattern.source] + self.diagonal[pattern.target] - 2 * self.across
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class InverseOnEdges:
    """Of the inverse G of a Laplacian without the row and column of one node, zeros in their place.

    Attributes:
        logarithm: of the determinant of the Laplacian without them
        inverse: G
        square: G G, where it was asked for
        sums: (N,) of the rows of G, where the square was asked for
    """

    logarithm: float
    inverse: OnEdges
    square: OnEdges | None = None
    sums: Float[np.ndarray, " nodes"] | None = None


@dataclass(eq=False)
class _Entries:
    """Where the weights of edges go in a front, and their entries of the inverse come from."""

    edges: np.ndarray
    row: np.ndarray
    column: np.ndarray


@dataclass(eq=False)
class _Factor:
    """What is kept of a front (c columns, r rows below) until the inverse is made.

    Attributes:
        lower: (c, c) the Cholesky factor
        share: H (c, r), by which the columns follow the rows below
        mass: T (c, c), of the columns, and of all eliminated before as far as they follow these
        beside: T_cr + T H (c, r)
    """

    lower: np.ndarray
    share: np.ndarray
    mass: np.ndarray | None = None
    beside: np.ndarray | None = None


class LaplacianFronts:
    """Factorises one weight vector after the other on the same edges, in dense fronts (Liu 1992).

    Of the inverse only the entries in fronts are computed, from the last to the first (Takahashi, Fagan and
    Chen 1973), for no more work than the factorisation. The square of the inverse is minus the derivative of
    (L + t 1)^-1 at t = 0, and both recurrences are differentiated: that costs three times as much again.

    Args:
        pattern: of the edges
    """

    def __init__(self, pattern: LaplacianPattern) -> None:
        self._pattern = pattern
        source, target = pattern.source, pattern.target
        # A node of many edges as the ground saves the fill-in that it would make.
        self._ground = int(np.bincount(pattern.edge_index.ravel(), minlength=pattern.nodes).argmax())
        kept = np.arange(pattern.nodes) != self._ground
        number = np.cumsum(kept) - 1
        self._inner = np.flatnonzero(kept[source] & kept[target])
        pairs = number[pattern.edge_index[:, self._inner]]
        self.elimination = Elimination.of(pairs, size=pattern.nodes - 1)
        place = self.elimination.place
        self._node = np.empty(pattern.nodes - 1, dtype=np.int64)
        self._node[place] = np.flatnonzero(kept)
        self._entries = list(self._arranged(place[pairs]))
        children = [0] * len(self.elimination.fronts)
        for front in self.elimination.fronts:
            if front.parent >= 0:
                children[front.parent] += 1
        self._children = children

    def _arranged(self, pairs: np.ndarray) -> Iterator[_Entries]:
        """For each front, the edges that it takes up."""
        low, high = np.minimum(*pairs), np.maximum(*pairs)
        owner = self.elimination.front_of[low]
        order = np.argsort(owner, kind="stable")
        cuts = np.searchsorted(owner[order], np.arange(len(self.elimination.fronts) + 1))
        for number, front in enumerate(self.elimination.fronts):
            chosen = order[cuts[number] : cuts[number + 1]]
            row = np.searchsorted(front.rows, high[chosen])
            yield _Entries(edges=self._inner[chosen], row=row, column=low[chosen] - front.begin)

    def invert(self, weights: Float[np.ndarray, " edges"], *, square: bool = False) -> InverseOnEdges | None:
        """Of weights (E,) whose network is connected; None where rounding has cut it.

        Args:
            square: whether the square of the inverse is wanted, too
        """
        diagonal = strengths(self._pattern.edge_index, weights, nodes=self._pattern.nodes)[self._node]
        fronts = self.elimination.fronts
        factors: list[_Factor] = []
        left: list[list[tuple[np.ndarray, np.ndarray, np.ndarray | None]]] = [[] for _ in fronts]
        logarithm = 0.0
        for number, (front, entries) in enumerate(zip(fronts, self._entries, strict=True)):
            size, columns = front.columns + len(front.below), front.columns
            matrix = np.zeros((size, size))
            matrix[entries.row, entries.column] = -weights[entries.edges]
            head = np.arange(columns)
            matrix[head, head] = diagonal[front.begin : front.end]
            mass = np.zeros((size, size)) if square else None
            if mass is not None:
                mass[head, head] = 1.0
            for within, rest, carried in left[number]:
                matrix[within[:, None], within] += rest
                if mass is not None:
                    mass[within[:, None], within] += carried
            left[number] = []
            lower, failed = lapack.dpotrf(matrix[:columns, :columns], lower=1)
            if failed:  # weights so far apart that rounding has cut the network
                return None
            logarithm += 2 * float(np.log(lower.diagonal()).sum())
            factor, rest, carried = _eliminated(front, matrix, mass, lower)
            factors.append(factor)
            if front.parent >= 0:
                left[front.parent].append((front.within, rest, carried))
        sums = self._sums(factors) if square else None
        inverse, squared = self._selected(factors)
        return InverseOnEdges(logarithm=logarithm, inverse=inverse, square=squared, sums=sums)

    def _sums(self, factors: list[_Factor]) -> np.ndarray:
        """G 1 (N,), by substitution."""
        fronts, right = self.elimination.fronts, np.ones(len(self._node))
        for front, factor in zip(fronts, factors, strict=True):
            right[front.below] += factor.share.T @ right[front.begin : front.end]
        for front, factor in zip(reversed(fronts), reversed(factors), strict=True):
            own = lapack.dpotrs(factor.lower, right[front.begin : front.end], lower=1)[0]
            right[front.begin : front.end] = own + factor.share @ right[front.below]
        sums = np.zeros(self._pattern.nodes)
        sums[self._node] = right
        return sums

    def _selected(self, factors: list[_Factor]) -> tuple[OnEdges, OnEdges | None]:
        """Entries of the inverse, of which a front knows what its parent knows, and those of its square."""
        nodes, edges = self._pattern.nodes, len(self._pattern.source)
        kinds = 1 if factors[0].mass is None else 2
        found = [OnEdges(diagonal=np.zeros(nodes), across=np.zeros(edges)) for _ in range(kinds)]
        waiting, inverses = list(self._children), dict[int, list[np.ndarray]]()
        fronts = self.elimination.fronts
        for number in range(len(fronts) - 1, -1, -1):
            front, entries = fronts[number], self._entries[number]
            above = None
            if front.parent >= 0:
                rows = front.within
                above = [known[rows[:, None], rows] for known in inverses[front.parent]]
            known = _inverses(front, factors.pop(), above)
            own = np.arange(front.columns)
            for matrix, kept in zip(known, found, strict=True):
                kept.diagonal[self._node[front.begin : front.end]] = matrix[own, own]
                kept.across[entries.edges] = matrix[entries.row, entries.column]
            if waiting[number]:
                inverses[number] = known
            if front.parent >= 0:
                waiting[front.parent] -= 1
                if waiting[front.parent] == 0:
                    del inverses[front.parent]
        return found[0], found[1] if kinds == 2 else None


def _eliminated(
    front: Front, matrix: np.ndarray, mass: np.ndarray | None, lower: np.ndarray
) -> tuple[_Factor, np.ndarray, np.ndarray | None]:
    """The factor of a front, and what its parent takes over of matrix and mass."""
    columns = front.columns
    if not len(front.below):
        own = None if mass is None else mass[:columns, :columns]
        empty = np.zeros((columns, 0))
        return _Factor(lower, empty, own, empty), empty, empty
    side = lapack.dtrtrs(lower, matrix[columns:, :columns].T, lower=1)[0]
    rest = matrix[columns:, columns:] - side.T @ side
    share = -lapack.dtrtrs(lower, side, lower=1, trans=1)[0]
    if mass is None:
        return _Factor(lower, share), rest, None
    own, corner = mass[:columns, :columns], mass[:columns, columns:]
    beside = corner + own @ share
    crossed = share.T @ (corner + beside)
    carried = mass[columns:, columns:] + 0.5 * (crossed + crossed.T)
    return _Factor(lower, share, own, beside), rest, carried


def _inverses(front: Front, factor: _Factor, above: list[np.ndarray] | None) -> list[np.ndarray]:
    """The entries among the rows of a front of the inverse, and of its square if there are masses."""
    own, share = mirrored(lapack.dpotri(factor.lower, lower=1)[0]), factor.share
    if above is None:
        return [own] if factor.mass is None else [own, _between(own, factor.mass)]
    inverse = above[0]
    aside = share @ inverse
    found = [_bordered(own + aside @ share.T, aside, inverse)]
    if factor.mass is not None and factor.beside is not None:
        moved = own @ factor.beside
        beside = moved @ inverse + share @ above[1]
        corner = own @ factor.mass @ own + beside @ share.T + aside @ moved.T
        found.append(_bordered(corner, beside, above[1]))
    return found


def _bordered(corner: np.ndarray, beside: np.ndarray, below: np.ndarray) -> np.ndarray:
    columns = len(corner)
    matrix: np.ndarray = np.empty((columns + len(below),) * 2)
    matrix[:columns, :columns] = corner
    matrix[:columns, columns:] = beside
    matrix[columns:, :columns] = beside.T
    matrix[columns:, columns:] = below
    return matrix


def _between(inverse: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """G T G of a positive definite T, for large ones by its root, which takes half the work."""
    if len(mass) < SYMMETRIC:
        product: np.ndarray = inverse @ mass @ inverse
        return product
    root, failed = lapack.dpotrf(mass, lower=1)
    assert failed == 0  # a mass is no less than the unit matrix
    rows = blas.dtrmm(1.0, root, inverse, lower=1, trans_a=1)
    squared: np.ndarray = rows.T @ rows
    return squared


def mirrored(lower: Float[np.ndarray, "size size"]) -> Float[np.ndarray, "size size"]:
    """The symmetric matrix of which a lower triangle is given, in its place."""
    for begin in range(0, len(lower), MIRRORED):
        end = begin + MIRRORED
        block = np.tril(lower[begin:end, begin:end])
        lower[begin:end, begin:end] = block + np.tril(block, -1).T
        lower[begin:end, end:] = lower[end:, begin:end].T
    return lower
