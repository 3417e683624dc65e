"""Hermitian matrices as real vectors, and linear maps of them as real matrices."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp


class Triplets(NamedTuple):
    """A sparse matrix (D, D): places in row-major order, and values there."""

    place: np.ndarray
    value: np.ndarray


class HermitianSpace:
    """The D = d^2 real coordinates of Hermitian matrices (d, d), in an orthonormal basis.

    First the diagonal, then sqrt(2) times the real parts of the upper triangle, then the imaginary ones.

    Args:
        size: d
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.row, self.column = np.triu_indices(size, k=1)

    @property
    def dimension(self) -> int:
        """D."""
        return self.size**2

    def coordinates(self, matrices: np.ndarray) -> np.ndarray:
        """(..., D) of Hermitian matrices (..., d, d)."""
        upper = np.sqrt(2) * matrices[..., self.row, self.column]
        diagonal = np.diagonal(matrices, axis1=-2, axis2=-1).real
        return np.concatenate([diagonal, upper.real, upper.imag], axis=-1)

    @cached_property
    def basis(self) -> sp.csr_array:
        """The basis as columns (d^2, D), of matrices written by rows."""
        d, pairs = self.size, len(self.row)
        upper, lower = self.row * d + self.column, self.column * d + self.row
        real, imaginary = d + np.arange(pairs), d + pairs + np.arange(pairs)
        half = np.full(pairs, 0.5**0.5)
        values = np.concatenate([np.ones(d), half, half, 1j * half, -1j * half])
        rows = np.concatenate([np.arange(d) * (d + 1), upper, lower, upper, lower])
        columns = np.concatenate([np.arange(d), real, real, imaginary, imaginary])
        return sp.csr_array((values, (rows, columns)), shape=(d * d, d * d))

    def product(self, factors: np.ndarray) -> Triplets:
        """The matrix of rho -> factors * rho, entry by entry, with symmetric real factors (d, d)."""
        return self._triplets(sp.diags_array(factors.ravel()))

    def commutator(self, hamiltonian: np.ndarray) -> Triplets:
        """The matrix of rho -> -i [H, rho]."""
        h, one = sp.csr_array(hamiltonian), sp.eye_array(self.size)
        return self._triplets(-1j * (sp.kron(h, one) - sp.kron(one, h.T)))

    def _triplets(self, entries: sp.sparray) -> Triplets:
        """Of a map of matrices written by rows that keeps them Hermitian."""
        matrix = sp.coo_array((self.basis.conj().T @ sp.csr_array(entries) @ self.basis).real)
        kept = matrix.data != 0
        row, column = matrix.coords
        return Triplets((row * self.dimension + column)[kept].astype(np.int64), matrix.data[kept])
