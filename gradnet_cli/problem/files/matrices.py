"""Edges from sparse matrices: SciPy's .npz and Matrix Market's .mtx."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.errors import InputFileError, one_line
from gradnet_cli.problem.files.table import EdgeTable
from gradnet_cli.problem.mask import NODE_LIMIT

UNPACKED_LIMIT = 4 * 2**30  # bytes that an .npz may unpack to
HARMLESS_SIZE = 2**26  # bytes, up to which it does not matter
UNPACKED_RATIO = 100  # of what it unpacks to and its own size; numbers of edges compress ten times or so
# Beyond this size a matrix with fewer entries than a tenth of its rows is a mistake or an attack.
SPARSE_LIMIT = 1_000_000
FEWEST_BYTES = 2  # that an entry of a text file takes: a digit and a line break


def read_npz(*, setting: str, path: Path) -> EdgeTable:
    """Read what scipy.sparse.save_npz wrote (csr, csc or coo). Nothing is ever unpickled.

    Raises:
        InputFileError: no such file, or one that unpacks beyond reason
    """
    import scipy.sparse

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        limit = min(UNPACKED_LIMIT, max(HARMLESS_SIZE, UNPACKED_RATIO * path.stat().st_size))
        if unpacked > limit:
            why = f"would unpack to {unpacked / 2**30:.3g} GiB; at most {limit / 2**30:.3g} are read"
            raise _error(setting, path, why)
        matrix = scipy.sparse.load_npz(path)
        if matrix.format not in ("csr", "csc", "coo"):
            raise _error(setting, path, f"holds a {matrix.format} matrix, and must hold csr, csc or coo")
        _check_shape(setting, path, matrix.shape[0], matrix.shape[1], matrix.nnz)
        if matrix.format != "coo":
            matrix.check_format(full_check=True)  # indices out of range would read foreign memory
        entries = matrix.tocoo()
    except InputFileError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        zipfile.BadZipFile,
        OverflowError,
    ) as error:
        why = f"is not a sparse matrix written by scipy.sparse.save_npz: {one_line(str(error))}"
        raise _error(setting, path, why) from error
    return _table(setting, path, entries)


def read_matrix_market(*, setting: str, path: Path) -> EdgeTable:
    """Read a Matrix Market file, coordinate or array, real, integer or pattern.

    Raises:
        InputFileError: no such file, with its line where there is one
    """
    import scipy.io
    import scipy.sparse

    try:
        rows, columns, entries, _, kind, _ = scipy.io.mminfo(path)
        if kind == "complex":
            raise _error(setting, path, "holds complex numbers, and weights are real")
        _check_shape(setting, path, rows, columns, entries)
        if entries * FEWEST_BYTES > path.stat().st_size * 2:  # a symmetric array writes half of its entries
            raise _error(setting, path, f"declares {entries:,} entries, more than the file can hold", line=1)
        matrix = scipy.sparse.coo_array(scipy.io.mmread(path))
    except InputFileError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise _malformed(setting, path, one_line(str(error))) from error
    return _table(setting, path, matrix)


def _check_shape(setting: str, path: Path, rows: int, columns: int, entries: int) -> None:
    if rows != columns:
        raise _error(setting, path, f"holds a {rows} x {columns} matrix, and must hold a square one")
    if rows > NODE_LIMIT or (rows > SPARSE_LIMIT and rows > 10 * entries):
        why = f"declares {rows:,} nodes for {entries:,} entries, beyond reason (at most {NODE_LIMIT:,})"
        raise _error(setting, path, why)


def _table(setting: str, path: Path, matrix: Any) -> EdgeTable:
    """Turn the stored entries of a coo matrix into edges; a symmetric matrix is an undirected network."""
    if matrix.nnz == 0:
        raise _error(setting, path, "the matrix has no entry")
    if np.iscomplexobj(matrix.data):
        raise _error(setting, path, "holds complex numbers, and weights are real")
    ends = np.stack([matrix.row, matrix.col]).astype(np.int64)
    weight = matrix.data.astype(np.float64)
    symmetric = _is_symmetric(ends, weight, matrix.shape[0])
    if symmetric:
        upper = ends[0] <= ends[1]
        ends, weight = ends[:, upper], weight[upper]
    return EdgeTable(
        setting=setting,
        path=path,
        ends=ends,
        ids=np.arange(matrix.shape[0]).astype(str),
        columns={"weight": weight},
        arrows=np.full(weight.size, not symmetric),
    )


def _is_symmetric(ends: np.ndarray, weight: np.ndarray, nodes: int) -> bool:
    forth = np.lexsort((weight, ends[0] * nodes + ends[1]))
    back = np.lexsort((weight, ends[1] * nodes + ends[0]))
    return bool(
        np.array_equal(ends[:, forth], ends[::-1, back])
        and np.array_equal(weight[forth], weight[back], equal_nan=True)
    )


def _malformed(setting: str, path: Path, text: str) -> InputFileError:
    # SciPy's reader begins its complaints with "Line 7: ".
    head, _, rest = text.partition(": ")
    word, _, line = head.partition(" ")
    if word == "Line" and line.isdigit():
        return _error(setting, path, f"is malformed: {rest}", line=int(line))
    return _error(setting, path, f"is not a Matrix Market file: {text}")


def _error(setting: str, path: Path, allowed: str, *, line: int | None = None) -> InputFileError:
    return InputFileError(setting=setting, path=path, allowed=allowed, line=line)
