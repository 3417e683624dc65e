"""Edges of a sparse matrix: the entries that it stores."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable
from gradnet_cli.problem.mask import NODE_LIMIT

# Beyond this size a matrix with fewer entries than a tenth of its rows is a mistake or an attack.
SPARSE_LIMIT = 1_000_000


def check_shape(source: Source, rows: int, columns: int, entries: int) -> None:
    """Refuse a matrix that is not square, or of a size beyond reason.

    Raises:
        InputFileError: of the source
    """
    if rows != columns:
        raise source.error(f"holds a {rows} x {columns} matrix, and must hold a square one")
    if rows > NODE_LIMIT or (rows > SPARSE_LIMIT and rows > 10 * entries):
        why = f"declares {rows:,} nodes for {entries:,} entries, beyond reason (at most {NODE_LIMIT:,})"
        raise source.error(why)


def table_of_matrix(
    source: Source, matrix: Any, *, lines: np.ndarray | None = None, first: int = 0
) -> EdgeTable:
    """The stored entries of a coo matrix as edges; a symmetric matrix is an undirected network.

    Args:
        source: the file
        matrix: (N, N) in SciPy's form coo
        lines: (M,) the line of each entry, where the file has lines
        first: the number that the file gives its first node; ids count from 0

    Raises:
        InputFileError: no entry, or complex ones
    """
    if matrix.nnz == 0:
        raise source.error("the matrix has no entry")
    if np.iscomplexobj(matrix.data):
        raise source.error("holds complex numbers, and weights are real")
    nodes = matrix.shape[0]
    ends = np.stack([matrix.row, matrix.col]).astype(np.int64)
    weight = matrix.data.astype(np.float64)
    symmetric = _is_symmetric(ends, weight, nodes)
    if symmetric:
        upper = ends[0] <= ends[1]
        ends, weight = ends[:, upper], weight[upper]
        lines = None if lines is None else lines[upper]
    if not symmetric and source.directed is None:
        source.note("directed, for the matrix is not symmetric")
    return EdgeTable(
        source=source,
        ends=ends,
        ids=np.arange(nodes).astype(str),
        columns={"weight": weight},
        lines=lines,
        arrows=np.full(weight.size, not symmetric),
        called=None if first == 0 else np.arange(first, nodes + first).astype(str),
    )


def _is_symmetric(ends: np.ndarray, weight: np.ndarray, nodes: int) -> bool:
    forth = np.lexsort((weight, ends[0] * nodes + ends[1]))
    back = np.lexsort((weight, ends[1] * nodes + ends[0]))
    return bool(
        np.array_equal(ends[:, forth], ends[::-1, back])
        and np.array_equal(weight[forth], weight[back], equal_nan=True)
    )
