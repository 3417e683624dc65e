"""What a choice of edges may hold: a number of them, or a budget, and the limits of strengths."""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sp

from gradnet_cli.problem import Problem

ROUNDING = 1e-9  # relative


class Shop:
    """Edges that can be bought, each whole, beside the base network.

    Args:
        problem: the relaxed one

    Attributes:
        candidates: (C,) edges that can be chosen
        price: (E,) of a whole edge: 1 where they are counted
        total: what there is to spend, over edges stored once
    """

    def __init__(self, problem: Problem) -> None:
        assert problem.design is not None
        assert problem.edge_budget is not None
        self.problem = problem
        self.design = problem.design
        self.candidates = np.flatnonzero(problem.design > 0)
        self.price = problem.cost * problem.design
        self.total = problem.edge_budget * (1 + ROUNDING)
        self._strengths = problem.strengths
        if self._strengths is not None:
            self._rows = _rows_of(self._strengths.matrix)
            self._room = problem.strength_room + ROUNDING * self._strengths.most

    def weights(self, chosen: np.ndarray) -> np.ndarray:
        """Adjacency weights (E,) of a choice, bool (E,)."""
        weights: np.ndarray = self.problem.base + np.where(chosen, self.design, 0.0)
        return weights

    def left(self, chosen: np.ndarray) -> float:
        """What is left to spend."""
        return self.total - float(self.price[chosen].sum())

    def filled(self, order: np.ndarray, chosen: np.ndarray | None = None) -> np.ndarray:
        """Take edges in this order, each if it fits, bool (E,)."""
        taken = np.zeros(self.problem.edges, dtype=bool) if chosen is None else chosen.copy()
        left = self.left(taken)
        if self._strengths is None and bool((self.price[order] == self.price[order[:1]]).all()):
            price = float(self.price[order[0]]) if len(order) else 1.0
            new = order[~taken[order]]
            taken[new[: int(left / price)]] = True
            return taken
        least = float(self.price[self.candidates].min())
        for edge in order:
            if left < least:
                break
            if not taken[edge] and self.price[edge] <= left and self.fits(taken, edge):
                taken[edge] = True
                left -= float(self.price[edge])
        return taken

    def fits(self, chosen: np.ndarray, edge: int) -> bool:
        """Whether the strengths allow one edge more."""
        if self._strengths is None:
            return True
        used = self._strengths.matrix @ np.where(chosen, self.design, 0.0)
        rows = self._rows[edge][self._rows[edge] >= 0]
        return bool((used[rows] + self.design[edge] <= self._room[rows]).all())

    def exchangeable(self, chosen: np.ndarray, out: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Which exchanges (M,) budget and strengths allow; out is negative where an edge is added."""
        leaves = out >= 0
        gained = np.where(leaves, self.price[out], 0.0)
        allowed: np.ndarray = self.price[new] <= self.left(chosen) + gained
        if self._strengths is None:
            return allowed
        used = self._strengths.matrix @ np.where(chosen, self.design, 0.0)
        for row in self._rows[new].T:
            freed = np.where((self._rows[out] == row[:, None]).any(axis=1) & leaves, self.design[out], 0.0)
            allowed &= (row < 0) | (used[row] + self.design[new] - freed <= self._room[row])
        return allowed

    @property
    def count(self) -> int:
        """How many edges are asked for; 0 where a budget pays for them."""
        return self.problem.selection.count or 0

    @property
    def designs(self) -> float:
        """How many designs there are; infinite where limits of strengths or a budget decide it."""
        if not self.count or self._strengths is not None:
            return math.inf
        return math.comb(len(self.candidates), self.count)

    def kicked(self, chosen: np.ndarray, generator: np.random.Generator, *, share: float) -> np.ndarray:
        """Some of the chosen edges replaced by others, at random; the same choice where none fits."""
        inside = np.flatnonzero(chosen)
        leaving = generator.choice(
            inside, size=min(len(inside), max(2, int(share * len(inside)))), replace=False
        )
        kept = chosen.copy()
        kept[leaving] = False
        others = generator.permutation(self.candidates[~chosen[self.candidates]])
        kicked = self.filled(np.concatenate([others, leaving]), kept)
        return kicked if self.complete(kicked) else chosen

    def complete(self, chosen: np.ndarray) -> bool:
        """Whether it is a design: as many edges as are asked for, where these are counted."""
        return self.problem.budget.rule != "exact" or int(chosen.sum()) == self.count


def _rows_of(matrix: sp.csr_array) -> np.ndarray:
    """The rows (E, 2) that an edge counts in, -1 where it is none."""
    columns = matrix.tocsc()
    columns.sort_indices()
    count = np.diff(columns.indptr)
    rows = np.full((matrix.shape[1], 2), -1)
    for place in (0, 1):
        there = count > place
        rows[there, place] = columns.indices[columns.indptr[:-1][there] + place]
    return rows
