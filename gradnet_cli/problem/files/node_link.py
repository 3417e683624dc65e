"""Edges, nodes and their data from JSON with nodes and links, as networkx and D3 have it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradnet_cli.problem.files.ids import ClashError, plain_ids
from gradnet_cli.problem.files.network import NetworkRows, filled
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable


def read_node_link(source: Source) -> EdgeTable:
    """Read ``{"directed": ..., "nodes": [{"id": ...}], "links": [{"source": ..., "target": ...}]}``.

    The edges may be called ``edges`` too. Nodes without ids are numbered from 0 in their order.

    Raises:
        InputFileError: no such JSON
    """
    content = _content(source)
    nodes, edges = _rows(source, content, ("nodes",)), _rows(source, content, ("links", "edges"))
    names = _names(source, nodes)
    places = {name: k for k, name in enumerate(names)}
    ends = [
        [_place(source, places, row, end, number) for end in ("source", "target")]
        for number, row in enumerate(edges)
    ]
    directed = content.get("directed", False)
    if not isinstance(directed, bool):
        raise source.error(f"directed is {json.dumps(directed)} and must be true or false")
    rows = NetworkRows(source=source, ids=names, node_data=filled([_scalars(row, ("id",)) for row in nodes]))
    columns = filled([_scalars(row, ("source", "target")) for row in edges])
    numbered = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    return rows.table(numbered, None, columns, [directed] * len(edges) if "directed" in content else None)


def _content(source: Source) -> dict[str, Any]:
    try:
        content = json.loads(source.text, object_pairs_hook=lambda pairs: _once(source, pairs))
    except json.JSONDecodeError as error:
        raise source.error(f"is no JSON: {error.msg}", line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # an integer of more digits than Python converts
        raise source.error(f"is no JSON that can be read: {error}") from error
    if not isinstance(content, dict):
        raise source.error("must be an object with nodes and links")
    return content


def _once(source: Source, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise source.error(
            f"has '{next(name for name in names if names.count(name) > 1)}' twice in one object"
        )
    return found


def _rows(source: Source, content: dict[str, Any], names: Sequence[str]) -> list[dict[str, Any]]:
    there = [name for name in names if name in content]
    if len(there) != 1:
        what = " or ".join(names)
        raise source.error(f"has both {' and '.join(there)}" if there else f"has no {what}")
    rows = content[there[0]]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise source.error(f"{there[0]} must be a list of objects")
    return rows


def _names(source: Source, nodes: list[dict[str, Any]]) -> list[str]:
    given = ["id" in row for row in nodes]
    if not any(given):
        if nodes:
            source.note("nodes without ids: numbered from 0")
        return [str(k) for k in range(len(nodes))]
    if not all(given):
        raise source.error(f"node {given.index(False)}, counted from 0, has no id, and others have")
    names = [_name(source, row["id"], f"the id of node {k}, counted from 0,") for k, row in enumerate(nodes)]
    try:
        names = plain_ids(names)
    except ClashError as clash:
        raise source.error(
            f"the nodes {names[clash.first]} and {names[clash.second]} differ in spelling only"
        ) from clash
    doubled = next((name for name, often in _counts(names).items() if often > 1), None)
    if doubled is not None:
        raise source.error(f"node {doubled} stands in the file twice")
    return names


def _name(source: Source, value: Any, what: str) -> str:
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return str(tuple(value))
    if value is None or isinstance(value, bool | dict | list) or not str(value).strip():
        raise source.error(f"{what} is {json.dumps(value)} and must be a name or a number")
    return str(value).strip()


def _place(source: Source, places: dict[str, int], row: dict[str, Any], end: str, number: int) -> int:
    what = f"the {end} of edge {number}, counted from 0,"
    if end not in row:
        raise source.error(f"{what} is missing")
    name = _name(source, row[end], what)
    for spelled in (name, *plain_ids([name])):
        if spelled in places:
            return places[spelled]
    raise source.error(f"{what} is {name}, and there is no such node")


def _scalars(row: dict[str, Any], left_out: Sequence[str]) -> dict[str, str]:
    return {
        name: repr(value) if isinstance(value, float) else str(value)
        for name, value in row.items()
        if name not in left_out and isinstance(value, str | int | float)
    }


def _counts(names: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
