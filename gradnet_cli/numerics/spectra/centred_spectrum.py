"""The whole spectrum of a symmetric matrix on vectors of mean zero."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from gradnet_cli.numerics.threads import single_threaded

SINGLE_UP_TO = 500  # nodes; several threads only get in each other's way below


class CentredSpectrum(NamedTuple):
    """Eigenvalues (N - 1,), ascending, and unit eigenvectors (N, N - 1) with centred columns."""

    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, matrix: sp.csr_array) -> CentredSpectrum:
        """Of a Laplacian (N, N), whose weights may be negative: zero then lies within the spectrum.

        A Householder reflection turns the constant vector into the first axis, so that the other axes span
        what is orthogonal to it.
        """
        nodes = matrix.shape[0]
        mirror = np.full(nodes, nodes**-0.5)
        mirror[0] += 1.0
        mirror /= np.linalg.norm(mirror)
        reflected = _mirrored(_mirrored(matrix.toarray(), mirror).T, mirror)[1:, 1:]
        if nodes <= SINGLE_UP_TO:
            with single_threaded():
                values, inner = scipy.linalg.eigh(reflected, check_finite=False)
        else:
            values, inner = scipy.linalg.eigh(reflected, check_finite=False)
        vectors = _mirrored(np.vstack([np.zeros(nodes - 1), inner]), mirror)
        vectors -= vectors.mean(axis=0)
        return cls(values, vectors / np.linalg.norm(vectors, axis=0))


def _mirrored(columns: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """(I - 2 m m^T) C."""
    mirrored: np.ndarray = columns - 2 * np.outer(mirror, mirror @ columns)
    return mirrored
