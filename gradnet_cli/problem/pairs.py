"""Candidates too many to be listed: all pairs of nodes, those across two sides, those within a radius."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gradnet_cli.errors import SettingError

NEAR = 4  # neighbours of each node that a network begins with where distance is a cost
DRAWS = 20  # rounds of drawing, after which pairs that are still missing stay away
RANDOM_RINGS = 3  # random cycles through all nodes that it begins with where it is none


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs:
    """The undirected pairs (i, j), i < j, that may become edges, known by a rule and not by a list.

    Attributes:
        nodes: N
        left: nodes 0 .. left-1 are joined with the others alone; None joins all
        positions: (N, d), for distances; None where there are none
        radius: greatest distance of a pair, infinite where there is no limit
        power: a pair costs its distance to this power; None costs 1
    """

    nodes: int
    left: int | None = None
    positions: np.ndarray | None = None
    radius: float = np.inf
    power: float | None = None

    @cached_property
    def count(self) -> int:
        """How many there are."""
        if self.left is not None:
            return self.left * (self.nodes - self.left)
        if np.isfinite(self.radius):
            from scipy.spatial import cKDTree

            tree = cKDTree(self.positions)
            return int(tree.count_neighbors(tree, self.radius) - self.nodes) // 2
        return self.nodes * (self.nodes - 1) // 2

    @property
    def by_distance(self) -> bool:
        """Whether distances decide what pairs cost, or whether they are candidates."""
        return self.power is not None or bool(np.isfinite(self.radius))

    def has(self, pairs: np.ndarray) -> np.ndarray:
        """Which of pairs (2, M) of different nodes are candidates, bool (M,)."""
        found: np.ndarray = pairs[0] != pairs[1]
        if self.left is not None:
            found &= (pairs[0] < self.left) != (pairs[1] < self.left)
        if np.isfinite(self.radius):
            found &= self._distance(pairs) <= self.radius
        return found

    def cost(self, pairs: np.ndarray) -> np.ndarray:
        """(M,) what a unit of weight costs on pairs (2, M)."""
        if self.power is None:
            return np.ones(pairs.shape[1])
        cost: np.ndarray = self._distance(pairs) ** self.power
        return cost

    def block_cost(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray | float:
        """The cost (m, n) of each pair of rows and columns, infinite where it is no candidate; or 1.

        A node with itself is no pair.
        """
        cost: np.ndarray | float = 1.0
        if self.by_distance:
            assert self.positions is not None
            square = np.zeros((len(rows), len(columns)))
            for axis in self.positions.T:
                square += np.square(axis[rows, None] - axis[columns])
            cost = np.ones_like(square) if self.power is None else square ** (self.power / 2)
            if np.isfinite(self.radius):
                cost[square > self.radius**2] = np.inf
        same = rows[:, None] == columns if np.intersect1d(rows, columns).size else None
        apart = None
        if self.left is not None:
            apart = (rows < self.left)[:, None] == (columns < self.left)
        for no_pair in (same, apart):
            if no_pair is not None and no_pair.any():
                cost = np.where(no_pair, np.inf, cost)
        return cost

    def least_cost(self, groups: list[np.ndarray]) -> np.ndarray:
        """(G, G) no more than any pair of one group of nodes with another costs; infinite without any."""
        count = len(groups)
        least = np.ones((count, count))
        if self.by_distance:
            assert self.positions is not None
            low = np.stack([self.positions[group].min(axis=0) for group in groups])
            high = np.stack([self.positions[group].max(axis=0) for group in groups])
            between = np.maximum(low[:, None] - high[None], low[None] - high[:, None])
            distance = np.linalg.norm(np.maximum(between, 0.0), axis=-1) * (1 - 1e-12)
            if self.power is not None:
                least = distance**self.power
            least[distance > self.radius] = np.inf
        if self.left is not None:
            first = np.array([(group < self.left).all() for group in groups])
            second = np.array([(group >= self.left).all() for group in groups])
            least[(first[:, None] & first) | (second[:, None] & second)] = np.inf
        return least

    def first_edges(self) -> np.ndarray:
        """Pairs (2, M) that a network may begin with: sparse, and connected wherever that is possible.

        By distance each node and its nearest neighbours, joined where that leaves parts; otherwise cycles
        through all nodes in random orders, which are expanders.
        """
        found = self._near() if self.by_distance else self._cycles()
        return np.unique(np.sort(found[:, self.has(found)], axis=0), axis=1)

    def listed(self) -> np.ndarray:
        """All of them (2, count), where they are few."""
        every = np.stack(np.triu_indices(self.nodes, 1))
        return every[:, self.has(every)]

    def sample(self, most: int, generator: np.random.Generator) -> np.ndarray:
        """Up to this many different pairs (2, M), drawn at random, in random order."""
        drawn = np.empty((2, 0), dtype=np.int64)
        most = min(most, self.count)
        for _ in range(DRAWS):
            fresh = self._draw(2 * most, generator)
            both = np.concatenate([drawn, np.sort(fresh[:, self.has(fresh)], axis=0)], axis=1)
            _, first = np.unique(both[0] * np.int64(self.nodes) + both[1], return_index=True)
            drawn = both[:, np.sort(first)][:, :most]
            if drawn.shape[1] == most:
                break
        return drawn

    def _draw(self, count: int, generator: np.random.Generator) -> np.ndarray:
        """Pairs of which each candidate is as likely as any other; they may come twice, or be none."""
        if self.left is not None:
            first = generator.integers(0, self.left, count)
            return np.stack([first, generator.integers(self.left, self.nodes, count)])
        if not np.isfinite(self.radius):
            return generator.integers(0, self.nodes, (2, count))
        from scipy.spatial import cKDTree

        tree = cKDTree(self.positions)
        many = tree.query_ball_point(self.positions, self.radius, return_length=True)
        first = generator.choice(self.nodes, count, p=many / many.sum())
        around = tree.query_ball_point(self.positions[first], self.radius, return_sorted=True)  # type: ignore[index]
        chosen = (generator.random(count) * many[first]).astype(np.int64)
        return np.stack([first, [near[place] for near, place in zip(around, chosen, strict=True)]])

    def numbers(self) -> dict[str, np.ndarray]:
        """All that tells them, as arrays; see of_numbers."""
        left, power = (np.nan if value is None else value for value in (self.left, self.power))
        known = {"rule": np.array([self.nodes, left, self.radius, power])}
        return known if self.positions is None else {**known, "positions": self.positions}

    @classmethod
    def of_numbers(cls, numbers: Mapping[str, np.ndarray]) -> Self:
        """Those that `numbers` told."""
        nodes, left, radius, power = numbers["rule"].tolist()
        return cls(
            nodes=int(nodes),
            left=None if np.isnan(left) else int(left),
            positions=numbers.get("positions"),
            radius=radius,
            power=None if np.isnan(power) else power,
        )

    def digest(self) -> str:
        """What tells these candidates from others."""
        known = hashlib.sha256(repr((self.nodes, self.left, self.radius, self.power)).encode())
        if self.positions is not None:
            known.update(np.ascontiguousarray(self.positions).data)
        return known.hexdigest()

    def check(self, name: str) -> None:
        """See whether all pairs cost something.

        Raises:
            SettingError: two nodes lie at the same place, and distance is the cost
        """
        if self.power is None or self.positions is None:
            return
        order = np.lexsort(self.positions.T)
        same = (np.diff(self.positions[order], axis=0) == 0).all(axis=1)
        if same.any():
            one, other = order[np.argmax(same) :][:2]
            allowed = f"would be 0: nodes {one} and {other} lie at the same place (costs are > 0)"
            raise SettingError(setting="cost", value=name, allowed=allowed)

    def _distance(self, pairs: np.ndarray) -> np.ndarray:
        assert self.positions is not None
        distance: np.ndarray = np.linalg.norm(self.positions[pairs[0]] - self.positions[pairs[1]], axis=1)
        return distance

    def _near(self) -> np.ndarray:
        from scipy.spatial import cKDTree

        from gradnet_cli.numerics.graphs import components

        tree = cKDTree(self.positions)
        wanted = NEAR
        while True:
            _, near = tree.query(self.positions, k=min(wanted + 1, self.nodes))
            source = np.repeat(np.arange(self.nodes), near.shape[1])
            found = np.stack([source, near.ravel()])
            found = found[:, self.has(found)]
            connected = not components(found, nodes=self.nodes).any()
            if connected or near.shape[1] == self.nodes:
                return found
            wanted *= 2

    def _cycles(self) -> np.ndarray:
        generator = np.random.default_rng([self.nodes, RANDOM_RINGS])
        if self.left is None:
            orders = [generator.permutation(self.nodes) for _ in range(RANDOM_RINGS)]
            return np.concatenate([np.stack([order, np.roll(order, 1)]) for order in orders], axis=1)
        left, right = self.left, self.nodes - self.left
        longest = max(left, right)
        rings = []
        for _ in range(RANDOM_RINGS):
            first = np.resize(generator.permutation(left), longest)
            second = left + np.resize(generator.permutation(right), longest)
            rings += [np.stack([first, second]), np.stack([first, np.roll(second, 1)])]
        return np.concatenate(rings, axis=1)
