"""Node data from delimited text."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.files.columns import IDS
from gradnet_cli.problem.files.delimited import TextTable, read_table
from gradnet_cli.problem.files.ids import NUMBER, ClashError, plain_ids
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import to_column

LINE_END = ";"  # a column of nothing else, in node files of TNTP


def read_nodes(
    source: Source, *, named: bool = True
) -> tuple[np.ndarray | None, dict[str, np.ndarray], np.ndarray | None]:
    """Read node data: a column Id (or node) and any others; numbers become float64.

    Args:
        source: the file
        named: whether there has to be such a column

    Returns:
        ids (N,) str, None without such a column; the other columns; the line of each node where it is known

    Raises:
        InputFileError: there is no such column, or an id that is missing or stands there twice
    """
    table = read_table(source, header=True)
    first = table.named(table.row(0))
    place = next((k for name in IDS if (k := first.find((name,))) is not None), None)
    if place is None and (named or all(NUMBER.fullmatch(name) for name in first.names)):
        wanted = "Id" if named else "its columns"
        allowed = f"must begin with a header that names {wanted}, not '{', '.join(first.names)}'"
        raise source.error(allowed, line=table.first_line)
    table = table.headed()
    if not table.rows:
        raise source.error("the file has no node")
    columns = {
        name: to_column(cells)
        for k, (name, cells) in enumerate(zip(table.names, table.cells, strict=True))
        if k != place and name not in ("", LINE_END)
    }
    names = None if place is None else _names(table, place)
    return names, columns, table.lines


def _names(table: TextTable, place: int) -> np.ndarray:
    """The ids in a column, none missing and none twice."""
    spelled = [str(text).strip() for text in table.cells[place]]
    if "" in spelled:
        raise table.error("the Id is missing", row=spelled.index(""))
    try:
        names = plain_ids(spelled)
    except ClashError as clash:
        said = f"the nodes {spelled[clash.first]} and {spelled[clash.second]} differ in spelling only"
        raise table.error(said, row=clash.second) from clash
    seen: set[str] = set()
    for row, called in enumerate(names):
        if called in seen:
            raise table.error(f"node {called} stands in the file twice", row=row)
        seen.add(called)
    return np.array(names, dtype=str)
