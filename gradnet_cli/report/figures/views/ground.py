"""What lies below positions in the plane: nothing, a plane with axes, or the sphere."""

from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem.mask import Mask

DEGREES = (("lon", "lat"), ("longitude", "latitude"))
"""Columns of node data in degrees, east and north."""
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
        columns = {name.lower(): np.asarray(values) for name, values in mask.node_data.items()}
        for pair in DEGREES:
            if all(
                name in columns and np.array_equal(columns[name], coordinate)
                for name, coordinate in zip(pair, positions.T, strict=True)
            ):
                latitude = min(abs(float(positions[:, 1].min() + positions[:, 1].max())) / 2, HIGHEST)
                return cls(
                    names=("longitude [°]", "latitude [°]"), stretch=float(1 / np.cos(np.radians(latitude)))
                )
        return cls(names=("x", "y"))


def _is_lattice(mask: Mask, positions: np.ndarray) -> bool:
    """Whether all edges, or those of the base network, are equally long; on a torus the shorter way round."""
    source, target = mask.edge_index[:, mask.base != 0] if mask.base.any() else mask.edge_index
    along = positions[target] - positions[source]
    if mask.period is not None:
        along = along - np.round(along / mask.period) * mask.period
    lengths = np.linalg.norm(along, axis=1)
    return len(lengths) > 1 and float(np.ptp(lengths)) <= SAME_LENGTH * float(lengths.max())
