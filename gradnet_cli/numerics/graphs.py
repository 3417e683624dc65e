"""Plain facts of weighted graphs, as arrays: which edges are used, strengths, components, spanning trees."""

from __future__ import annotations

import numpy as np

USED_FRACTION = 1e-3
"""An edge is used when abs(weight) > USED_FRACTION * max(abs(weight))."""


def used_edges(weights: np.ndarray) -> np.ndarray:
    """Which edges carry weight worth counting: bool (E,), abs(w) > USED_FRACTION * max(abs(w))."""
    size = np.abs(weights)
    return size > USED_FRACTION * size.max(initial=0.0)
