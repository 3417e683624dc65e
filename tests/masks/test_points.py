"""Points from a file."""

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import scipy.spatial

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks.points import build
from gradnet_cli.problem.prices import priced

RANDOM = np.random.default_rng(5)
TOWNS = np.stack([RANDOM.uniform(5, 15, 30), RANDOM.uniform(45, 55, 30)], axis=1)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def points(places: np.ndarray = TOWNS, header: str = "lon,lat", **settings: object) -> Mask:
    np.savetxt("points.csv", places, fmt="%.17g", delimiter=",", header=header, comments="")
    mask = build(path="points.csv", **settings)  # type: ignore[arg-type]
    mask.check()
    return mask


def pairs(mask: Mask) -> set[tuple[int, int]]:
    return {(int(i), int(j)) for i, j in mask.edge_index.T}


def lengths(places: np.ndarray, *, header: str = "lon,lat") -> np.ndarray:
    """All distances (N, N), by the costs of all pairs, which are tested elsewhere."""
    mask = priced(points(places, header), cost="distance")
    matrix = np.zeros((mask.nodes, mask.nodes))
    matrix[tuple(mask.edge_index)] = mask.cost
    return matrix + matrix.T


def refusal(content: str, **settings: object) -> str:
    Path("points.csv").write_text(content)
    with pytest.raises(SettingError) as caught:
        build(path="points.csv", **settings)  # type: ignore[arg-type]
    return str(caught.value)


def test_all_pairs() -> None:
    mask = points()
    assert pairs(mask) == set(itertools.combinations(range(30), 2))
    np.testing.assert_array_equal(mask.positions, TOWNS)
    assert mask.labels is None


def test_both_directions() -> None:
    mask = points(pairs="nearest", neighbours=2, directed=True)
    assert mask.directed
    assert pairs(mask) == {(j, i) for i, j in pairs(mask)}
    once = pairs(points(pairs="nearest", neighbours=2))
    assert pairs(mask) == once | {(j, i) for i, j in once}


@pytest.mark.parametrize("header", ["lon,lat", "x,y"])
def test_nearest(header: str) -> None:
    order = np.argsort(lengths(TOWNS, header=header), axis=1)[:, 1:4]
    expected = {(min(i, int(j)), max(i, int(j))) for i in range(30) for j in order[i]}
    assert pairs(points(TOWNS, header, pairs="nearest", neighbours=3)) == expected


def test_nearest_across_the_date_line() -> None:
    islands = np.array([[179.9, 10.0], [-179.9, 10.0], [178.0, 10.0], [-178.0, 10.0]])
    assert (0, 1) in pairs(points(islands, pairs="nearest", neighbours=1))
    assert (0, 1) not in pairs(points(islands, pairs="nearest", neighbours=1, distance="plane"))


@pytest.mark.parametrize(("header", "radius"), [("lon,lat", 300.0), ("x,y", 3.5)])
def test_within_a_radius(header: str, radius: float) -> None:
    near = np.triu(lengths(TOWNS, header=header) <= radius, 1)
    assert pairs(points(TOWNS, header, pairs="radius", radius=radius)) == set(
        zip(*map(np.ndarray.tolist, np.nonzero(near)), strict=True)
    )


@pytest.mark.parametrize("header", ["lon,lat", "x,y"])
def test_the_least_radius_that_connects_is_the_longest_edge_of_a_shortest_tree(header: str) -> None:
    apart = lengths(TOWNS, header=header)
    graph = nx.from_numpy_array(apart)
    longest = max(data["weight"] for _, _, data in nx.minimum_spanning_tree(graph).edges(data=True))
    mask = priced(points(TOWNS, header, pairs="radius"), cost="distance")
    assert mask.cost.max() == pytest.approx(longest, rel=1e-12)
    assert mask.edges == int((np.triu(apart, 1)[np.triu_indices(30, 1)] <= longest * (1 + 1e-12)).sum())


def test_triangles_of_the_plane_are_scipys() -> None:
    found = scipy.spatial.Delaunay(TOWNS).simplices
    expected = {pair for triangle in found.tolist() for pair in itertools.combinations(sorted(triangle), 2)}
    assert pairs(points(TOWNS, "x,y", pairs="delaunay")) == expected
    assert pairs(points(TOWNS, "lon,lat", pairs="delaunay", distance="plane")) == expected


def test_triangles_of_the_globe_are_those_of_the_hull() -> None:
    random = np.random.default_rng(3)
    east, north = random.uniform(-np.pi, np.pi, 40), np.arcsin(random.uniform(-1, 1, 40))
    places = np.degrees(np.stack([east, north], axis=1))
    vectors = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)
    found = scipy.spatial.ConvexHull(vectors).simplices
    expected = {pair for triangle in found.tolist() for pair in itertools.combinations(sorted(triangle), 2)}
    assert pairs(points(places, pairs="delaunay")) == expected


def test_in_space() -> None:
    places = RANDOM.random((20, 3))
    found = scipy.spatial.Delaunay(places).simplices
    expected = {pair for corners in found.tolist() for pair in itertools.combinations(sorted(corners), 2)}
    mask = points(places, "x,y,z", pairs="delaunay")
    assert pairs(mask) == expected
    np.testing.assert_array_equal(mask.positions, places)


def test_names_and_other_columns() -> None:
    Path("points.csv").write_text("x,Id,y,kind\n0,b,1,hub\n2,a,3,leaf\n4,c,5,leaf\n")
    mask = build(path="points.csv")
    assert mask.labels is not None
    assert mask.labels.tolist() == ["b", "a", "c"]
    assert mask.node_data["kind"].tolist() == ["hub", "leaf", "leaf"]
    assert mask.positions is not None
    assert mask.positions.tolist() == [[0, 1], [2, 3], [4, 5]]


def test_the_largest_component() -> None:
    places = np.array([[0.0, 0], [1, 0], [9, 9], [2, 0]])
    mask = points(places, "x,y", pairs="radius", radius=1.5, largest_component=True)
    assert mask.labels is not None
    assert mask.labels.tolist() == ["0", "1", "3"]


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("Id,z\na,1\nb,2\n", {}, "path = points.csv: has no places: columns x and y, or lon and lat"),
        ("x,y\n1,far\n2,3\n", {}, "path = points.csv: has no places"),
        ("x,y\n1,\n2,3\n", {}, "path = points.csv: has no places"),
        ("1,2\n3,4\n", {}, "path = points.csv, line 1: must begin with a header that names its columns, not"),
        ("x,y\n1,2\n", {}, "path = points.csv: has one point, and at least 2 are needed"),
        ("Id,x,y\na,1,2\na,3,4\n", {}, "path = points.csv, line 3: node a stands in the file twice"),
        (
            "x,y\n1,2\n3,4\n",
            {"pairs": "voronoi"},
            "pairs = voronoi: must be all, delaunay, nearest or radius",
        ),
        ("x,y\n1,2\n3,4\n", {"neighbours": 0}, "neighbours = 0: must be an integer >= 1"),
        ("x,y\n1,2\n3,4\n", {"radius": -1}, "radius = -1: must be a finite number > 0"),
        ("x,y\n0,0\n3,4\n", {"pairs": "radius", "radius": 4.9}, "the nearest are 5 apart"),
        ("x,y\n0,0\n3,4\n", {"distance": "ball"}, "distance = ball: must be auto, plane or sphere"),
        ("lon,lat\n0,0\n3,94\n", {}, "distance = auto: needs a latitude from -90 to 90, and that of node 1"),
        ("x,y\n1,2\n3,4\n", {"directed": 1}, "directed = 1: must be true or false"),
    ],
)
def test_what_is_refused(content: str, settings: dict[str, object], message: str) -> None:
    assert message in refusal(content, **settings)
