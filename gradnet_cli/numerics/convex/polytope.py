"""Limits of changes, of strengths and of their cost: a polytope where the budget may be left unspent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True, eq=False, kw_only=True)
class Polytope:
    """All d (E,) with l <= d <= u,  rows d <= room,  sum(cost * abs(d)) = K (exact) or <= K.

    Attributes:
        lower, upper: (E,), infinite where there is no limit
        rows: (M, E) sparse
        room: (M,)
        cost: (E,) > 0, or None without a budget
        budget: K
        exact: only for changes of one sign each, for otherwise the set is not convex
    """

    lower: np.ndarray
    upper: np.ndarray
    rows: sp.csr_array
    room: np.ndarray
    cost: np.ndarray | None = None
    budget: float = 0.0
    exact: bool = False
