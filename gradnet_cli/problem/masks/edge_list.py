"""A network read from a file."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.problem.files import EdgeTable, Source, existing_file, read_edge_file
from gradnet_cli.problem.files.formats import check_format
from gradnet_cli.problem.files.ids import in_order
from gradnet_cli.problem.files.nodes import read_nodes
from gradnet_cli.problem.files.rules import LOOPS, PARALLEL, Edges, proper_edges
from gradnet_cli.problem.files.source import check_encoding
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.prices import COSTS, priced
from gradnet_cli.problem.space import known_positions
from gradnet_cli.settings.values import choice, flag

logger = logging.getLogger(__name__)


def build(
    *,
    path: str | None,
    node_path: str | None = None,
    format: str = "auto",
    header: object = "auto",
    encoding: str = "auto",
    directed: bool | None = None,
    self_loops: str = "refuse",
    parallel: str = "refuse",
    base: str = "none",
    cost: str | None = None,
    cost_power: float = 1.0,
    distance: str = "auto",
    largest_component: bool = False,
) -> Mask:
    """Read edges, and optionally base weights, costs and node data.

    What had to be decided while reading is told in one line of the log. Node ids other than 0 .. N-1 are kept
    as labels.

    Args:
        path: a file of one of the formats in docs/files.md, gzipped or not, relative to the current directory
        node_path: CSV with a column Id and node data; it may hold nodes without edges, too
        format: what the file is; ``auto``: by its ending and, where that is not sure, by its content
        header: whether the first line of a text file names columns; ``auto``: if it names Source and Target
        encoding: of text files; ``auto``: UTF-8, or what a byte-order mark says
        directed: None follows the file: Gephi's column Type, GraphML's edgedefault, the symmetry of a matrix;
            undirected where it does not say. An undirected row of a directed mask gives both directions
        self_loops: ``refuse`` the first edge that joins a node with itself, or ``drop`` them
        parallel: ``refuse`` an edge that comes again with another weight or cost (the same counts once), or
            ``sum``: weights are added up and the lowest cost counts
        base: column of the base network's weights, or ``none``
        cost: ``unit``, ``distance`` (by the columns x, y, z, or lon and lat, of the nodes) or a column of
            numbers > 0; None is the cost of the format, the reactance of a power grid, or ``unit``
        cost_power, distance: of the cost by distance, see ``priced``
        largest_component: keep only the largest component

    Raises:
        InputFileError: a file that cannot be used, with its line where there is one
        SettingError: a setting that the file does not allow
    """
    keep = flag(setting="largest_component", value=largest_component)
    if directed is not None and not isinstance(directed, bool):
        raise SettingError(
            setting="directed", value=directed, allowed="must be true, false or null (as the file says)"
        )
    loops = choice(setting="self_loops", value=self_loops, choices=LOOPS)
    several = choice(setting="parallel", value=parallel, choices=PARALLEL)
    told = check_encoding(encoding)
    table = read_edge_file(
        setting="path",
        path=path,
        format=check_format(format),
        encoding=told,
        header=_header(header),
        directed=directed,
    )
    if node_path is not None:
        table = _with_nodes(table, node_path, encoding=told)
    check_size(nodes=len(table.ids), edges=table.ends.shape[1], setting="path", value=path)
    table = proper_edges(table, self_loops=loops)
    positions = _positions(table)
    weights = _weights(table, base)
    prices = _prices(table, cost)
    edges = Edges.of(table, directed=directed, parallel=several, weight=weights, cost=prices)
    _tell(table, edges.directed)
    mask = Mask.from_edges(
        name="edge_list",
        nodes=len(table.ids),
        edges=edges.ends,
        directed=edges.directed,
        cost=edges.cost,
        base=edges.weight,
        node_data=table.node_data,
        edge_data=edges.data,
        positions=positions,
        labels=None if np.array_equal(table.ids, np.arange(len(table.ids)).astype(str)) else table.ids,
    )
    if cost == "distance":
        mask = priced(mask, cost=cost, power=cost_power, distance=distance)
    return keep_largest(mask) if keep else mask


def _header(value: object) -> bool | None:
    if value == "auto":
        return None
    if not isinstance(value, bool):
        raise SettingError(setting="header", value=value, allowed="must be true, false or auto (as it looks)")
    return value


def _tell(table: EdgeTable, directed: bool) -> None:
    """Say what the reading had to decide: on the terminal what could be meant otherwise."""
    read = f"{len(table.ids)} nodes, {table.ends.shape[1]} edges, {'' if directed else 'un'}directed"
    if table.source.notes:
        logger.warning("%s: %s (%s)", table.path, "; ".join(table.source.notes), read)
    else:
        logger.info("%s: %s", table.path, read)


def _with_nodes(table: EdgeTable, node_path: object, *, encoding: str | None) -> EdgeTable:
    """Number the nodes as the node file does, by number if its ids are integers."""
    import pandas

    path = existing_file(setting="node_path", path=node_path)
    source = Source(setting="node_path", path=path, encoding=encoding)
    ids, columns, _ = read_nodes(source)
    assert ids is not None
    for note in source.notes:
        table.source.note(f"{path}: {note}")
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
    taken = {name.lower() for name in node_data}
    for name, column in table.node_data.items():
        if name.lower() not in taken:
            node_data[name] = _spread(np.asarray(column), place, len(ids))
    return replace(table, ends=place[table.ends].astype(np.int64), ids=ids, node_data=node_data, called=None)


def _spread(column: np.ndarray, place: np.ndarray, nodes: int) -> np.ndarray:
    """A column of the nodes of the edge file as one of all nodes, which says nothing of the others."""
    known = place >= 0
    is_text = column.dtype.kind not in "biuf"
    found = np.full(nodes, "", dtype=column.dtype) if is_text else np.full(nodes, np.nan)
    found[place[known]] = column[known]
    return found


def _weights(table: EdgeTable, base: object) -> np.ndarray | None:
    if not isinstance(base, str):
        raise SettingError(setting="base", value=base, allowed="must be none or the name of a column")
    return None if base == "none" else table.numbers(setting="base", column=base, others=["none"])


def _prices(table: EdgeTable, cost: object) -> np.ndarray:
    cost = (table.cost or "unit") if cost is None else cost
    if not isinstance(cost, str):
        raise SettingError(
            setting="cost", value=cost, allowed="must be unit, distance or the name of a column"
        )
    if cost not in COSTS:
        prices = table.numbers(setting="cost", column=cost, others=COSTS)
        if not (prices > 0).all():
            row = int(np.argmin(prices > 0))
            advice = f" (cost={cost}; cost=unit leaves it out)" if table.cost == cost else ""
            said = f"the cost of edge {table.edge(row)} is {prices[row]:g} and must be > 0"
            raise table.error(said + advice, row=row)
        return prices
    return np.ones(table.ends.shape[1])


def _positions(table: EdgeTable) -> np.ndarray | None:
    positions, why_not = known_positions(table.node_data)
    if why_not:
        table.source.note(why_not)
    return positions
