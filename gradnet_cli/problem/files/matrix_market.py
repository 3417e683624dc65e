"""Edges from Matrix Market files (Boisvert, Pozo and Remington 1996)."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace

import numpy as np

from gradnet_cli.problem.files.delimited import BLANKS, TextTable, read_table
from gradnet_cli.problem.files.ids import INTEGER
from gradnet_cli.problem.files.matrices import check_shape, table_of_matrix
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable, to_floats

FEWEST_BYTES = 2  # that an entry of a text file takes: a digit and a line break
BANNER = re.compile(r"%{1,2}\s*MatrixMarket\s+(.*)", re.IGNORECASE)
KINDS = ("real", "double", "integer", "pattern", "complex")
SYMMETRIES = ("general", "symmetric", "skew-symmetric", "hermitian")


@dataclass(frozen=True, kw_only=True)
class Banner:
    """What the first line says."""

    dense: bool
    kind: str
    symmetry: str


def read_matrix_market(source: Source) -> EdgeTable:
    """Read a Matrix Market file, coordinate or array, real, integer or pattern.

    Every cell is checked: readers that stop at the end of a number take 1 from 1,5. A pattern with a third
    column, which some repositories write, has weights.

    Raises:
        InputFileError: no such file, with its line where there is one
    """
    banner = _banner(source)
    line, sizes = _sizes(source)
    wanted = 2 if banner.dense else 3
    if len(sizes) != wanted or not all(re.fullmatch(r"[0-9]{1,18}", cell) for cell in sizes):
        what = "rows and columns" if banner.dense else "rows, columns and entries"
        raise source.error(f"must say {what}, not '{' '.join(sizes)}'", line=line)
    rows, columns = int(sizes[0]), int(sizes[1])
    entries = rows * columns if banner.dense else int(sizes[2])
    check_shape(source, rows, columns, entries)
    size = len(source.text)
    if entries * FEWEST_BYTES > size * 2:  # a symmetric array writes half of its entries
        raise source.error(f"declares {entries:,} entries, more than the file can hold", line=1)
    if not entries or not any(
        text.strip() and not text.startswith("%") for text in source.text.split("\n")[line:]
    ):
        raise source.error(
            "the matrix has no entry" if not entries else f"declares {entries:,} entries and has none"
        )
    quick = None if banner.dense else _quick(source, banner, line, entries)
    if quick is not None and ((quick[0] >= 0) & (quick[0] < rows)).all():
        return _table(source, banner, *quick, lines=np.arange(line + 1, line + 1 + entries), nodes=rows)
    body = read_table(source, delimiter=BLANKS, header=False, after=line)
    if banner.dense:
        return _dense(source, banner, body, rows)
    return _coordinates(source, banner, body, rows, entries)


def _banner(source: Source) -> Banner:
    found = BANNER.match(source.text)
    words = found.group(1).lower().split() if found else []
    if len(words) < 3 or words[0] != "matrix" or words[1] not in ("coordinate", "array"):
        raise source.error(
            "must begin with %%MatrixMarket matrix coordinate|array and the kind of numbers", line=1
        )
    symmetry = words[3] if len(words) > 3 else "general"
    if words[2] not in KINDS or symmetry not in SYMMETRIES:
        raise source.error(f"'{' '.join(words[2:])}' is no kind of numbers and no symmetry", line=1)
    if words[2] == "complex" or symmetry == "hermitian":
        raise source.error("holds complex numbers, and weights are real", line=1)
    if words[1] == "array" and words[2] == "pattern":
        raise source.error("is a pattern in array form, which does not exist", line=1)
    return Banner(dense=words[1] == "array", kind=words[2], symmetry=symmetry)


def _sizes(source: Source) -> tuple[int, list[str]]:
    """The number of the line below the comments, and its cells."""
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.strip() and not line.startswith("%"):
            return number, line.split()
    raise source.error("has no line with its size")


def _coordinates(source: Source, banner: Banner, body: TextTable, nodes: int, entries: int) -> EdgeTable:
    if body.rows != entries:
        raise source.error(f"declares {entries:,} entries and has {body.rows:,}")
    ends = np.stack([_indices(body, k, nodes) for k in (0, 1)])
    return _table(source, banner, ends, _weights(source, banner, body), lines=body.lines, nodes=nodes)


def _quick(source: Source, banner: Banner, after: int, entries: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Ends (2, M) and weights (M,) of a plain file, or None: a slower look says what is not plain in it."""
    import pandas

    start = 0
    for _ in range(after):
        start = source.text.find("\n", start) + 1
    kind: type = np.int64 if banner.kind == "integer" else object
    kinds: dict[int, type] = {0: np.int64, 1: np.int64} | ({} if banner.kind == "pattern" else {2: kind})
    if start == 0 or len(source.text[start : source.text.find("\n", start)].split()) != len(kinds):
        return None
    try:
        with np.errstate(invalid="ignore"):  # of a number that is no integer
            frame = pandas.read_csv(
                io.StringIO(source.text[start:]),
                sep=BLANKS,
                header=None,
                dtype=kinds,
                na_filter=False,
                skip_blank_lines=False,
            )
    except (ValueError, OverflowError):  # pandas' own errors are such
        return None
    if len(frame) != entries:
        return None
    weight = np.ones(entries) if banner.kind == "pattern" else to_floats(frame[2].to_numpy())
    if not np.isfinite(weight).all():
        return None
    return np.stack([frame[0], frame[1]]).astype(np.int64) - 1, weight


def _table(
    source: Source,
    banner: Banner,
    ends: np.ndarray,
    weight: np.ndarray,
    *,
    lines: np.ndarray | None,
    nodes: int,
) -> EdgeTable:
    """The table of the entries that are written, and of those that symmetry adds."""
    if banner.symmetry != "general":
        if banner.symmetry == "skew-symmetric" and (ends[0] == ends[1]).any():
            row = int(np.argmax(ends[0] == ends[1]))
            line = None if lines is None else int(lines[row])
            raise source.error("is on the diagonal of a skew-symmetric matrix", line=line)
        mirrored = np.flatnonzero(ends[0] != ends[1])
        sign = -1.0 if banner.symmetry == "skew-symmetric" else 1.0
        ends = np.concatenate([ends, ends[::-1, mirrored]], axis=1)
        weight = np.concatenate([weight, sign * weight[mirrored]])
        lines = None if lines is None else np.concatenate([lines, lines[mirrored]])
    from scipy.sparse import coo_array

    matrix = coo_array((weight, (ends[0], ends[1])), shape=(nodes, nodes))
    return table_of_matrix(source, matrix, lines=lines, first=1)


def _indices(body: TextTable, column: int, nodes: int) -> np.ndarray:
    what = ("row", "column")[column]
    if column >= len(body.cells):
        raise body.error(f"has no {what}", row=0)
    values = to_floats(body.cells[column])
    good = (values >= 1) & (values <= nodes) & (values == np.floor(values))
    if not good.all():
        row = int(np.argmin(good))
        text = body.cells[column][row]
        raise body.error(f"the {what} '{text}' must be an integer from 1 to {nodes}", row=row)
    spelled = [bool(INTEGER.fullmatch(text)) for text in body.cells[column]]
    if not all(spelled):
        row = spelled.index(False)
        raise body.error(f"the {what} '{body.cells[column][row]}' must be an integer", row=row)
    return values.astype(np.int64) - 1


def _weights(source: Source, banner: Banner, body: TextTable) -> np.ndarray:
    count = len(body.cells)
    if banner.kind == "pattern" and count == 2:
        return np.ones(body.rows)
    if count == 2:
        raise body.error(f"has no weight, and the first line says that weights are {banner.kind}", row=0)
    if banner.kind == "pattern":
        source.note("a pattern with a third column, which is read as the weight")
    if count > 3:
        source.note(f"{count} columns: those after the third are left out")
    texts = body.cells[2]
    weight = to_floats(texts)
    spelled = np.array([bool(text) for text in texts], dtype=bool)
    unreadable = np.isnan(weight) & np.array(
        [str(text).strip().lower().lstrip("+-") != "nan" for text in texts]
    )
    fraction = (
        banner.kind == "integer" and not np.array([bool(INTEGER.fullmatch(text)) for text in texts]).all()
    )
    if unreadable.any() or not spelled.all():
        row = int(np.argmax(unreadable | ~spelled))
        raise body.error(f"the weight '{texts[row]}' must be a number", row=row)
    if fraction:
        row = next(k for k, text in enumerate(texts) if not INTEGER.fullmatch(text))
        raise body.error(f"the weight '{texts[row]}' must be an integer, as the first line says", row=row)
    return weight


def _dense(source: Source, banner: Banner, body: TextTable, nodes: int) -> EdgeTable:
    """The numbers of an array, column after column; of a symmetric one its lower triangle."""
    if len(body.cells) and any((column != "").any() for column in body.cells[1:]):
        row = int(np.argmax(np.any([column != "" for column in body.cells[1:]], axis=0)))
        raise body.error("must hold one number", row=row)
    one = replace(body, cells=[np.zeros(body.rows), np.zeros(body.rows), body.cells[0]])
    values = _weights(source, banner, one) if body.rows else np.zeros(0)
    below = {"general": None, "symmetric": 0, "skew-symmetric": 1}[banner.symmetry]
    square = np.zeros((nodes, nodes))
    if below is None:
        columns, rows = np.divmod(np.arange(nodes * nodes), nodes)
    else:
        columns, rows = np.triu_indices(nodes, below)
    if values.size != rows.size:
        raise source.error(f"must hold {rows.size:,} numbers and has {values.size:,}")
    square[rows, columns] = values
    if below is not None:
        square[columns, rows] = values if below == 0 else -values
    from scipy.sparse import coo_array

    return table_of_matrix(source, coo_array(square), first=1)
