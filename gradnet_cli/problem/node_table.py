"""Node data that are given beside a mask, a row a node, and how they become those of its nodes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.files import Source, existing_file
from gradnet_cli.problem.files.columns import IDS
from gradnet_cli.problem.files.ids import in_order, integer_ids
from gradnet_cli.problem.files.nodes import read_nodes
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.space import known_positions

logger = logging.getLogger(__name__)

Refuse = Callable[[str, int | None], SettingError]


@dataclass(frozen=True, eq=False, kw_only=True)
class NodeTable:
    """What is known of nodes, in the order of their numbers if they are called by integers.

    Attributes:
        called: what messages call the table, the path of its file
        ids: (N,) str, what nodes are called, or None: 0 .. N-1
        columns: (N,) each, by name
        refuse: makes the error of a text and the place of a row
    """

    called: str
    ids: np.ndarray | None
    columns: Mapping[str, np.ndarray]
    refuse: Refuse

    @classmethod
    def read(cls, *, setting: str, path: object, encoding: str | None, named: bool = True) -> NodeTable:
        """Read a CSV file with a column Id and any others.

        Args:
            setting: the setting that names the file, for messages
            path: relative to the current directory
            encoding: of its text, None: UTF-8, or what a byte-order mark says
            named: whether there has to be a column Id; without one nodes are numbered as they stand

        Raises:
            InputFileError: a file that cannot be used, with its line where there is one
        """
        source = Source(setting=setting, path=existing_file(setting=setting, path=path), encoding=encoding)
        ids, columns, lines = read_nodes(source, named=named)
        if source.notes:
            logger.warning("%s: %s", source.path, "; ".join(source.notes))
        order = np.arange(_rows(columns)) if ids is None else in_order(ids)

        def refuse(text: str, row: int | None) -> SettingError:
            return source.error(text, line=None if row is None or lines is None else int(lines[order[row]]))

        return cls(
            called=str(source.path),
            ids=None if ids is None else ids[order],
            columns={name: column[order] for name, column in columns.items()},
            refuse=refuse,
        )

    @property
    def rows(self) -> int:
        """The number of rows."""
        return _rows(self.columns) if self.ids is None else len(self.ids)

    @property
    def labels(self) -> np.ndarray | None:
        """The ids (N,) where they are not 0 .. N-1, or None."""
        plain = self.ids is None or np.array_equal(self.ids, np.arange(self.rows).astype(str))
        return None if plain else self.ids

    def positions(self) -> np.ndarray | None:
        """Positions (N, d) by the columns, or None; what is wrong with these is told."""
        found, why_not = known_positions(self.columns)
        if why_not:
            logger.warning("%s: %s", self.called, why_not)
        return found

    def joined(self, mask: Mask) -> Mask:
        """The mask with these data for its nodes, matched by name.

        Nodes of a mask that have no names take those of the table, in its order, and have to be as many. Of
        named nodes each needs its row; other rows are left out, and told.

        Raises:
            SettingError: nodes without a row, or another number of rows
        """
        rows = self._numbered(mask) if mask.labels is None else self._named(mask, mask.labels)
        if len(rows) < self.rows:
            logger.warning("%s: %d rows name no node, and are left out", self.called, self.rows - len(rows))
        columns = {name: np.asarray(column)[rows] for name, column in self.columns.items()}
        labels = mask.labels if self.labels is None or mask.labels is not None else self.labels
        positions = self.positions()
        if positions is None:
            return replace(mask, node_data={**mask.node_data, **columns}, labels=labels)
        if mask.positions is not None:
            logger.warning("%s: its positions take the place of those of mask=%s", self.called, mask.name)
        kept = {name: column for name, column in mask.node_data.items() if name not in ("x", "y", "z")}
        moved = replace(
            mask, positions=positions[rows], shape=None, schematic=False, period=None, labels=labels
        )
        return moved.with_node_data({**kept, **columns})

    def _numbered(self, mask: Mask) -> np.ndarray:
        """The row of each of the nodes 0 .. N-1."""
        if self.rows != mask.nodes:
            raise self.refuse(f"has {self.rows:,} nodes, and the mask has {mask.nodes:,}", None)
        if self.labels is None:
            return np.arange(self.rows)
        if not _is_exchangeable(mask):
            self._refuse_gaps(self.labels)
            last = self.rows - 1
            logger.warning(
                "%s: nodes 0 .. %d of the mask are called %s .. %s, in this order",
                self.called, last, self.labels[0], self.labels[last],
            )  # fmt: skip
        return np.arange(self.rows)

    def _refuse_gaps(self, labels: np.ndarray) -> None:
        """Refuse ids of which some are numbers of nodes and others are not: 0, 1, 2, 4; 1 .. N are names."""
        numbers = integer_ids(labels)
        if numbers is None or np.array_equal(numbers, np.arange(1, self.rows + 1)):
            return
        inside = (numbers >= 0) & (numbers < self.rows)
        if inside.any():
            missing = np.setdiff1d(np.arange(self.rows), numbers)[0]
            raise self.refuse(f"has no node {missing}: those of the mask are 0 .. {self.rows - 1}", None)

    def _named(self, mask: Mask, labels: np.ndarray) -> np.ndarray:
        import pandas

        own = np.arange(self.rows).astype(str) if self.ids is None else self.ids
        rows: np.ndarray = pandas.Index(own).get_indexer(labels)
        if (rows < 0).any():
            unknown = labels[int(np.argmax(rows < 0))]
            raise self.refuse(f"has no node {unknown}, which the mask has", None)
        return rows


def table_of(data: Any) -> NodeTable:
    """Node data from Python: columns by name, or a pandas DataFrame; a column Id, or an index, names nodes.

    Raises:
        SettingError: neither, or columns that differ in length
    """

    def refuse(text: str, row: int | None) -> SettingError:
        return SettingError(setting="node_data", value=type(data).__name__, allowed=text)

    names = getattr(data, "index", None)
    if names is not None and type(names).__name__ == "RangeIndex":
        names = None
    if not isinstance(data, Mapping) and not hasattr(data, "columns"):
        raise refuse("must be columns by name, or a pandas DataFrame", None)
    raw = {str(name): np.asarray(data[name]) for name in data}
    called = next((name for name in raw if name.lower() in IDS), None)
    names = raw.pop(called) if called is not None else names
    columns = {name: _column(values) for name, values in raw.items()}
    ids = None if names is None else np.array([str(name).strip() for name in names])
    lengths = {name: column.shape for name, column in columns.items()}
    if len({*lengths.values(), *([] if ids is None else [ids.shape])}) != 1:
        raise refuse(f"must have columns of one length, not {lengths}", None)
    if ids is not None and len(set(ids.tolist())) < len(ids):
        raise refuse("names a node twice", None)
    order = np.arange(_rows(columns)) if ids is None else in_order(ids)
    return NodeTable(
        called="node_data",
        ids=None if ids is None else ids[order],
        columns={name: column[order] for name, column in columns.items()},
        refuse=refuse,
    )


def _column(values: np.ndarray) -> np.ndarray:
    """Numbers as float64, anything else as text."""
    return values.astype(np.float64) if values.dtype.kind in "iuf" else values.astype(str)


def _rows(columns: Mapping[str, np.ndarray]) -> int:
    return len(next(iter(columns.values()), ()))


def _is_exchangeable(mask: Mask) -> bool:
    """Whether every pair is an edge, so that it is all one which node is which."""
    pairs = mask.nodes * (mask.nodes - 1) // (1 if mask.directed else 2)
    return mask.edges == pairs
