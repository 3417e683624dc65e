"""Points whose squared distances are given numbers, or nearly so."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from jaxtyping import Float, Int


def squared_distances_near(
    edge_index: Int[np.ndarray, "2 edges"], wanted: Float[np.ndarray, " edges"], *, nodes: int
) -> Float[np.ndarray, " edges"] | None:
    """norm(y_i - y_j)^2 / norm(Y)^2 (E,) for all pairs, of the centred points Y (N, r) that come nearest.

    It is classical scaling (Torgerson 1952): the centred Gram matrix of the wanted numbers, whose negative
    eigenvalues are set to zero. If there are none the squared distances are as wanted, but for their unit.

    Args:
        edge_index: all pairs, (2, E)
        wanted: (E,) > 0
        nodes: N

    Returns:
        None where the points would all be one
    """
    source, target = edge_index
    gram = np.zeros((nodes, nodes))
    gram[source, target] = gram[target, source] = wanted
    gram -= gram.mean(axis=0)
    gram -= gram.mean(axis=1, keepdims=True)
    values, vectors = scipy.linalg.eigh(-gram / 2, check_finite=False)
    values = np.maximum(values, 0.0)
    points = vectors * np.sqrt(values)
    spread = float(np.square(points).sum())
    if spread == 0:
        return None
    gram = points @ points.T
    squares = gram.diagonal()
    distances: np.ndarray = np.maximum(squares[source] + squares[target] - 2 * gram[source, target], 0.0)
    return distances / spread
