"""Who travels from where to where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False, kw_only=True)
class Demand:
    """Trips by pairs of nodes, each pair once, of two different nodes and a volume > 0.

    Attributes:
        origin, destination: (K,) nodes
        volume: (K,) trips in a unit of time
    """

    origin: np.ndarray
    destination: np.ndarray
    volume: np.ndarray

    @property
    def pairs(self) -> int:
        """How many pairs K there are."""
        return len(self.volume)
