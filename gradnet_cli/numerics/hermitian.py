"""Hermitian matrices as real vectors, and linear maps of them as real matrices."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np


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
    def basis(self) -> np.ndarray:
        """(D, d, d) complex."""
        d, pairs = self.size, len(self.row)
        basis = np.zeros((self.dimension, d, d), dtype=np.complex128)
        basis[np.arange(d), np.arange(d), np.arange(d)] = 1.0
        for first, value in ((d, 0.5**0.5), (d + pairs, 0.5**0.5 * 1j)):
            place = first + np.arange(pairs)
            basis[place, self.row, self.column] = value
            basis[place, self.column, self.row] = np.conj(value)
        return basis

    def map_of(self, rule: Callable[[np.ndarray], np.ndarray]) -> Triplets:
        """The matrix of a linear map of Hermitian matrices, given for many (D, d, d) at once."""
        matrix = self.coordinates(rule(self.basis)).T.ravel()
        place = np.flatnonzero(matrix)
        return Triplets(place, matrix[place])

    def commutator(self, hamiltonian: np.ndarray) -> Triplets:
        """rho -> -i [H, rho]."""
        return self.map_of(lambda rho: -1j * (hamiltonian @ rho - rho @ hamiltonian))
