"""A SciPy sparse matrix as a mask."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask

logger = logging.getLogger(__name__)

SYMMETRY = 1e-12  # relative: entries that differ less are those of an undirected edge


def mask_of_matrix(matrix: Any, *, base: bool = False, cost: object = None) -> Mask:
    """The mask of a SciPy sparse matrix: an edge for each entry that is not zero, undirected if symmetric.

    Args:
        base: whether the entries are the weights of the base network
        cost: None: 1 each, or another matrix (N, N) with the costs, > 0 wherever the first has an edge; of an
            undirected edge one of the two entries is enough

    Raises:
        SettingError: a matrix that is not square or not of finite numbers, or costs that are missing
    """
    from scipy.sparse import coo_array, csr_array

    square = _square(matrix, setting="network")
    square.eliminate_zeros()
    if not np.isfinite(square.data).all():
        raise SettingError(setting="network", value="matrix", allowed="has entries that are not finite")
    entries = coo_array(square)
    if (entries.row == entries.col).any():
        logger.warning("matrix: entries on the diagonal left out")
    other = csr_array(square.T)
    same_pairs = (square.astype(bool) != other.astype(bool)).nnz == 0
    difference = abs(square - other).max() if same_pairs and square.nnz else np.inf
    directed = not (same_pairs and difference <= SYMMETRY * abs(square).max())
    chosen = entries.row != entries.col if directed else entries.row < entries.col
    edges = np.stack([entries.row[chosen], entries.col[chosen]]).astype(np.int64)
    prices = None
    if cost is not None:
        prices = _matrix_cost(cost, edges, size=square.shape[0], directed=directed)
    return Mask.from_edges(
        name="matrix",
        nodes=square.shape[0],
        edges=edges,
        directed=directed,
        cost=prices,
        base=entries.data[chosen] if base else None,
    )


def _square(matrix: Any, *, setting: str) -> Any:
    """A copy as CSR, in float64: what is done to it must not be done to the matrix that was given."""
    from scipy.sparse import csr_array

    shape = tuple(matrix.shape)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise SettingError(setting=setting, value=f"matrix {shape}", allowed="must be square")
    if matrix.dtype.kind not in "biuf":
        raise SettingError(setting=setting, value=f"matrix of {matrix.dtype}", allowed="must hold numbers")
    square = csr_array(matrix, dtype=np.float64, copy=True)
    square.sum_duplicates()
    return square


def _matrix_cost(cost: Any, edges: np.ndarray, *, size: int, directed: bool) -> np.ndarray:
    matrix = cost if hasattr(cost, "tocsr") else np.asarray(cost)
    if getattr(matrix, "shape", None) != (size, size):
        allowed = f"must be unit, or a matrix ({size}, {size}) like the network"
        raise SettingError(setting="cost", value=f"array {np.shape(matrix)}", allowed=allowed)
    prices = _square(matrix, setting="cost")
    one, other = (np.asarray(prices[i, j]).ravel() for i, j in (edges, edges[::-1]))
    if directed:
        return one
    differ = (one != 0) & (other != 0) & (one != other)
    if differ.any():
        source, target = edges[:, int(np.argmax(differ))]
        allowed = f"must be symmetric, as the network is, and differs at {source}-{target}"
        raise SettingError(setting="cost", value="matrix", allowed=allowed)
    return np.where(one != 0, one, other)
