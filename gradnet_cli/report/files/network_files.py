"""The network for other programs: GraphML for Gephi, Cytoscape and networkx, a sparse matrix for SciPy."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import scipy.sparse

from gradnet_cli.problem import Problem
from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.report.files.edges import CHUNK, check_weights, chunks
from gradnet_cli.report.files.nodes import node_columns
from gradnet_cli.result.graphs import to_scipy
from gradnet_cli.result.result import Result

GRAPHML_NAME = "network.graphml"
NPZ_NAME = "network.npz"
COMPRESSED_UP_TO = 100_000
"""Entries up to which the matrix is compressed; beyond, that would take longer than the other files."""

Columns = dict[str, tuple[str, list[Any]]]  # GraphML type and texts, by name
_TYPES = {"b": "boolean", "i": "long", "u": "long", "f": "double"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AS_REFERENCE = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def write_npz(path: Path, problem: Problem, weights: np.ndarray) -> None:
    """Write the adjacency matrix for `scipy.sparse.load_npz`."""
    matrix = to_scipy(problem, weights)
    with replacing(path) as beside:
        scipy.sparse.save_npz(beside, matrix, compressed=matrix.nnz <= COMPRESSED_UP_TO)


def write_graphml(path: Path, result: Result) -> None:
    """Write GraphML with `weight` (and `cost` unless all are 1) on edges and the node data on nodes.

    On a base network edges also have `base`, their weight before, and `change`. Text is streamed in chunks,
    so that 2 * 10^6 edges take seconds. Characters that XML has no place for, such as control characters in
    labels, become U+FFFD; were two labels to become one by this, nodes are called 0..N-1 and keep their label
    as an attribute.
    """
    problem = result.problem
    check_weights(problem, result.weights)
    columns = {name: _column(values) for name, values in node_columns(result).items()}
    names = _node_ids(problem)
    if names is None and problem.mask.labels is not None:
        columns["label"] = ("string", [_text(label) for label in problem.mask.labels.tolist()])
    numbers = {"weight": result.weights}
    if np.any(problem.cost != 1.0):
        numbers["cost"] = problem.cost
    if problem.base.any():
        numbers |= {"base": problem.base, "change": result.delta}
    data = "".join(f'<data key="{name}">%r</data>' for name in numbers)
    form = f'<edge source="%s" target="%s">{data}</edge>\n'
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.write(_head(columns, directed=problem.directed, edge_numbers=numbers))
        file.writelines(_node_text(columns, names, nodes=problem.nodes))
        for chosen in chunks(np.flatnonzero(result.weights)):
            source, target = problem.edge_index[:, chosen].tolist()
            if names is not None:
                source, target = [names[i] for i in source], [names[i] for i in target]
            cells = [values[chosen].tolist() for values in numbers.values()]
            file.write("".join([form % row for row in zip(source, target, *cells, strict=True)]))
        file.write("</graph>\n</graphml>\n")


def _head(columns: Columns, *, directed: bool, edge_numbers: Iterable[str]) -> str:
    keys = [(f"n{k}", "node", name, kind) for k, (name, (kind, _)) in enumerate(columns.items())]
    keys += [(name, "edge", name, "double") for name in edge_numbers]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        + "".join(
            f'<key id="{key}" for="{of}" attr.name="{_text(name)}" attr.type="{kind}"/>\n'
            for key, of, name, kind in keys
        )
        + f'<graph edgedefault="{"directed" if directed else "undirected"}">\n'
    )


def _node_text(columns: Columns, names: list[str] | None, *, nodes: int) -> Iterable[str]:
    data = "".join(f'<data key="n{k}">%s</data>' for k in range(len(columns)))
    form = f'<node id="%s">{data}</node>\n'
    for start in range(0, nodes, CHUNK):
        stop = min(start + CHUNK, nodes)
        called = range(start, stop) if names is None else names[start:stop]
        rows = zip(called, *(values[start:stop] for _, values in columns.values()), strict=True)
        yield "".join([form % row for row in rows])


def _column(values: np.ndarray) -> tuple[str, list[Any]]:
    """GraphML type and texts of a node column."""
    kind = _TYPES.get(values.dtype.kind, "string")
    if kind == "boolean":
        return kind, ["true" if value else "false" for value in values.tolist()]
    if kind == "string":
        return kind, [_text(str(value)) for value in values.tolist()]
    return kind, values.tolist() if kind == "long" else [_number(value) for value in values.tolist()]


def _number(value: float) -> str:
    # XML Schema writes INF and NaN; Python reads both.
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(text := repr(value), text)


def _node_ids(problem: Problem) -> list[str] | None:
    """Identifiers made of the labels, or None where nodes are to be called 0..N-1."""
    if problem.mask.labels is None:
        return None
    ids = [_text(label) for label in problem.mask.labels.tolist()]
    return ids if len(set(ids)) == problem.nodes else None


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), _AS_REFERENCE)
