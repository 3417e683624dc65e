"""Features of many things, of which most are zero."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False, kw_only=True)
class SparseRows:
    """A matrix (M, F) in compressed rows, columns of a row in growing order.

    Attributes:
        indptr: (M + 1,) where each row begins
        indices: (K,) columns
        values: (K,) float32
        width: F
    """

    indptr: np.ndarray
    indices: np.ndarray
    values: np.ndarray
    width: int

    @classmethod
    def of_entries(
        cls, rows: np.ndarray, columns: np.ndarray, values: np.ndarray, *, shape: tuple[int, int]
    ) -> SparseRows:
        """From entries in any order, each once; zeros are left out."""
        there = values != 0
        rows, columns, values = rows[there], columns[there], values[there]
        order = np.lexsort((columns, rows))
        counts = np.bincount(rows, minlength=shape[0])
        return cls(
            indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            indices=columns[order].astype(np.int64),
            values=values[order].astype(np.float32),
            width=shape[1],
        )

    @classmethod
    def of_dense(cls, matrix: np.ndarray) -> SparseRows:
        """From a matrix (M, F)."""
        rows, columns = np.nonzero(matrix)
        return cls.of_entries(rows, columns, matrix[rows, columns], shape=(matrix.shape[0], matrix.shape[1]))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def row_normalized(self) -> SparseRows:
        """Each row divided by the sum of its absolute values, where that is not zero."""
        number = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        sums = np.bincount(number, weights=np.abs(self.values), minlength=len(self))
        return replace(self, values=(self.values / sums[number]).astype(np.float32))

    def dense(self) -> np.ndarray:
        """The matrix (M, F)."""
        matrix = np.zeros((len(self), self.width), dtype=np.float32)
        matrix[np.repeat(np.arange(len(self)), np.diff(self.indptr)), self.indices] = self.values
        return matrix
