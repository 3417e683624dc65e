"""What lies below positions in the plane: nothing, a plane with axes, or the sphere."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.space import degree_columns

HIGHEST = 85.0
"""Degrees of latitude from which a map is not widened further."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Names of the axes, None where positions were computed; and how long a unit is upwards, in units across.

    On the sphere a degree of longitude is the shorter the farther from the equator.
    """

    names: tuple[str, str] | None = None
    stretch: float = 1.0

    @classmethod
    def of(cls, mask: Mask) -> "Ground":
        """Degrees where columns of these names are the positions; a plane elsewhere."""
        positions = mask.positions
        if positions is None or positions.shape[1] != 2:
            return cls()
        if are_degrees(mask.node_data, positions):
            return cls(names=("longitude [°]", "latitude [°]"), stretch=stretch_of(positions[:, 1]))
        return cls(names=("x", "y"))


def are_degrees(columns: Mapping[str, np.ndarray], positions: np.ndarray) -> bool:
    """Whether positions (N, 2) are the columns of longitude and latitude."""
    found = degree_columns(columns)
    return found is not None and all(
        np.array_equal(columns[name], coordinate) for name, coordinate in zip(found, positions.T, strict=True)
    )


def stretch_of(latitudes: np.ndarray) -> float:
    """How much longer a degree northwards is than one eastwards, in the middle of latitudes [degrees]."""
    middle = min(abs(float(latitudes.min() + latitudes.max())) / 2, HIGHEST)
    return float(1 / np.cos(np.radians(middle)))
