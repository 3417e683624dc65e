"""Distances against published ones, and against formulas and numbers of other people."""

import math

import numpy as np
import pytest
from mpmath import acos, cos, mp, mpf, radians, sin

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.space import EARTH_RADIUS, Space, known_positions, positions_of

PLACES = {  # longitude and latitude [degrees]
    "LAX": (-(118 + 24 / 60), 33 + 57 / 60),
    "JFK": (-(73 + 47 / 60), 40 + 38 / 60),
    "BNA": (-86.67, 36.12),
    "LAX too": (-118.40, 33.94),
    "Land's End": (-(5 + 42 / 60 + 53 / 3600), 50 + 3 / 60 + 59 / 3600),
    "John o' Groats": (-(3 + 4 / 60 + 12 / 3600), 58 + 38 / 60 + 38 / 3600),
    "pole": (12.0, 90.0),
    "equator": (50.0, 0.0),
}


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance [km]."""
    space = Space(places=np.array([one, other]), sphere=True)
    return float(space.lengths(np.array([[0], [1]]))[0])


def exact(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The spherical law of cosines, in 60 digits."""
    with mp.workdps(60):
        (east, north), (east_2, north_2) = ([radians(mpf(x)) for x in place] for place in (one, other))
        share = sin(north) * sin(north_2) + cos(north) * cos(north_2) * cos(east - east_2)
        return float(acos(share) * mpf(EARTH_RADIUS))


@pytest.mark.parametrize(
    ("one", "other", "angle", "accuracy"),
    [
        # Williams, Aviation Formulary: 0.623585 radians.
        ("LAX", "JFK", 0.623585, 5e-7),
        # Rosetta Code, Haversine formula: 2887.26 km on a sphere of 6372.8 km.
        ("BNA", "LAX too", 2887.2599506071106 / 6372.8, 1e-12),
        # Veness, Movable Type Scripts: 968.9 km on a sphere of 6371 km.
        ("Land's End", "John o' Groats", 968.9 / 6371, 0.05 / 6371),
        ("pole", "equator", math.pi / 2, 1e-15),
    ],
)
def test_published_distances(one: str, other: str, angle: float, accuracy: float) -> None:
    assert apart(PLACES[one], PLACES[other]) / EARTH_RADIUS == pytest.approx(angle, abs=accuracy)


def test_the_mean_radius_is_that_of_the_ellipsoid() -> None:
    """(2 a + b) / 3 of GRS 80, with a = 6378.137 km and 1 / f = 298.257222101."""
    assert pytest.approx(6378.137 * (3 - 1 / 298.257222101) / 3, abs=5e-5) == EARTH_RADIUS


def test_an_independent_formula_in_many_digits() -> None:
    random = np.random.default_rng(0)
    for scale in (1e-6, 1e-3, 1.0, 90.0):
        for _ in range(10):
            one = np.array([random.uniform(-180, 180), random.uniform(-80, 80)])
            other = one + scale * random.uniform(-0.1, 0.1, size=2)
            # The coordinates themselves have an error of 180 * 2^-53 degrees.
            accuracy = 180 * 2.0**-52 * np.pi / 180 * EARTH_RADIUS
            assert apart(tuple(one), tuple(other)) == pytest.approx(
                exact(tuple(one), tuple(other)), rel=1e-13, abs=accuracy
            )


def test_across_the_date_line_and_by_both_ways_of_counting() -> None:
    degree = math.radians(1) * EARTH_RADIUS
    assert apart((179.5, 0.0), (-179.5, 0.0)) == pytest.approx(degree)
    assert apart((359.5, 0.0), (0.5, 0.0)) == pytest.approx(degree)
    assert apart((0.0, 0.0), (180.0, 0.0)) == pytest.approx(math.pi * EARTH_RADIUS)


def test_unit_vectors_are_as_far_apart_as_chords_are() -> None:
    random = np.random.default_rng(1)
    places = np.stack([random.uniform(-180, 180, 30), random.uniform(-90, 90, 30)], axis=1)
    space = Space(places=places, sphere=True)
    edges = np.stack(np.triu_indices(30, 1))
    chords = np.linalg.norm(space.straight()[edges[0]] - space.straight()[edges[1]], axis=1)
    expected = [space.straight_length(float(length)) for length in space.lengths(edges)]
    np.testing.assert_allclose(chords, expected, rtol=1e-12)
    assert space.straight_length(1e9) == 2.0


COLUMNS = {"lon": np.array([5.0, 6.0]), "lat": np.array([50.0, 51.0])}


class TestOf:
    def of(self, distance: str = "auto", positions: object = None, **columns: np.ndarray) -> Space | None:
        found = positions_of(columns) if positions is None else np.asarray(positions)
        return Space.of(positions=found, node_data=columns, distance=distance)

    @pytest.mark.parametrize("names", ["lon lat", "Longitude LATITUDE", "lng lat", "Long Lat"])
    def test_columns_in_degrees_are_on_the_sphere(self, names: str) -> None:
        east, north = names.split()
        space = self.of(**{north: COLUMNS["lat"], east: COLUMNS["lon"]})
        assert space is not None
        assert space.sphere
        assert space.columns == (east, north)
        assert space.places.tolist() == [[5.0, 50.0], [6.0, 51.0]]

    def test_plane_if_told_or_by_x_and_y(self) -> None:
        for space in (self.of("plane", **COLUMNS), self.of(**COLUMNS, x=np.zeros(2), y=np.arange(2.0))):
            assert space is not None
            assert not space.sphere

    def test_the_sphere_beside_x_and_y_if_told(self) -> None:
        space = self.of("sphere", **COLUMNS, x=np.zeros(2), y=np.arange(2.0))
        assert space is not None
        assert space.places.tolist() == [[5.0, 50.0], [6.0, 51.0]]

    def test_positions_are_degrees_if_told(self) -> None:
        space = self.of("sphere", positions=[[5.0, 50.0], [6.0, 51.0]])
        assert space is not None
        assert space.sphere

    def test_nowhere(self) -> None:
        assert self.of() is None
        assert self.of(**{**COLUMNS, "lat": np.array([50.0, np.nan])}, positions=None) is not None
        with pytest.raises(SettingError, match="distance = sphere: needs the longitude and latitude"):
            self.of("sphere")

    def test_degrees_that_are_none(self) -> None:
        with pytest.raises(SettingError, match="needs a latitude from -90 to 90, and that of node 1 is 91"):
            self.of(**{**COLUMNS, "lat": np.array([50.0, 91.0])})
        with pytest.raises(SettingError, match="longitude from -180 to 360, and that of node 0 is 500"):
            self.of("sphere", positions=[[500.0, 1.0], [6.0, 51.0]])
        with pytest.raises(SettingError, match=r"distance = ball: must be auto, plane or sphere"):
            self.of("ball", **COLUMNS)


def test_gaps_and_words_are_no_positions() -> None:
    gap = {"lon": np.array([5.0, np.nan]), "lat": np.array([50.0, 51.0])}
    assert known_positions(gap) == (None, "no positions, for lon or lat is missing at some node")
    words = {"x": np.array(["far", "1"]), "y": np.array([50.0, 51.0])}
    assert known_positions(words) == (None, "no positions, for x or y is no number at some node")
    assert known_positions({}) == (None, "")
