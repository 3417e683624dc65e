"""What becomes of self-loops, of directions and of edges that come more than once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from gradnet_cli.numerics.graphs import edge_keys
from gradnet_cli.problem.files.table import EdgeTable, to_column

LOOPS = ("refuse", "drop")
PARALLEL = ("refuse", "sum")


def proper_edges(table: EdgeTable, *, self_loops: str) -> EdgeTable:
    """The rows that join two nodes.

    Args:
        table: what was read
        self_loops: one of LOOPS

    Raises:
        InputFileError: a self-loop, where these are refused, or nothing but self-loops
    """
    loops = table.ends[0] == table.ends[1]
    if not loops.any():
        return table
    row = int(np.argmax(loops))
    if self_loops == "refuse":
        said = f"the edge {table.edge(row)} is a self-loop, and edges must join two nodes"
        raise table.error(f"{said} (self_loops=drop leaves it out)", row=row)
    if loops.all():
        raise table.error("the file has self-loops only")
    table.source.note(f"{int(loops.sum())} self-loops left out")
    return table.kept(~loops)


@dataclass(frozen=True, eq=False, kw_only=True)
class Edges:
    """Pairs, each once.

    Attributes:
        ends: (2, E) int64; undirected pairs have the smaller node first
        directed: whether they are arrows
        weight: (E,) float64, or None where none is asked for
        cost: (E,) float64
        data: the table's other columns, (E,)
    """

    ends: np.ndarray
    directed: bool
    weight: np.ndarray | None
    cost: np.ndarray
    data: Mapping[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        table: EdgeTable,
        *,
        directed: bool | None,
        parallel: str,
        weight: np.ndarray | None,
        cost: np.ndarray,
        advice: str = " (parallel=sum adds weights up)",
    ) -> Self:
        """The edges of a table, by the rule for those that come more than once.

        Args:
            table: without self-loops
            directed: what is told, or None: as the table says
            parallel: one of PARALLEL
            weight: (M,) of the rows, or None
            cost: (M,) of the rows
            advice: said of rows that contradict each other

        Raises:
            InputFileError: rows of which some are arrows and none is told, or that contradict each other
        """
        arrows = _arrows(table, directed)
        ends, rows = _pairs(table.ends, arrows)
        key = edge_keys(ends, nodes=len(table.ids))
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        repeated = len(key) - len(first)
        data = {name: to_column(column[rows][first]) for name, column in table.columns.items()}
        if parallel == "refuse" or not repeated:
            _refuse_contradictions(table, key, rows, {"weight": weight, "cost": cost}, advice)
            total = None if weight is None else weight[rows][first]
            if repeated:
                table.source.note(f"{repeated} rows repeat an edge, which counts once")
            return cls(
                ends=ends[:, first],
                directed=arrows is not None,
                weight=total,
                cost=cost[rows][first],
                data=data,
            )
        total = None if weight is None else np.bincount(place, weight[rows], minlength=len(first))
        lowest = np.full(len(first), np.inf)
        np.minimum.at(lowest, place, cost[rows])
        table.source.note(f"{repeated} rows repeat an edge: weights added up, the lowest cost counts")
        return cls(ends=ends[:, first], directed=arrows is not None, weight=total, cost=lowest, data=data)


def _arrows(table: EdgeTable, directed: bool | None) -> np.ndarray | None:
    """Return (M,) which rows are arrows, the others going both ways; None for an undirected network."""
    said = table.arrows
    if directed is None and said is not None and said.any() and not said.all():
        row = int(np.argmax(said != said[0]))
        kind = "directed" if said[row] else "undirected"
        raise table.error(
            f"the edge {table.edge(row)} is {kind} and others are not: say directed=true or directed=false",
            row=row,
        )
    if directed or (directed is None and said is not None and said.all()):
        return np.ones(table.ends.shape[1], dtype=bool) if said is None else said
    return None


def _pairs(ends: np.ndarray, arrows: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs (2, K), not yet merged, and the row of each (K,)."""
    rows = np.arange(ends.shape[1])
    if arrows is None:
        return np.sort(ends, axis=0), rows
    both = np.flatnonzero(~arrows)
    return np.concatenate([ends, ends[::-1, both]], axis=1), np.concatenate([rows, both])


def _refuse_contradictions(
    table: EdgeTable,
    key: np.ndarray,
    rows: np.ndarray,
    values: dict[str, np.ndarray | None],
    advice: str,
) -> None:
    """Raise an InputFileError for the first row that gives an edge other values than an earlier row does."""
    order = np.argsort(key, kind="stable")
    repeated = key[order][1:] == key[order][:-1]
    earlier, later = rows[order[:-1][repeated]], rows[order[1:][repeated]]
    for what, column in values.items():
        if column is None:
            continue
        differ = np.flatnonzero(column[earlier] != column[later])
        if differ.size:
            worst = differ[np.argmin(later[differ])]
            first, second = int(earlier[worst]), int(later[worst])
            place = "before" if table.lines is None else f"on line {table.lines[first]}"
            said = f"has the {what} {column[second]:g}, and {place} {column[first]:g}"
            raise table.error(f"the edge {table.edge(second)} {said}{advice}", row=second)
