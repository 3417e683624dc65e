"""Where edges may lie: the one thing that every file of gradnet_cli/problem/masks/ builds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import edge_keys

if TYPE_CHECKING:
    from gradnet_cli.problem.pairs import Pairs

NODE_LIMIT = 20_000_000
EDGE_LIMIT = 50_000_000  # 1.6 GB for the mask alone: two ends, cost and base of 8 bytes each


@dataclass(frozen=True, eq=False, kw_only=True)
class Mask:
    """The node pairs that may carry an edge, and what is known about nodes and pairs.

    Attributes:
        name: the mask's name, ``grid``
        nodes: number of nodes N
        edge_index: (2, E) int64. Undirected: each edge once with i < j; directed: i -> j, i != j.
            Lexicographically sorted, without duplicates
        directed: whether edges have a direction
        cost: (E,) float64, price of a unit of weight, > 0
        base: (E,) float64, the base network A0 on the mask's edges, zero where there is none
        node_data: columns of (N,) arrays written to nodes.csv: x, y, side, club ...
        edge_data: columns of (E,) arrays that limits may name: capacity ...
        positions: (N, d) float64, the geometry to draw by, or None
        schematic: whether positions are a drawing and no places: pictures then have no axes
        period: (d,) lengths after which a torus repeats along each axis of its positions, or None
        shape: (rows, cols, ...) of a grid whose node ids run in C order, or None
        labels: (N,) str, the node ids of an input file where these are not 0 .. N-1, or None
        pairs: all candidates, where the edges are but those of them that are held at a time; or None
    """

    name: str
    nodes: int
    edge_index: np.ndarray
    directed: bool = False
    cost: np.ndarray
    base: np.ndarray
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    edge_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    positions: np.ndarray | None = None
    schematic: bool = False
    period: tuple[float, ...] | None = None
    shape: tuple[int, ...] | None = None
    labels: np.ndarray | None = None
    pairs: Pairs | None = None

    @property
    def edges(self) -> int:
        """Number of edges E; an undirected edge counts once."""
        return int(self.edge_index.shape[1])

    @property
    def candidates(self) -> int:
        """How many edges may carry weight: E, or all those that are not held."""
        return self.edges if self.pairs is None else self.pairs.count

    def on(self, edges: np.ndarray) -> Self:
        """The same mask with other candidates held: edges (2, M), sorted, without duplicates."""
        assert self.pairs is not None
        edges = np.ascontiguousarray(edges, dtype=np.int64)
        zeros = np.zeros(edges.shape[1])
        return replace(self, edge_index=edges, cost=self.pairs.cost(edges), base=zeros, edge_data={})

    @classmethod
    def active(
        cls,
        *,
        name: str,
        pairs: Pairs,
        node_data: Mapping[str, np.ndarray] | None = None,
        positions: np.ndarray | None = None,
    ) -> Self:
        """A mask whose candidates are not listed, with those that a network may begin with."""
        pairs.check(name)
        edges = pairs.first_edges()
        return cls(
            name=name,
            nodes=pairs.nodes,
            edge_index=edges,
            cost=pairs.cost(edges),
            base=np.zeros(edges.shape[1]),
            node_data=_with_coordinates(node_data or {}, positions),
            positions=positions,
            pairs=pairs,
        )

    @classmethod
    def from_edges(
        cls,
        *,
        name: str,
        nodes: int,
        edges: np.ndarray,
        directed: bool = False,
        cost: np.ndarray | None = None,
        base: np.ndarray | None = None,
        node_data: Mapping[str, np.ndarray] | None = None,
        edge_data: Mapping[str, np.ndarray] | None = None,
        positions: np.ndarray | None = None,
        schematic: bool = False,
        period: tuple[float, ...] | None = None,
        shape: tuple[int, ...] | None = None,
        labels: np.ndarray | None = None,
    ) -> Self:
        """Build a mask from pairs in any order: orient, sort, merge duplicates (the first one's values stay).

        Args:
            edges: (2, M) integers; self-loops are an error of the caller, told by Problem.build
            cost: (M,) in the order of edges; 1 by default
            base: (M,) in the order of edges; 0 by default
            edge_data: columns of (M,) in the order of edges
            others: as the attributes
        """
        pairs = np.asarray(edges, dtype=np.int64).reshape(2, -1)
        if not directed:
            pairs = np.stack([pairs.min(axis=0), pairs.max(axis=0)])
        key = edge_keys(pairs, nodes=nodes)
        kept: np.ndarray | slice = slice(None)
        if key.size > 1 and not (np.diff(key) > 0).all():
            kept = np.unique(key, return_index=True)[1]
        ones, zeros = np.ones(key.size), np.zeros(key.size)
        return cls(
            name=name,
            nodes=nodes,
            edge_index=np.ascontiguousarray(pairs[:, kept]),
            directed=directed,
            cost=(ones if cost is None else np.asarray(cost, dtype=np.float64))[kept],
            base=(zeros if base is None else np.asarray(base, dtype=np.float64))[kept],
            node_data=_with_coordinates(node_data or {}, positions),
            edge_data={column: np.asarray(values)[kept] for column, values in (edge_data or {}).items()},
            positions=positions,
            schematic=schematic,
            period=period,
            shape=shape,
            labels=labels,
        )

    def with_node_data(self, columns: Mapping[str, np.ndarray]) -> Self:
        """The mask with these columns of node data and, where they have none, the coordinates."""
        return replace(self, node_data=_with_coordinates(columns, self.positions))

    def check(self) -> None:
        """See whether all that the class promises holds: users' own code builds masks too.

        Raises:
            SettingError: it does not
        """
        if self.nodes < 2:
            raise self._refused(f"has {self.nodes} nodes and must have at least 2")
        index = self.edge_index
        if index.ndim != 2 or index.shape[0] != 2 or index.dtype != np.int64:
            raise self._refused(
                f"edge_index must be int64 of shape (2, E), not {index.dtype} of {index.shape}"
            )
        if self.edges == 0:
            raise self._refused("has no edge: no network on it can carry any weight")
        if index.min() < 0 or index.max() >= self.nodes:
            raise self._refused(f"edge_index must lie within 0 .. {self.nodes - 1}")
        loops = index[0] == index[1]
        if loops.any():
            raise self._refused(
                f"has a self-loop at node {index[0, loops.argmax()]}, and edges must join two nodes"
            )
        if not self.directed and (index[0] > index[1]).any():
            raise self._refused("edge_index of an undirected mask must have i < j")
        if not (np.diff(edge_keys(index, nodes=self.nodes)) > 0).all():
            raise self._refused("edge_index must be lexicographically sorted without duplicates")
        self._check_numbers()
        self._check_nodes()

    def _check_numbers(self) -> None:
        for what, values in (("cost", self.cost), ("base", self.base)):
            if values.shape != (self.edges,) or values.dtype != np.float64:
                raise self._refused(f"{what} must be float64 of shape ({self.edges},), not {values.shape}")
            if not np.isfinite(values).all():
                edge = int(np.argmin(np.isfinite(values)))
                raise self._refused(f"{what} of edge {self.pair(edge)} is {values[edge]} and must be finite")
        if not (self.cost > 0).all():
            edge = int(np.argmin(self.cost > 0))
            raise self._refused(f"cost of edge {self.pair(edge)} is {self.cost[edge]:g} and must be > 0")

    def _check_nodes(self) -> None:
        columns = {**self.node_data, **({} if self.labels is None else {"labels": self.labels})}
        for name, column in columns.items():
            if np.shape(column) != (self.nodes,):
                raise self._refused(f"node data {name} has shape {np.shape(column)}, not ({self.nodes},)")
        for name, column in self.edge_data.items():
            if np.shape(column) != (self.edges,):
                raise self._refused(f"edge data {name} has shape {np.shape(column)}, not ({self.edges},)")
        if self.positions is not None:
            if self.positions.ndim != 2 or self.positions.shape[0] != self.nodes:
                raise self._refused(f"positions have shape {self.positions.shape}, not ({self.nodes}, d)")
            if not np.isfinite(self.positions).all():
                raise self._refused("positions must be finite")
        if self.period is not None and (
            self.positions is None
            or len(self.period) != self.positions.shape[1]
            or not all(length > 0 for length in self.period)
        ):
            raise self._refused(f"period {self.period} must be a length > 0 for each axis of positions")
        if self.shape is not None and int(np.prod(self.shape, dtype=np.int64)) != self.nodes:
            raise self._refused(f"shape {self.shape} does not hold {self.nodes} nodes")

    def pair(self, edge: int) -> str:
        """Name an edge by its ends, ``3-7``, in the labels of the input file where there are any."""
        return "-".join(self.node_name(int(end)) for end in self.edge_index[:, edge])

    def node_name(self, node: int) -> str:
        """What the input file calls a node, or its number."""
        return str(node if self.labels is None else self.labels[node])

    def _refused(self, why: str) -> SettingError:
        return SettingError(setting="mask", value=self.name, allowed=why)


def _with_coordinates(
    node_data: Mapping[str, np.ndarray], positions: np.ndarray | None
) -> dict[str, np.ndarray]:
    columns = dict(node_data)
    if positions is not None and positions.ndim == 2:
        for axis, name in zip(range(positions.shape[1]), ("x", "y", "z"), strict=False):
            columns.setdefault(name, positions[:, axis])
    return columns
