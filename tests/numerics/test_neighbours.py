"""Which points are joined, against brute force and networkx."""

import itertools

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.numerics.pairs.neighbours import (
    count_near,
    delaunay_pairs,
    longest_of_shortest_tree,
    near_pairs,
    nearest_pairs,
    spherical_delaunay_pairs,
)

RANDOM = np.random.default_rng(7)


def on_sphere(count: int, *, width: float = 180.0) -> np.ndarray:
    """Points of the unit sphere (N, 3), at most `width` degrees from a place that is none of the poles."""
    points = []
    middle = np.array([1.0, -2.0, 0.5]) / np.linalg.norm([1.0, -2.0, 0.5])
    small = min(np.radians(width), np.pi)
    while len(points) < count:
        point = RANDOM.normal(size=3)
        point = middle + point * small if width < 30 else point
        point /= np.linalg.norm(point)
        if point @ middle >= np.cos(small):
            points.append(point)
    return np.array(points)


def as_set(pairs: np.ndarray) -> set[tuple[int, int]]:
    found = [(int(i), int(j)) for i, j in pairs.T]
    assert len(set(found)) == len(found)
    assert all(i < j for i, j in found)
    return set(found)


def apart(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def shortest_tree(points: np.ndarray) -> nx.Graph:
    graph = nx.Graph()
    for i, j in itertools.combinations(range(len(points)), 2):
        graph.add_edge(i, j, weight=apart(points[[i, j]])[0, 1])
    return nx.minimum_spanning_tree(graph)


def empty_circles(points: np.ndarray) -> set[tuple[int, int]]:
    """Sides of all triangles of the plane about which a circle holds no other point, by brute force."""
    found = set()
    for corners in itertools.combinations(range(len(points)), 3):
        a, b, c = points[list(corners)]
        matrix = 2 * np.array([b - a, c - a])
        if abs(np.linalg.det(matrix)) < 1e-12:
            continue
        centre = np.linalg.solve(matrix, [b @ b - a @ a, c @ c - a @ a])
        others = np.delete(points, corners, axis=0)
        if (np.linalg.norm(others - centre, axis=1) > np.linalg.norm(a - centre)).all():
            found |= set(itertools.combinations(corners, 2))
    return found


def empty_caps(points: np.ndarray, *, but_at: np.ndarray | None = None) -> set[tuple[int, int]]:
    """Sides of all triangles of the sphere about which a cap less than a half holds no other point.

    Nor the place `but_at`.
    """
    found = set()
    for corners in itertools.combinations(range(len(points)), 3):
        a, b, c = points[list(corners)]
        normal = np.cross(b - a, c - a)
        normal *= np.sign(normal @ a) / np.linalg.norm(normal)
        others = np.delete(points, corners, axis=0)
        others = others if but_at is None else np.concatenate([others, but_at[None]])
        if (others @ normal < normal @ a).all():
            found |= set(itertools.combinations(corners, 2))
    return found


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 3, 50])
def test_nearest(dimensions: int, count: int) -> None:
    points = RANDOM.random((40, dimensions))
    distances = apart(points)
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1)[:, : min(count, 39)]
    expected = {(min(i, int(j)), max(i, int(j))) for i in range(40) for j in order[i]}
    assert as_set(nearest_pairs(points, count=count)) == expected


def test_the_nearest_of_points_in_one_place_are_others() -> None:
    points = np.array([[0.0, 0.0]] * 5 + [[1.0, 0.0]])
    pairs = as_set(nearest_pairs(points, count=1))
    assert {node for pair in pairs for node in pair} == set(range(6))


def test_within_a_radius() -> None:
    points = RANDOM.random((50, 2))
    expected = set(zip(*np.nonzero(np.triu(apart(points) <= 0.3, 1)), strict=True))
    assert as_set(near_pairs(points, radius=0.3)) == expected
    assert count_near(points, radius=0.3) == len(expected)


@pytest.mark.parametrize("seed", range(5))
def test_triangles_of_the_plane(seed: int) -> None:
    points = np.random.default_rng(seed).random((14, 2)) * [1.0, 3.0] + [5e5, 4e6]
    assert as_set(delaunay_pairs(points)) == empty_circles(points - points.mean(axis=0))


def test_a_shortest_tree_is_among_the_triangles_in_space() -> None:
    points = RANDOM.random((60, 3))
    pairs = delaunay_pairs(points)
    tree = shortest_tree(points)
    assert {tuple(sorted(edge)) for edge in tree.edges} <= as_set(pairs)
    longest = max(data["weight"] for _, _, data in tree.edges(data=True))
    lengths = apart(points)[tuple(pairs)]
    assert longest_of_shortest_tree(pairs, lengths, nodes=60) == pytest.approx(longest, rel=1e-14)


def test_points_that_span_no_triangle() -> None:
    line = np.array([0.3, 0.1, 0.9, 0.5])[:, None] * [[1.0, 2.0]]
    assert as_set(delaunay_pairs(line)) == {(0, 1), (0, 3), (2, 3)}
    assert as_set(delaunay_pairs(np.array([[1.0, 1.0], [4.0, 5.0]]))) == {(0, 1)}
    assert as_set(delaunay_pairs(np.ones((3, 2)))) == {(0, 1), (0, 2)}
    flat = np.concatenate([RANDOM.random((9, 2)), np.ones((9, 1))], axis=1)
    assert as_set(delaunay_pairs(flat)) == empty_circles(flat[:, :2])


def test_points_in_one_place_are_joined_with_each_other() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.2, 0.3]])
    pairs = as_set(delaunay_pairs(points))
    assert (1, 3) in pairs
    assert nx.is_connected(nx.Graph(list(pairs)))


@pytest.mark.parametrize("seed", range(3))
def test_triangles_all_over_the_sphere(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(16, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    pairs = as_set(spherical_delaunay_pairs(points))
    assert pairs == empty_caps(points)
    assert len(pairs) == 3 * 16 - 6  # Euler: all faces are triangles


@pytest.mark.parametrize("width", [70.0, 20.0, 1.0, 1e-3, 1e-6])
def test_triangles_of_a_region_hold_no_other_point_and_a_shortest_tree(width: float) -> None:
    """From half of the Earth down to a garden of a few decimetres."""
    points = on_sphere(60, width=width)
    pairs = as_set(spherical_delaunay_pairs(points))
    if width > 10:
        few = points[:14]
        opposite = -few.sum(axis=0) / np.linalg.norm(few.sum(axis=0))
        assert empty_caps(few, but_at=opposite) <= as_set(spherical_delaunay_pairs(few))
    tree = shortest_tree(points)
    assert {tuple(sorted(edge)) for edge in tree.edges} <= pairs
    assert len(pairs) <= 3 * 60 - 6


def test_points_on_one_half_of_the_sphere_are_not_joined_across_the_back() -> None:
    """Within 85 degrees of a pole, where the hull is closed by faces that are no triangles of the sphere."""
    angle = np.arange(12) * (2 * np.pi / 12)
    rim = np.stack([np.cos(angle), np.sin(angle), np.full(12, np.cos(np.radians(85)))], axis=1)
    points = np.concatenate([rim / np.linalg.norm(rim, axis=1, keepdims=True), [[0.0, 0.0, 1.0]]])
    points[:12] += 1e-3 * RANDOM.normal(size=(12, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    pairs = as_set(spherical_delaunay_pairs(points))
    assert pairs == empty_caps(points)
    assert {(i, 12) for i in range(12)} <= pairs


def test_great_circles() -> None:
    def ring(*degrees: float) -> set[tuple[int, int]]:
        angle = np.radians(degrees)
        tilted = np.stack([np.cos(angle), np.sin(angle) * 0.6, np.sin(angle) * 0.8], axis=1)
        return as_set(spherical_delaunay_pairs(tilted))

    assert ring(0, 90, 180, 270) == {(0, 1), (1, 2), (2, 3), (0, 3)}
    assert ring(0, 100, 40, 170) == {(0, 2), (1, 2), (1, 3)}
    assert ring(0, 180) == {(0, 1)}
