"""Node data from delimited text."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.files.columns import IDS
from gradnet_cli.problem.files.delimited import read_table
from gradnet_cli.problem.files.ids import ClashError, plain_ids
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import to_column


def read_nodes(source: Source) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray | None]:
    """Read node data: a column Id (or node) and any others; numbers become float64.

    Returns:
        ids (N,) str, the other columns, and the line of each node where it is known

    Raises:
        InputFileError: there is no such column, or an id that is missing or stands there twice
    """
    table = read_table(source, header=True)
    first = table.named(table.row(0))
    place = next((k for name in IDS if (k := first.find((name,))) is not None), None)
    if place is None:
        allowed = f"must begin with a header that names Id, not '{', '.join(first.names)}'"
        raise source.error(allowed, line=table.first_line)
    table = table.headed()
    if not table.rows:
        raise source.error("the file has no node")
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
    columns = {
        name: to_column(cells)
        for k, (name, cells) in enumerate(zip(table.names, table.cells, strict=True))
        if k != place and name
    }
    return np.array(names, dtype=str), columns, table.lines
