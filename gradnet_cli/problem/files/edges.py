"""Edges from the rows of delimited text, with or without a header."""

from __future__ import annotations

import re

import numpy as np

from gradnet_cli.problem.files.columns import (
    DIRECTED,
    ENDS,
    TYPE,
    UNDIRECTED,
    UNHEADED,
    ends_of,
    other_ends,
)
from gradnet_cli.problem.files.delimited import TextTable, read_table
from gradnet_cli.problem.files.ids import number_nodes, whole
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable

SNAP = re.compile(r"^#\s*(un)?directed graph\b", re.IGNORECASE | re.MULTILINE)


def read_edges(source: Source) -> EdgeTable:
    """Read edges: columns Source and Target (or from and to ...), optionally Type and others, in any order.

    Without a header the columns are source, target, weight and time, if the first line begins with two whole
    numbers. Nodes are those that occur, in the order of their numbers if all ids are integers, else of first
    occurrence; of 0.0, 1 and 1.0 the last two are one node. ``Type`` is Gephi's Directed or Undirected.

    Raises:
        InputFileError: a header without these columns, no edge, or an edge without a source or a target
    """
    return edges_of(read_table(source), headless=False)


def read_headless_edges(source: Source) -> EdgeTable:
    """Read edges of a format without a header; a line that names Source and Target is taken for one still."""
    return edges_of(read_table(source), headless=True)


def edges_of(table: TextTable, *, headless: bool) -> EdgeTable:
    """The edges of a table whose first row may be a header.

    Args:
        table: with all its rows
        headless: whether the first row is an edge unless it names Source and Target

    Raises:
        InputFileError: as ``read_edges``
    """
    table, (source, target) = _with_names(table, headless=headless)
    if not table.rows:
        raise table.source.error("the file has no edge")
    ends, ids, changed = number_nodes(
        table.cells[source], table.cells[target], refuse=lambda text, row: table.error(text, row=row)
    )
    _refuse_headers(table, source, target, ids)
    if changed:
        table.source.note("ids such as 1.0 or +1 are read as 1")
    kind = table.find((TYPE,))
    arrows = _said_above(table) if kind is None else _arrows(table, kind)
    used = {source, target} | (
        {kind} if kind is not None and (arrows is not None or _empty(table, kind)) else set()
    )
    return EdgeTable(
        source=table.source,
        ends=ends,
        ids=ids,
        columns={
            name: cells
            for k, (name, cells) in enumerate(zip(table.names, table.cells, strict=True))
            if k not in used and name
        },
        lines=table.lines,
        arrows=arrows,
    )


def is_plain(cells: list[str]) -> bool:
    """Whether a line is an edge and no header: two whole numbers, and perhaps further cells."""
    return len(cells) >= 2 and all(whole(cell) is not None for cell in cells[:2])


def _with_names(table: TextTable, *, headless: bool) -> tuple[TextTable, tuple[int, int]]:
    """The table with names for its columns, and the places of the two ends."""
    first, source = table.row(0), table.source
    ends = ends_of(first)
    above = table.words_above
    if ends is None and source.header is None and len(above) == len(first) and (named := ends_of(above)):
        source.note(f"columns named by the comment above them: {', '.join(above)}")
        return table.named(above), named
    if source.header is False or (source.header is None and ends is None and (headless or is_plain(first))):
        return _unheaded(table)
    if ends is None and source.header is None:
        spelled = ", ".join(first)
        advice = "; say header=false if this line is an edge" if len(first) > 1 else ""
        allowed = f"must begin with a header that names Source and Target, not '{spelled}'{advice}"
        raise source.error(allowed, line=table.first_line)
    if ends is None:
        if len(first) < 2:
            raise source.error("has one column only", line=table.first_line)
        ends = (0, 1)
        source.note(f"the ends are the first two columns, {first[0]} and {first[1]}")
    elif doubled := next((first[k] for k in ends if _often(first, first[k]) > 1), None):
        raise source.error(f"has the column '{doubled}' twice", line=table.first_line)
    elif other_ends(first):
        source.note(f"the ends are {first[ends[0]]} and {first[ends[1]]}, other columns could name them too")
    return table.headed(), ends


def _refuse_gaps(table: TextTable) -> None:
    """Refuse rows of fewer cells than others: without a header they could be lists of neighbours."""
    for k, column in enumerate(table.cells[2:], start=2):
        missing = column == ""
        if missing.any() and not missing.all():
            row = int(np.argmax(missing))
            raise table.error(f"has {k} cells, and other lines have more; there is no header", row=row)


def _often(names: list[str], name: str) -> int:
    return sum(other.lower() == name.lower() for other in names)


def _unheaded(table: TextTable) -> tuple[TextTable, tuple[int, int]]:
    count = len(table.cells)
    if count < 2:
        raise table.source.error("has one column only, and an edge has two ends", line=table.first_line)
    _refuse_gaps(table)
    names = [*UNHEADED, *(f"column {k + 1}" for k in range(len(UNHEADED), count))][:count]
    if table.source.header is None:
        table.source.note(f"no header: columns read as {', '.join(names)}")
    return table.named(names), (0, 1)


def _refuse_headers(table: TextTable, source: int, target: int, ids: np.ndarray) -> None:
    """Refuse a further header with other columns: the rows below it mean something else."""
    known = {name for pair in ENDS for name in pair}
    if table.source.header is False or known.isdisjoint(name.lower() for name in ids.tolist()):
        return
    names = {name.lower() for name in table.names}
    for row in np.flatnonzero([str(text).strip().lower() in known for text in table.cells[source]]):
        cells = [cell.lower() for cell in table.row(int(row)) if cell]
        pair = str(table.cells[target][row]).strip().lower() in known and ends_of(cells) is not None
        if pair and (set(cells) <= names or table.names[0] == UNHEADED[0]):
            raise table.error("is a header, with other columns than above", row=int(row))


def _said_above(table: TextTable) -> np.ndarray | None:
    """What a comment of the Stanford collection says, ``# Directed graph``."""
    head = table.source.text[:4096]
    found = SNAP.search(head)
    if found is None:
        return None
    directed = found.group(1) is None
    if directed and table.source.directed is None:
        table.source.note(f"directed, as the comment '{found.group().lstrip('# ')}' says")
    return np.full(table.rows, directed)


def _empty(table: TextTable, column: int) -> bool:
    return not any(str(text).strip() for text in table.cells[column])


def _arrows(table: TextTable, kind: int) -> np.ndarray | None:
    """Return (M,) bool, True for Directed; None if the column is empty, or holds other words only."""
    import pandas

    codes, spelled = pandas.factorize(table.cells[kind])
    words = [str(word).strip().lower() for word in spelled]
    known = [word in DIRECTED or word in UNDIRECTED for word in words]
    if not any(known):
        if any(words):
            word = next(str(spelled[k]).strip() for k, word in enumerate(words) if word)
            table.source.note(
                f"{table.names[kind]} says '{word}', not Directed or Undirected: it is read as any column"
            )
        return None
    if not all(known) and table.source.directed is None:
        row = int(np.argmax(codes == known.index(False)))
        said = f"'{str(spelled[codes[row]]).strip()}'" if words[codes[row]] else "empty"
        allowed = (
            f"{table.names[kind]} is {said} and must be Directed or Undirected, as in other lines: "
            "say directed=true or directed=false"
        )
        raise table.error(allowed, row=row)
    arrows: np.ndarray = np.array(
        [word in DIRECTED or (word not in UNDIRECTED and bool(table.source.directed)) for word in words],
        dtype=bool,
    )[codes]
    return arrows
