"""What a purpose would gain by a unit of weight on any pair of nodes, as a function of numbers of the nodes.

Slopes of pairs have low rank: a table (N, r) and a rule tell all N (N - 1) / 2 of them, block by block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from jaxtyping import Float, Int

ROUNDING = 4 * np.finfo(float).eps  # of each term that is added up in a slope


class PairPrices(ABC):
    """The slope of sign * score by the weight of every pair (i, j), symmetric in i and j.

    Attributes:
        features: (N, f) nodes near each other here have nearly the same slopes
    """

    features: Float[np.ndarray, "nodes features"]

    @abstractmethod
    def of(self, pairs: Int[np.ndarray, "2 pairs"]) -> Float[np.ndarray, " pairs"]:
        """The slopes (M,) of pairs (2, M)."""

    @abstractmethod
    def block(
        self, rows: Int[np.ndarray, " rows"], columns: Int[np.ndarray, " columns"]
    ) -> Float[np.ndarray, "rows columns"]:
        """Slopes (m, n) of all pairs of rows and columns, raised by what rounding may have taken off."""

    @abstractmethod
    def most(self, groups: list[np.ndarray]) -> Float[np.ndarray, "groups groups"]:
        """(G, G) no less than the slope of any pair of one group of nodes with another."""


class SquaredDistances(PairPrices):
    """norm(y_i - y_j)^2 with rows y_i of Y (N, r)."""

    def __init__(self, embedding: Float[np.ndarray, "nodes rank"]) -> None:
        self.features = embedding

    def of(self, pairs: Int[np.ndarray, "2 pairs"]) -> Float[np.ndarray, " pairs"]:
        """See PairPrices.of."""
        slope = np.zeros(pairs.shape[1])
        for column in self.features.T:
            slope += np.square(column[pairs[0]] - column[pairs[1]])
        return slope

    def block(
        self, rows: Int[np.ndarray, " rows"], columns: Int[np.ndarray, " columns"]
    ) -> Float[np.ndarray, "rows columns"]:
        """See PairPrices.block; rows are taken from a centre nearby, so that little cancels."""
        left, right = self.features[rows], self.features[columns]
        centre = 0.5 * (left.mean(axis=0) + right.mean(axis=0))
        left, right = left - centre, right - centre
        margin = 1 + ROUNDING * (self.features.shape[1] + 4)
        slope: np.ndarray = left @ (-2.0 * right.T)
        slope += (margin * np.square(left).sum(axis=1))[:, None]
        slope += margin * np.square(right).sum(axis=1)
        return slope

    def most(self, groups: list[np.ndarray]) -> Float[np.ndarray, "groups groups"]:
        """See PairPrices.most."""
        centre, radius = _balls(self.features, groups)
        square = np.square(centre).sum(axis=1)
        between = np.maximum(square[:, None] + square - 2 * centre @ centre.T, 0.0)
        between += ROUNDING * (centre.shape[1] + 4) * (square[:, None] + square)
        found: np.ndarray = np.square(np.sqrt(between) + radius[:, None] + radius) * (1 + 1e-9)
        return found


class Products(PairPrices):
    """<u_i, v_j> with rows of U (N, r) and V (N, r) whose product U V^T is symmetric."""

    def __init__(self, left: Float[np.ndarray, "nodes rank"], right: Float[np.ndarray, "nodes rank"]) -> None:
        self._left, self._right = left, right
        self.features = left

    def of(self, pairs: Int[np.ndarray, "2 pairs"]) -> Float[np.ndarray, " pairs"]:
        """See PairPrices.of."""
        slope = np.zeros(pairs.shape[1])
        for left, right in zip(self._left.T, self._right.T, strict=True):
            slope += left[pairs[0]] * right[pairs[1]]
        return slope

    def block(
        self, rows: Int[np.ndarray, " rows"], columns: Int[np.ndarray, " columns"]
    ) -> Float[np.ndarray, "rows columns"]:
        """See PairPrices.block."""
        left, right = self._left[rows], self._right[columns]
        slope: np.ndarray = left @ right.T
        size = np.linalg.norm(left, axis=1).max() * np.linalg.norm(right, axis=1).max()
        slope += ROUNDING * (left.shape[1] + 1) * size
        return slope

    def most(self, groups: list[np.ndarray]) -> Float[np.ndarray, "groups groups"]:
        """See PairPrices.most."""
        left, left_radius = _balls(self._left, groups)
        right, right_radius = _balls(self._right, groups)
        left_size, right_size = np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=1)
        found: np.ndarray = left @ right.T
        found += left_size[:, None] * right_radius + left_radius[:, None] * (right_size + right_radius)
        found += 1e-12 * (left_size[:, None] * right_size)
        return found


def _balls(table: np.ndarray, groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Centres (G, r), and radii (G,) of the balls around them that hold the rows of each group."""
    centre = np.stack([table[group].mean(axis=0) for group in groups])
    radius = [
        np.linalg.norm(table[group] - middle, axis=1).max()
        for group, middle in zip(groups, centre, strict=True)
    ]
    return centre, np.array(radius) * (1 + 1e-12)
