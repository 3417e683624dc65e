"""Edges and nodes from delimited text: comma, semicolon, tab or blanks. Complaints name the line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradnet_cli.errors import InputFileError, one_line
from gradnet_cli.problem.files.table import EdgeTable, in_order, to_column

DELIMITERS = ("\t", ";", ",")
SOURCES, TARGETS, IDS = ("source", "from"), ("target", "to"), ("id", "node")
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, eq=False, kw_only=True)
class TextTable:
    """Cells of a delimited file as text.

    Attributes:
        names: column names as the file spells them
        cells: one (M,) object array of str a column
        lines: (M,) line numbers, or None where quoted line breaks make rows and lines differ
    """

    setting: str
    path: Path
    names: list[str]
    cells: list[np.ndarray]
    lines: np.ndarray | None

    def error(self, allowed: str, *, row: int) -> InputFileError:
        """Make the error that names the line of a row."""
        line = None if self.lines is None else int(self.lines[row])
        return InputFileError(setting=self.setting, path=self.path, allowed=allowed, line=line)

    def find(self, names: tuple[str, ...]) -> int | None:
        """Return the place of the first column with one of these names, in any case."""
        return next((k for k, name in enumerate(self.names) if name.lower() in names), None)


def read_edges(*, setting: str, path: Path) -> EdgeTable:
    """Read edges: columns Source and Target (or from and to), optionally Type and others, in any order.

    Without a header two or three columns are read as source, target and weight, if the first line begins with
    two integers. Nodes are those that occur, in the order of their numbers if all ids are integers, else of
    first occurrence. ``Type`` is Gephi's Directed or Undirected.

    Raises:
        InputFileError: a header without these columns, no edge, or an edge without a source or a target
    """
    table = read_table(setting=setting, path=path)
    source, target = table.find(SOURCES), table.find(TARGETS)
    if source is None or target is None:
        allowed = f"must begin with a header that names Source and Target, not '{', '.join(table.names)}'"
        raise InputFileError(setting=setting, path=path, allowed=allowed, line=1)
    if not table.cells[0].size:
        raise InputFileError(setting=setting, path=path, allowed="the file has no edge")
    ends, ids = _nodes(table, source, target)
    kind = table.find(("type",))
    return EdgeTable(
        setting=setting,
        path=path,
        ends=ends,
        ids=ids,
        columns={
            name: cells
            for k, (name, cells) in enumerate(zip(table.names, table.cells, strict=True))
            if k not in (source, target, kind)
        },
        lines=table.lines,
        arrows=None if kind is None else _arrows(table, kind),
    )


def read_nodes(*, setting: str, path: Path) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray | None]:
    """Read node data: a column Id and any others; numbers become float64.

    Returns:
        ids (N,) str, the other columns, and the line of each node where it is known

    Raises:
        InputFileError: there is no such column, or an id that is missing or stands there twice
    """
    table = read_table(setting=setting, path=path)
    place = table.find(IDS)
    if place is None:
        allowed = f"must begin with a header that names Id, not '{', '.join(table.names)}'"
        raise InputFileError(setting=setting, path=path, allowed=allowed, line=1)
    ids = np.array([text.strip() for text in table.cells[place]], dtype=str)
    seen: set[str] = set()
    for row, name in enumerate(ids):
        if not name or name in seen:
            why = f"node {name} stands in the file twice" if name else "the Id is missing"
            raise table.error(why, row=row)
        seen.add(name)
    columns = {
        name: to_column(cells)
        for k, (name, cells) in enumerate(zip(table.names, table.cells, strict=True))
        if k != place
    }
    return ids, columns, table.lines


def read_table(*, setting: str, path: Path) -> TextTable:
    """Read all cells as text; rows keep their line numbers, blank lines are left out.

    Raises:
        InputFileError: no UTF-8 text, rows of different lengths, a column twice, or nothing at all
    """
    import pandas

    skipped, first = _first_line(setting=setting, path=path)
    delimiter = max(DELIMITERS, key=first.count)
    try:
        frame = pandas.read_csv(
            path,
            sep=delimiter if delimiter in first else r"\s+",
            header=None,
            dtype=object,
            na_filter=False,
            skiprows=skipped,
            skip_blank_lines=False,
            skipinitialspace=True,
            encoding="utf-8-sig",
            low_memory=False,
        )
    except pandas.errors.ParserError as error:
        raise _malformed(error, setting=setting, path=path, skipped=skipped) from error
    except UnicodeDecodeError as error:
        allowed = f"must be UTF-8 text: byte {error.start} is not"
        raise InputFileError(setting=setting, path=path, allowed=allowed) from error
    cells = [frame[k].fillna("").to_numpy(dtype=object) for k in frame]
    names = [str(column[0]).strip() for column in cells]
    headed = not _is_plain(names)
    if not headed:
        names = ["Source", "Target", "Weight"][: len(names)]
    doubled = next((name for k, name in enumerate(names) if name in names[:k]), None)
    if doubled is not None:
        allowed = f"has the column '{doubled}' twice"
        raise InputFileError(setting=setting, path=path, allowed=allowed, line=skipped + 1)
    kept = np.any([column != "" for column in cells], axis=0)
    kept[0] &= not headed
    lines = skipped + 1 + np.flatnonzero(kept) if len(frame) == _count_lines(path) - skipped else None
    cells = [column[kept] for column in cells]
    return TextTable(setting=setting, path=path, names=names, cells=cells, lines=lines)


def _first_line(*, setting: str, path: Path) -> tuple[int, str]:
    """Return how many blank and # lines stand above the first other line, and that line."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for skipped, line in enumerate(file):
                if line.strip() and not line.startswith("#"):
                    return skipped, line
    except UnicodeDecodeError as error:
        raise InputFileError(setting=setting, path=path, allowed="must be UTF-8 text") from error
    raise InputFileError(setting=setting, path=path, allowed="the file is empty")


def _count_lines(path: Path) -> int:
    lines, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n")


def _is_plain(names: list[str]) -> bool:
    """Whether a first line is an edge and no header: two integers, and perhaps a third cell."""
    return 2 <= len(names) <= 3 and all(re.fullmatch(r"-?\d+", name) for name in names[:2])


def _malformed(error: Exception, *, setting: str, path: Path, skipped: int) -> InputFileError:
    text = one_line(str(error)).removeprefix("Error tokenizing data. C error: ")
    if match := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", text):
        expected, line, seen = (int(group) for group in match.groups())
        allowed = f"has {seen} cells, and the lines above have {expected}"
        return InputFileError(setting=setting, path=path, allowed=allowed, line=line)
    if match := re.search(r"EOF inside string starting at row (\d+)", text):
        line = skipped + 1 + int(match.group(1))
        return InputFileError(setting=setting, path=path, allowed="a quotation mark is not closed", line=line)
    return InputFileError(setting=setting, path=path, allowed=f"is malformed: {text}")


def _nodes(table: TextTable, source: int, target: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ends (2, M) int64 and the ids (N,) they point at."""
    import pandas

    rows = len(table.cells[source])
    codes, spelled = pandas.factorize(np.concatenate([table.cells[source], table.cells[target]]))
    # Only now, because there are fewer names than cells.
    again, names = pandas.factorize(np.array([text.strip() for text in spelled], dtype=object))
    codes = again[codes].astype(np.int64)
    ids = np.asarray(names, dtype=str)
    if (ids == "").any():
        missing = codes == int(np.argmax(ids == ""))
        row = int(np.argmax(missing[:rows] | missing[rows:]))
        raise table.error(f"the {'source' if missing[row] else 'target'} is missing", row=row)
    order = in_order(ids)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place[codes].reshape(2, rows), ids[order]


def _arrows(table: TextTable, kind: int) -> np.ndarray | None:
    """Return (M,) bool, True for Directed; None if the column holds other words: it means something else."""
    import pandas

    codes, spelled = pandas.factorize(table.cells[kind])
    known = {"directed": True, "undirected": False}
    words = [str(word).strip().lower() for word in spelled]
    if not all(word in known for word in words):
        return None
    arrows: np.ndarray = np.array([known[word] for word in words], dtype=bool)[codes]
    return arrows
