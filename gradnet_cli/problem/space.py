"""Where nodes lie, and how far they are apart: in the plane, in space, or on the sphere of the Earth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import choice

DISTANCES = ("auto", "plane", "sphere")
DEGREES = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("long", "lat"))
EARTH_RADIUS = 6371.0088  # km, the mean radius (2 a + b) / 3 of GRS 80 (Moritz 2000)
WEST, EAST = -180.0, 360.0  # longitudes are counted from -180 to 180, or from 0 to 360


@dataclass(frozen=True, eq=False, kw_only=True)
class Space:
    """The places of nodes, with a distance.

    Attributes:
        places: (N, d) coordinates, or, on the sphere, (N, 2) longitude and latitude [degrees]
        sphere: whether distances are those on the surface of the Earth [km]
        columns: the node data that the places come from, or None
    """

    places: np.ndarray
    sphere: bool = False
    columns: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls, *, positions: np.ndarray | None, node_data: Mapping[str, np.ndarray], distance: object
    ) -> Self | None:
        """The space of nodes; None where they lie nowhere.

        Args:
            positions: (N, d), or None
            node_data: columns (N,)
            distance: ``sphere``, ``plane``, or ``auto``: on the sphere where the positions are longitudes and
                latitudes by the names of their columns

        Raises:
            SettingError: there is no such distance, or places that are none on the sphere
        """
        kind = choice(setting="distance", value=distance, choices=DISTANCES)
        found = degree_columns(node_data)
        degrees = None if found is None else _stacked(node_data, found)
        if kind == "auto":
            kind = "sphere" if degrees is not None and _are_positions(degrees, positions) else "plane"
        if kind == "plane":
            return None if positions is None else cls(places=positions)
        if degrees is None and positions is not None and positions.shape[1] == 2:
            degrees = positions
        if degrees is None:
            allowed = "needs the longitude and latitude of each node: columns lon and lat of the node data"
            raise SettingError(setting="distance", value=distance, allowed=allowed)
        _check_degrees(degrees, distance=distance)
        return cls(places=degrees, sphere=True, columns=found)

    def lengths(self, edges: np.ndarray) -> np.ndarray:
        """Distances (E,) of node pairs (2, E): Euclidean, or along great circles [km].

        On the sphere by the haversine formula, which is exact to the last digits for near places too.
        """
        if not self.sphere:
            apart: np.ndarray = np.linalg.norm(self.places[edges[0]] - self.places[edges[1]], axis=1)
            return apart
        one, other = np.radians(self.places[edges[0]]), np.radians(self.places[edges[1]])
        east, north = np.sin((one - other) / 2).T ** 2
        share = np.clip(north + np.cos(one[:, 1]) * np.cos(other[:, 1]) * east, 0.0, 1.0)
        angle: np.ndarray = 2 * np.arctan2(np.sqrt(share), np.sqrt(1 - share))
        return EARTH_RADIUS * angle

    def straight(self) -> np.ndarray:
        """Coordinates (N, d) in which straight distances have the order of these: on the sphere, (N, 3)."""
        return self.unit_vectors() if self.sphere else self.places

    def straight_length(self, length: float) -> float:
        """The straight distance between such coordinates of nodes that are so far apart."""
        if not self.sphere:
            return length
        return float(2 * np.sin(min(length / (2 * EARTH_RADIUS), np.pi / 2)))

    def unit_vectors(self) -> np.ndarray:
        """Places on the sphere as (N, 3) points of the unit sphere."""
        east, north = np.radians(self.places).T
        return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)


def positions_of(node_data: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Return (N, d) positions from the columns x, y and, if there, z, else longitude and latitude.

    Names may be in any case. None without such columns, and where they hold something that is no number.
    """
    small = {name.lower(): column for name, column in node_data.items()}
    found = []
    for name in ("x", "y", "z"):
        column = small.get(name)
        if column is None or column.dtype != np.float64:
            break
        found.append(column)
    if len(found) == 3 and np.all(found[2] == found[2][:1]):
        found.pop()  # the same for all, as many programs write it
    if len(found) > 1:
        return np.stack(found, axis=1)
    names = degree_columns(node_data)
    return None if names is None else _stacked(node_data, names)


def known_positions(node_data: Mapping[str, np.ndarray]) -> tuple[np.ndarray | None, str]:
    """Positions (N, d) that are all finite, or None, with the reason where there are columns for them."""
    positions = positions_of(node_data)
    if positions is not None and np.isfinite(positions).all():
        return positions, ""
    small = {name.lower() for name in node_data}
    pair = next((pair for pair in (("x", "y"), *DEGREES) if small.issuperset(pair)), None)
    if pair is None:
        return None, ""
    what = "is no number" if positions is None else "is missing"
    return None, f"no positions, for {pair[0]} or {pair[1]} {what} at some node"


def degree_columns(node_data: Mapping[str, np.ndarray]) -> tuple[str, str] | None:
    """The names of the columns with longitude and latitude, where there are such, of numbers."""
    small = {name.lower(): name for name in node_data}
    for pair in DEGREES:
        names = [small[name] for name in pair if name in small]
        if len(names) == 2 and all(np.asarray(node_data[name]).dtype.kind in "iuf" for name in names):
            return names[0], names[1]
    return None


def _are_positions(degrees: np.ndarray, positions: np.ndarray | None) -> bool:
    if positions is None:  # as columns with gaps are no positions
        return bool(np.isfinite(degrees).all())
    return np.array_equal(degrees, positions)


def _stacked(node_data: Mapping[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray:
    return np.stack([np.asarray(node_data[name], dtype=np.float64) for name in names], axis=1)


def _check_degrees(degrees: np.ndarray, *, distance: object) -> None:
    east, north = degrees.T
    for what, values, low, high in (("latitude", north, -90.0, 90.0), ("longitude", east, WEST, EAST)):
        inside = (values >= low) & (values <= high)
        if not inside.all():
            node = int(np.argmin(inside))
            allowed = f"needs a {what} from {low:g} to {high:g}, and that of node {node} is {values[node]:g}"
            raise SettingError(setting="distance", value=distance, allowed=f"{allowed} (plane takes others)")
