"""A network read from a file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.numerics.graphs import edge_keys
from gradnet_cli.problem.files import EdgeTable, existing_file, read_edge_file
from gradnet_cli.problem.files.delimited import read_nodes
from gradnet_cli.problem.files.table import coordinates, in_order
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._cost import COSTS, edge_cost
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag


def build(
    *,
    path: str | None,
    node_path: str | None = None,
    directed: bool | None = None,
    base: str = "none",
    cost: str = "unit",
    largest_component: bool = False,
) -> Mask:
    """Read edges, and optionally base weights, costs and node data.

    An edge that stands in the file twice counts once; with two different weights or costs it is an error, and
    so is a self-loop. Node ids other than 0 .. N-1 are kept as labels.

    Args:
        path: .csv, .tsv, .txt, .graphml, .npz or .mtx, relative to the current directory
        node_path: CSV with a column Id and node data; it may hold nodes without edges, too
        directed: None follows the file: Gephi's column Type, GraphML's edgedefault, the symmetry of a matrix;
            undirected where it does not say. An undirected row of a directed mask gives both directions
        base: column of the base network's weights, or ``none``
        cost: ``unit``, ``distance`` (by the columns x, y, z of the nodes) or a column of numbers > 0
        largest_component: keep only the largest component

    Raises:
        InputFileError: a file that cannot be used, with its line where there is one
        SettingError: a setting that the file does not allow
    """
    keep = flag(setting="largest_component", value=largest_component)
    table = read_edge_file(setting="path", path=path)
    if node_path is not None:
        table = _with_nodes(table, node_path)
    check_size(nodes=len(table.ids), edges=table.ends.shape[1], setting="path", value=path)
    _refuse_loops(table)
    arrows = _directions(table, directed)
    positions = _positions(table)
    weights = _weights(table, base)
    prices = _prices(table, cost, positions)
    one_way = arrows is not None
    ends, rows = _canonical(table.ends, arrows)
    _refuse_contradictions(table, ends, rows, {"weight": weights, "cost": prices})
    mask = Mask.from_edges(
        name="edge_list",
        nodes=len(table.ids),
        edges=ends,
        directed=one_way,
        cost=prices[rows],
        base=None if weights is None else weights[rows],
        node_data=table.node_data,
        positions=positions,
        labels=None if np.array_equal(table.ids, np.arange(len(table.ids)).astype(str)) else table.ids,
    )
    return keep_largest(mask) if keep else mask


def _with_nodes(table: EdgeTable, node_path: object) -> EdgeTable:
    """Number the nodes as the node file does, by number if its ids are integers."""
    import pandas

    path = existing_file(setting="node_path", path=node_path)
    ids, columns, _ = read_nodes(setting="node_path", path=path)
    order = in_order(ids)
    ids = ids[order]
    place = pandas.Index(ids).get_indexer(table.ids)
    if (place < 0).any():
        unknown = int(np.argmax(place < 0))
        used = (table.ends == unknown).any(axis=0)
        if used.any():
            allowed = f"node {table.ids[unknown]} is missing in {path}"
            raise table.error(allowed, row=int(np.argmax(used)))
        raise InputFileError(setting="node_path", path=path, allowed=f"has no node {table.ids[unknown]}")
    node_data = {name: column[order] for name, column in columns.items()}
    return replace(table, ends=place[table.ends].astype(np.int64), ids=ids, node_data=node_data)


def _refuse_loops(table: EdgeTable) -> None:
    loops = table.ends[0] == table.ends[1]
    if loops.any():
        row = int(np.argmax(loops))
        raise table.error(
            f"the edge {table.edge(row)} is a self-loop, and edges must join two nodes", row=row
        )


def _directions(table: EdgeTable, directed: object) -> np.ndarray | None:
    """Return (M,) which rows are arrows, the others going both ways; None for an undirected mask."""
    if directed is not None and not isinstance(directed, bool):
        raise SettingError(
            setting="directed", value=directed, allowed="must be true, false or null (as the file says)"
        )
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


def _canonical(ends: np.ndarray, arrows: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask's pairs (2, K), not yet merged, and the row of each (K,)."""
    rows = np.arange(ends.shape[1])
    if arrows is None:
        return np.sort(ends, axis=0), rows
    both = np.flatnonzero(~arrows)
    return np.concatenate([ends, ends[::-1, both]], axis=1), np.concatenate([rows, both])


def _weights(table: EdgeTable, base: object) -> np.ndarray | None:
    if not isinstance(base, str):
        raise SettingError(setting="base", value=base, allowed="must be none or the name of a column")
    return None if base == "none" else table.numbers(setting="base", column=base, others=["none"])


def _prices(table: EdgeTable, cost: object, positions: np.ndarray | None) -> np.ndarray:
    if not isinstance(cost, str):
        raise SettingError(
            setting="cost", value=cost, allowed="must be unit, distance or the name of a column"
        )
    if cost not in COSTS:
        prices = table.numbers(setting="cost", column=cost, others=COSTS)
        if not (prices > 0).all():
            row = int(np.argmin(prices > 0))
            raise table.error(
                f"the cost of edge {table.edge(row)} is {prices[row]:g} and must be > 0", row=row
            )
        return prices
    return edge_cost(cost, edges=table.ends, positions=positions)


def _positions(table: EdgeTable) -> np.ndarray | None:
    positions = coordinates(table.node_data)
    return positions if positions is not None and np.isfinite(positions).all() else None


def _refuse_contradictions(
    table: EdgeTable, ends: np.ndarray, rows: np.ndarray, values: dict[str, np.ndarray | None]
) -> None:
    """Raise an InputFileError for the first row that gives an edge other values than an earlier row does."""
    key = edge_keys(ends, nodes=len(table.ids))
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
            raise table.error(f"the edge {table.edge(second)} {said}", row=second)
