"""The pairs of nodes that promise most for their cost, among all, without a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from gradnet_cli.numerics.pairs.pair_prices import PairPrices

GROUP = 256  # nodes of a block; with itself it is 0.5 MB
PARTNERS = 4  # most pairs of a node that are told
FOCUS = 0.1  # pairs that earn less than this share of the most, above the level, wait for another search


@runtime_checkable
class Candidates(Protocol):
    """What the search must know of the pairs, see gradnet_cli.problem.pairs."""

    @property
    def nodes(self) -> int: ...  # noqa: D102

    @property
    def positions(self) -> np.ndarray | None: ...  # noqa: D102

    @property
    def by_distance(self) -> bool: ...  # noqa: D102

    def cost(self, pairs: np.ndarray) -> np.ndarray: ...  # noqa: D102

    def block_cost(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray | float: ...  # noqa: D102

    def least_cost(self, groups: list[np.ndarray]) -> np.ndarray: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Promising:
    """What a search has found.

    Attributes:
        most: no less than the slope per cost of any candidate, and the largest one but for rounding
        pairs: (2, M) i < j, those that earn more than the level for their cost, best first: the best
            partner of each node, and few pairs at a node, for those beside a good one are alike and would
            relieve each other
        rates: (M,) their slopes per cost
    """

    most: float
    pairs: Int[np.ndarray, "2 pairs"]
    rates: Float[np.ndarray, " pairs"]


def promising_pairs(
    prices: PairPrices,
    candidates: Candidates,
    *,
    level: float,
    held: Int[np.ndarray, "2 edges"] | None = None,
) -> Promising:
    """Search all candidates for those with the largest slope per cost.

    Nodes are put into groups of near ones. For two groups no pair can have more than the largest slope over
    the least cost that their extents allow, and the groups come in this order: as soon as that is below what
    was found, the rest need not be looked at. So the largest rate is exact, whatever was left out.

    Args:
        level: pairs that earn less are not wanted
        held: edges (2, E) that are there already: they are not told, but count for the largest
    """
    best = np.full(candidates.nodes, -np.inf)
    partner = np.zeros(candidates.nodes, dtype=np.int64)
    places = candidates.positions if candidates.by_distance else prices.features
    assert places is not None
    groups = _groups(places)
    limit = _rate(prices.most(groups), candidates.least_cost(groups))
    known = _Held(
        groups, held if held is not None else np.empty((2, 0), dtype=np.int64), nodes=candidates.nodes
    )
    first, second = np.triu_indices(len(groups))
    limits = limit[first, second]
    most = -np.inf
    for place in np.argsort(-limits, kind="stable"):
        reach = float(limits[place])
        if reach == -np.inf or (reach <= most and reach <= _wanted(level, most)):
            break
        rows, columns = groups[first[place]], groups[second[place]]
        rate = _rate(prices.block(rows, columns), candidates.block_cost(rows, columns))
        most = max(most, float(rate.max()))
        known.leave_out(rate, int(first[place]), int(second[place]))
        _keep(best, partner, rows, columns, rate)
        _keep(best, partner, columns, rows, rate.T)
    return _chosen(best, partner, prices, candidates, level=level, most=most)


def _chosen(
    best: np.ndarray,
    partner: np.ndarray,
    prices: PairPrices,
    candidates: Candidates,
    *,
    level: float,
    most: float,
) -> Promising:
    node = np.flatnonzero(best > _wanted(level, most))
    pairs = np.unique(np.sort(np.stack([node, partner[node]]), axis=0), axis=1)
    rates = prices.of(pairs) / candidates.cost(pairs)
    order = np.argsort(-rates, kind="stable")
    order = order[_spread(pairs[:, order])]
    return Promising(most=most, pairs=pairs[:, order], rates=rates[order])


def _spread(pairs: np.ndarray) -> np.ndarray:
    """Which of pairs (2, M), best first, are among the first few at both of their ends, bool (M,)."""
    ends = pairs.T.ravel()
    order = np.argsort(ends, kind="stable")
    begins = np.flatnonzero(np.diff(ends[order], prepend=-1))
    rank = np.empty(len(ends), dtype=np.int64)
    rank[order] = np.arange(len(ends)) - np.repeat(begins, np.diff(np.append(begins, len(ends))))
    few: np.ndarray = rank.reshape(-1, 2).max(axis=1, initial=0) < PARTNERS
    return few


class _Held:
    """The edges that are held, by the two groups that they join."""

    def __init__(self, groups: list[np.ndarray], edges: np.ndarray, *, nodes: int) -> None:
        self._count = len(groups)
        group, place = np.empty((2, nodes), dtype=np.int64)
        for number, members in enumerate(groups):
            group[members], place[members] = number, np.arange(len(members))
        ordered = np.where(group[edges[0]] <= group[edges[1]], edges, edges[::-1])
        key = group[ordered[0]] * self._count + group[ordered[1]]
        order = np.argsort(key, kind="stable")
        self._key, self._row, self._column = key[order], *place[ordered[:, order]]

    def leave_out(self, rate: np.ndarray, first: int, second: int) -> None:
        """Put minus infinity where the pair of a group and another is held, in a block of these."""
        key = first * self._count + second
        here = slice(*np.searchsorted(self._key, [key, key + 1]))
        rows, columns = self._row[here], self._column[here]
        rate[rows, columns] = -np.inf
        if first == second:
            rate[columns, rows] = -np.inf


def _wanted(level: float, most: float) -> float:
    """What pairs have to earn to be told."""
    return level + FOCUS * (most - level) if most > level > -np.inf else level


def _rate(slope: np.ndarray, cost: np.ndarray | float) -> np.ndarray:
    """Slopes per cost; minus infinity where there is no candidate, infinite where a cost may be any."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate: np.ndarray = slope / cost
    if isinstance(cost, np.ndarray):
        rate[np.isinf(cost)] = -np.inf
        if (cost == 0).any():
            rate[(cost == 0) & (slope >= 0)] = np.inf
            rate[(cost == 0) & (slope < 0)] = 0.0
    return rate


def _keep(
    best: np.ndarray, partner: np.ndarray, rows: np.ndarray, columns: np.ndarray, rate: np.ndarray
) -> None:
    """Remember the best partner of each row."""
    place = rate.argmax(axis=1)
    found = rate[np.arange(len(rows)), place]
    better = found > best[rows]
    best[rows[better]] = found[better]
    partner[rows[better]] = columns[place[better]]


def _groups(places: Float[np.ndarray, "nodes axes"]) -> list[np.ndarray]:
    """Nodes in groups of at most GROUP near each other, by halving along the axis of largest extent."""
    groups, rest = [], [np.arange(len(places))]
    while rest:
        nodes = rest.pop()
        if len(nodes) <= GROUP:
            groups.append(np.sort(nodes))
            continue
        axis = int(np.argmax(np.ptp(places[nodes], axis=0)))
        order = nodes[np.argsort(places[nodes, axis], kind="stable")]
        middle = len(order) // 2
        rest += [order[:middle], order[middle:]]
    return groups
