"""A base network that is read from a file and laid over any mask."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import edge_keys
from gradnet_cli.problem.files import EdgeTable, read_edge_file
from gradnet_cli.problem.files.rules import Edges, proper_edges
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.node_table import NodeTable

logger = logging.getLogger(__name__)

WEIGHT = "weight"  # the column that is taken unless another is named, in any case of letters


def nodes_of(path: object, *, encoding: str | None = None) -> NodeTable:
    """The nodes of the network in a file, with their data."""
    table = read_edge_file(setting="base_path", path=path, encoding=encoding)

    def refuse(text: str, row: int | None) -> SettingError:
        return table.error(text)

    return NodeTable(called=str(table.path), ids=table.ids, columns=table.node_data, refuse=refuse)


def with_existing(
    mask: Mask, *, path: object, base: object = "none", encoding: str | None = None, reprices: bool = False
) -> Mask:
    """The mask with the base network of a file; its edges are among those of the mask, or join them.

    Args:
        mask: without a base network
        path: a file of one of the formats in docs/files.md; its nodes are called as those of the mask
        base: column of the weights; ``none``: the column Weight or, without one, 1 for every edge
        encoding: of text, None: UTF-8, or what a byte-order mark says
        reprices: whether costs are still to come, so that those of edges that are added need not be known

    Raises:
        InputFileError: a file that cannot be used, or a node that the mask does not have
        SettingError: no such column; the mask has a base network already
    """
    if mask.base.any():
        allowed = "gives a base network, and the mask has one: leave out base, or base_path"
        raise SettingError(setting="base_path", value=path, allowed=allowed)
    table = read_edge_file(setting="base_path", path=path, encoding=encoding, directed=mask.directed)
    table = proper_edges(_numbered_as(mask, table), self_loops="drop")
    edges = Edges.of(
        table,
        directed=mask.directed,
        parallel="refuse",
        weight=_weights(table, base),
        cost=np.ones(table.ends.shape[1]),
        advice="",
    )
    if not mask.directed and table.arrows is not None and table.arrows.any():
        table.source.note("its directed edges are undirected here, as those of the mask")
    return _laid_over(mask, edges, table, reprices=reprices)


def _weights(table: EdgeTable, base: object) -> np.ndarray:
    if not isinstance(base, str):
        raise SettingError(setting="base", value=base, allowed="must be none or the name of a column")
    if base == "none":
        base = next((name for name in table.columns if name.lower() == WEIGHT), "")
        if not base:
            table.source.note("no column Weight: each edge of the base network has the weight 1")
            return np.ones(table.ends.shape[1])
    return table.numbers(setting="base", column=base, others=["none"])


def _numbered_as(mask: Mask, table: EdgeTable) -> EdgeTable:
    """The table with the mask's numbers for its nodes."""
    import pandas

    names = np.arange(mask.nodes).astype(str) if mask.labels is None else mask.labels
    place = pandas.Index(names).get_indexer(table.ids)
    used = (place < 0)[table.ends]
    if used.any():
        row = int(np.argmax(used.any(axis=0)))
        end = table.ends[int(np.argmax(used[:, row])), row]
        known = f"{names[0]}, {names[1]} .. {names[-1]}" if mask.nodes > 2 else ", ".join(names)
        raise table.error(f"node {table.ids[end]} is none of the mask, whose nodes are {known}", row=row)
    return replace(table, ends=place[table.ends].astype(np.int64), ids=names, called=None)


def _laid_over(mask: Mask, edges: Edges, table: EdgeTable, *, reprices: bool) -> Mask:
    """The mask with the weights of these edges, which are added where it has none."""
    assert edges.weight is not None
    pairs = edges.ends if mask.directed else np.sort(edges.ends, axis=0)
    key, own = edge_keys(pairs, nodes=mask.nodes), edge_keys(mask.edge_index, nodes=mask.nodes)
    added = ~np.isin(key, own)
    if added.any() and not reprices and (mask.cost != 1).any():
        source, target = pairs[:, int(np.argmax(added))]
        called = f"{table.ids[source]}-{table.ids[target]}"
        allowed = f"has the edge {called}, which is none of the mask, so that its cost is not known"
        raise SettingError(setting="base_path", value=str(table.path), allowed=allowed)
    if added.any():
        table.source.note(f"{int(added.sum())} of its edges are none of the mask, and were added to it")
    _tell(table, len(key))
    every = np.unique(np.concatenate([own, key]))
    before, place = np.searchsorted(every, own), np.searchsorted(every, key)
    index = np.empty((2, len(every)), dtype=np.int64)
    index[:, before], index[:, place] = mask.edge_index, pairs
    cost, base = np.ones(len(every)), np.zeros(len(every))
    cost[before], base[place] = mask.cost, edges.weight
    columns = {name: _spread(column, before, len(every)) for name, column in mask.edge_data.items()}
    for name, column in edges.data.items():
        columns.setdefault(name, _spread(column, place, len(every)))
    return replace(
        mask,
        edge_index=index,
        cost=cost,
        base=base,
        edge_data=columns,
        shape=None if added.any() else mask.shape,
    )


def _spread(column: np.ndarray, place: np.ndarray, edges: int) -> np.ndarray:
    """A column (M,) of some edges as one of all (E,), which says nothing of the others."""
    column = np.asarray(column)
    is_text = column.dtype.kind not in "biuf"
    found = np.full(edges, "", dtype=column.dtype) if is_text else np.full(edges, np.nan)
    found[place] = column
    return found


def _tell(table: EdgeTable, edges: int) -> None:
    """Say what the reading had to decide: on the terminal what could be meant otherwise."""
    read = f"base network of {edges} edges"
    if table.source.notes:
        logger.warning("%s: %s (%s)", table.path, "; ".join(table.source.notes), read)
    else:
        logger.info("%s: %s", table.path, read)
