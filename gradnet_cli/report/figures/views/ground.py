"""What lies below positions in the plane: nothing, a plane with axes, or the sphere."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.space import degree_columns

HIGHEST = 85.0
"""Degrees of latitude from which a map is not widened further."""
SAME_LENGTH = 1e-9
"""Relative difference of lengths that is rounding."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Names of the axes, None where positions were computed; and how long a unit is upwards, in units across.

    On the sphere a degree of longitude is the shorter the farther from the equator.
    """

    names: tuple[str, str] | None = None
    stretch: float = 1.0

    @classmethod
    def of(cls, mask: Mask) -> "Ground":
        """Degrees where columns of these names are the positions; a plane elsewhere.

        Nothing below a drawing, and below a lattice: where its edges are all alike, axes say nothing.
        """
        positions = mask.positions
        if positions is None or positions.shape[1] != 2 or mask.schematic or _is_lattice(mask, positions):
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


def _is_lattice(mask: Mask, positions: np.ndarray) -> bool:
    """Whether all edges, or those of the base network, are equally long; on a torus the shorter way round."""
    source, target = mask.edge_index[:, mask.base != 0] if mask.base.any() else mask.edge_index
    along = positions[target] - positions[source]
    if mask.period is not None:
        along = along - np.round(along / mask.period) * mask.period
    lengths = np.linalg.norm(along, axis=1)
    return len(lengths) > 1 and float(np.ptp(lengths)) <= SAME_LENGTH * float(lengths.max())
