"""Nodes that a file lists by themselves, and edges between them: what formats of graphs have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradnet_cli.problem.files.ids import in_order
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable, to_column


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkRows:
    """The nodes of a file in its order.

    Attributes:
        source: the file
        ids: what they are called, N names that differ
        node_data: columns of (N,) texts
    """

    source: Source
    ids: Sequence[str]
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)

    def table(
        self,
        ends: np.ndarray,
        lines: Sequence[int] | None,
        columns: Mapping[str, np.ndarray],
        arrows: Sequence[bool] | None,
        *,
        cost: str | None = None,
    ) -> EdgeTable:
        """The edges by places in ``ids``, nodes put into the order of their numbers if all ids are integers.

        Raises:
            InputFileError: there is no edge
        """
        if not ends.shape[1]:
            raise self.source.error("the file has no edge")
        ids = np.array(self.ids, dtype=str)
        order = in_order(ids)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return EdgeTable(
            source=self.source,
            ends=place[ends].astype(np.int64),
            ids=ids[order],
            columns=columns,
            lines=None if lines is None else np.array(lines, dtype=np.int64),
            arrows=None if arrows is None else np.array(arrows, dtype=bool),
            node_data={name: to_column(column)[order] for name, column in self.node_data.items()},
            cost=cost,
        )


def filled(
    rows: Sequence[Mapping[str, str]], missing: Mapping[str, str] | None = None
) -> dict[str, np.ndarray]:
    """Columns of texts from rows that need not have all of them; ``missing`` by name, else empty."""
    default = missing or {}
    names = dict.fromkeys([*default, *(name for row in rows for name in row)])
    return {
        name: np.array([row.get(name, default.get(name, "")) for row in rows], dtype=object)
        for name in sorted(names)
    }
