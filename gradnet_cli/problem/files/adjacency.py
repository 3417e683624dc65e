"""Edges from an adjacency matrix in delimited text, with or without names of its rows and columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.problem.files.columns import ends_of
from gradnet_cli.problem.files.delimited import TextTable, read_table
from gradnet_cli.problem.files.edges import edges_of, is_plain
from gradnet_cli.problem.files.ids import ClashError, plain_ids
from gradnet_cli.problem.files.matrices import table_of_matrix
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable, to_floats

WIDEST_LIST = 4  # columns that a list of edges without a header may have: source, target, weight, time


def read_delimited(source: Source) -> EdgeTable:
    """Read a list of edges or an adjacency matrix, whichever it is.

    Raises:
        InputFileError: neither, or it could be either
    """
    table = read_table(source)
    if _is_matrix(table):
        return adjacency_of(table)
    return edges_of(table, headless=False)


def read_adjacency(source: Source) -> EdgeTable:
    """Read an adjacency matrix.

    Raises:
        InputFileError: a matrix that is not square, rows named in another order than columns, no number
    """
    return adjacency_of(read_table(source))


def adjacency_of(table: TextTable) -> EdgeTable:
    """The edges of the entries that are not 0; a symmetric matrix is an undirected network."""
    first = table.row(0)
    if _has_names_left(table):
        names = first[1:]
        body, cells = table.kept(np.arange(table.rows) > 0), table.cells[1:]
        cells = [column[1:] for column in cells]
        _check_names(table, names)
    elif all(_number(cell) for cell in first) and table.source.header is not True:
        names, body, cells = None, table, table.cells
    else:
        names = first
        body, cells = table.kept(np.arange(table.rows) > 0), [column[1:] for column in table.cells]
    table.source.note("read as an adjacency matrix" + ("" if names else " without names"))
    if len(cells) != body.rows:
        raise table.source.error(f"holds a {body.rows} x {len(cells)} matrix, and must hold a square one")
    values = np.stack([to_floats(np.where(column == "", "0", column)) for column in cells], axis=1)
    if np.isnan(values).any():
        row, column = (int(k) for k in np.argwhere(np.isnan(values))[0])
        spelled = cells[column][row]
        raise body.error(f"'{spelled}' in column {column + 1} of the matrix is no number", row=row)
    from scipy.sparse import coo_array

    matrix = coo_array(values)
    lines = None if body.lines is None else body.lines[matrix.row]
    found = table_of_matrix(table.source, matrix, lines=lines)
    return found if names is None else replace(found, ids=_ids(table, names))


def _ids(table: TextTable, names: list[str]) -> np.ndarray:
    try:
        ids = plain_ids(names)
    except ClashError as clash:
        first, second = names[clash.first], names[clash.second]
        raise table.error(f"the nodes {first} and {second} differ in spelling only", row=0) from clash
    doubled = next((name for k, name in enumerate(ids) if name in ids[:k]), None)
    if doubled is not None or "" in ids:
        what = f"the node {doubled} stands there twice" if doubled else "a node has no name"
        raise table.error(what, row=0)
    return np.array(ids, dtype=str)


def _check_names(table: TextTable, names: list[str]) -> None:
    called = [str(cell).strip() for cell in table.cells[0][1:]]
    for row, (name, other) in enumerate(zip(called, names, strict=False)):
        if name != other:
            raise table.error(
                f"row {name} stands where column {other} does: both must be in one order", row=row + 1
            )


def _is_matrix(table: TextTable) -> bool:
    """Whether a table is an adjacency matrix and no list of edges.

    Raises:
        InputFileError: it could be either
    """
    first, count, source = table.row(0), len(table.cells), table.source
    if ends_of(first) is not None or ends_of(table.words_above) is not None:
        return False
    if table.rows == count >= 3 and source.header is not False and _has_names_left(table):
        names = first[1:] == [str(cell).strip() for cell in table.cells[0][1:]]
        return names and _all_numbers(
            replace(table.kept(np.arange(count) > 0), cells=[c[1:] for c in table.cells[1:]])
        )
    if table.rows == count and all(_number(cell) for cell in first):
        if count > WIDEST_LIST or not is_plain(first):
            return _all_numbers(table)
        values = np.array([to_floats(column) for column in table.cells]).T
        if np.isnan(values).any() or not (np.diag(values) == values[0, 0]).all():
            return False
        what = f"could be an adjacency matrix of {count} nodes or a list of edges"
        raise source.error(f"{what}: say format=adjacency or format=edges")
    headed = (
        table.rows == count + 1 and not any(_number(cell) for cell in first) and source.header is not False
    )
    return headed and count >= WIDEST_LIST and _all_numbers(table.kept(np.arange(table.rows) > 0))


def _has_names_left(table: TextTable) -> bool:
    """Whether the first column names the rows: its corner is empty or a word."""
    first = table.row(0)
    called = [str(cell).strip() for cell in table.cells[0][1:]]
    return not _number(first[0]) and bool(called) and (first[0] == "" or called == first[1:])


def _all_numbers(table: TextTable) -> bool:
    return not any(np.isnan(to_floats(np.where(column == "", "0", column))).any() for column in table.cells)


def _number(text: str) -> bool:
    return not np.isnan(to_floats(np.array([text], dtype=object)))[0]
