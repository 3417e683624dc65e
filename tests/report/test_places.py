"""Maps in the page keep the proportions of the sphere, as those of the figures do."""

import numpy as np
import pytest

from gradnet_cli.report.html.places import places

LON, LAT = np.array([10.0, 11.0, 10.0]), np.array([59.0, 60.0, 61.0])


def drawn(**columns: np.ndarray) -> np.ndarray:
    return places(
        columns,
        None,
        source=np.array([0, 1]),
        target=np.array([1, 2]),
        weights=np.ones(2),
        nodes=3,
        directed=False,
        mask_edges=2,
    )


@pytest.mark.parametrize("names", [("lon", "lat"), ("lng", "Lat"), ("Longitude", "latitude")])
def test_a_degree_northwards_is_twice_as_long_at_sixty_degrees(names: tuple[str, str]) -> None:
    east, north = names
    found = drawn(**{"x": LON, "y": LAT, east: LON, north: LAT})
    np.testing.assert_allclose(np.diff(found[:, 1]) / np.diff(LAT), 1 / np.cos(np.radians(60.0)), rtol=1e-12)
    np.testing.assert_array_equal(found[:, 0], LON)


def test_other_places_are_drawn_as_they_are() -> None:
    np.testing.assert_array_equal(drawn(x=LON, y=LAT), np.stack([LON, LAT], axis=1))
    np.testing.assert_array_equal(drawn(x=LON, y=LAT, lon=LON + 1, lat=LAT)[:, 1], LAT)
