"""Which of many points are joined: Delaunay triangulations, nearest neighbours, all within a radius."""

from __future__ import annotations

import numpy as np

FLAT = 1e-12  # relative: directions in which points differ less are none
CALOTTE = 75.0  # degrees about their middle within which points on a sphere are projected


def nearest_pairs(points: np.ndarray, *, count: int) -> np.ndarray:
    """Return pairs i < j (2, E) of points (N, d), one of which is among the `count` nearest of the other."""
    from scipy.spatial import cKDTree

    nodes = len(points)
    _, found = cKDTree(points).query(points, k=min(count + 1, nodes))
    found = np.asarray(found).reshape(nodes, -1)
    itself = found == np.arange(nodes)[:, None]
    itself[~itself.any(axis=1), -1] = True  # one of more than `count` points at the same place
    others = found[~itself].reshape(nodes, -1)
    return _unique(np.stack([np.repeat(np.arange(nodes), others.shape[1]), others.ravel()]), nodes)


def count_near(points: np.ndarray, *, radius: float) -> int:
    """The number of pairs at most radius apart, without a list of them."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    return int(tree.count_neighbors(tree, radius) - len(points)) // 2


def near_pairs(points: np.ndarray, *, radius: float) -> np.ndarray:
    """Return pairs i < j (2, E) of points (N, d) at most radius apart."""
    from scipy.spatial import cKDTree

    near: np.ndarray = cKDTree(points).query_pairs(radius, output_type="ndarray")
    return near.astype(np.int64).reshape(-1, 2).T


def longest_of_shortest_tree(pairs: np.ndarray, lengths: np.ndarray, *, nodes: int) -> float:
    """Return the longest edge of a shortest spanning tree of pairs (2, E): within it, all are connected."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    order = np.argsort(lengths, kind="stable")
    rank = np.empty(len(lengths))  # in place of lengths, for those of 0 would count as no edges
    rank[order] = np.arange(1, len(lengths) + 1)
    ends = tuple(pairs.astype(np.int32))  # SciPy before 1.17.1 takes no others here
    tree = minimum_spanning_tree(coo_array((rank, ends), shape=(nodes, nodes)).tocsr())
    return float(lengths[order[int(tree.data.max()) - 1]])


def delaunay_pairs(points: np.ndarray) -> np.ndarray:
    """Return the edges i < j (2, E) of the Delaunay triangulation (Delaunay 1934) of points (N, d).

    Points on a line are joined in their order, points in a plane of space by its triangulation. A point at
    the place of another one is joined with that.
    """
    from scipy.spatial import Delaunay

    flat = _in_their_span(points)
    nodes, dimensions = flat.shape
    if dimensions == 0:
        return np.stack([np.zeros(nodes - 1, dtype=np.int64), np.arange(1, nodes)])
    if dimensions == 1:
        order = np.argsort(flat[:, 0], kind="stable")
        return _unique(np.stack([order[:-1], order[1:]]), nodes)
    found = Delaunay(flat)
    left_out = found.coplanar[:, [0, 2]].T  # points that are none of a simplex, each with the nearest that is
    return _unique(np.concatenate([_sides(found.simplices), left_out], axis=1), nodes)


def spherical_delaunay_pairs(vectors: np.ndarray) -> np.ndarray:
    """Return the edges i < j (2, E) of the Delaunay triangulation of points (N, 3) on the unit sphere.

    Circles about triangles hold no other point. Points all over the sphere: the faces of their convex hull
    (Brown 1979), but for those that close it over the empty half. Points within CALOTTE degrees about their
    middle: the triangulation of their stereographic projection from the opposite point, which keeps circles;
    it may differ at the rim alone, and is exact for a town too.
    """
    from scipy.spatial import ConvexHull

    middle = vectors.sum(axis=0)
    length = float(np.linalg.norm(middle))
    if length > 0 and (vectors @ middle).min() > length * np.cos(np.radians(CALOTTE)):
        return delaunay_pairs(_stereographic(vectors, middle / length))
    spread = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=True, full_matrices=False)
    if len(vectors) < 4 or spread[1][-1] <= FLAT * spread[1][0]:
        return _around(vectors, spread[2][-1])
    hull = ConvexHull(vectors)
    outside = hull.equations[:, -1] < 0  # the others close the hull of points on one half of the sphere
    pairs = _sides(hull.simplices[outside])
    missing = np.setdiff1d(np.arange(len(vectors)), pairs)
    if missing.size:  # the same place twice
        from scipy.spatial import cKDTree

        known = np.unique(pairs)
        pairs = np.concatenate(
            [pairs, [missing, known[cKDTree(vectors[known]).query(vectors[missing])[1]]]], axis=1
        )
    return _unique(pairs, len(vectors))


def _stereographic(vectors: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Points (N, 2) of the plane that touches the unit sphere in the middle."""
    across = np.linalg.svd(middle[None], full_matrices=True)[2][1:]
    plane: np.ndarray = 2 * (vectors @ across.T) / (1 + vectors @ middle)[:, None]
    return plane


def _around(vectors: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The pairs of neighbours on a circle about an axis, but across a gap of more than half of it."""
    nodes = len(vectors)
    first = vectors[0] - (vectors[0] @ axis) * axis
    second = np.cross(axis, first)
    angle = np.arctan2(vectors @ second, vectors @ first)
    order = np.argsort(angle, kind="stable")
    pairs = np.stack([order, np.roll(order, -1)])
    gap = np.mod(angle[pairs[1]] - angle[pairs[0]], 2 * np.pi)
    if nodes > 2:
        pairs = pairs[:, gap <= np.pi]
    return _unique(pairs[:, :1] if nodes == 2 else pairs, nodes)


def _in_their_span(points: np.ndarray) -> np.ndarray:
    """Points (N, d) in as many coordinates as they need."""
    centred = points - points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    needed = (
        int((sizes > FLAT * max(float(sizes[0]), np.abs(points).max() * 1e-3)).sum()) if sizes.any() else 0
    )
    if needed < points.shape[1]:
        centred = centred @ directions[:needed].T
    return np.asarray(centred)


def _sides(simplices: np.ndarray) -> np.ndarray:
    """All pairs (2, K) of the corners of simplices (M, d), repeated ones too."""
    corners = simplices.shape[1]
    first, second = np.triu_indices(corners, 1)
    return np.stack([simplices[:, first].ravel(), simplices[:, second].ravel()]).astype(np.int64)


def _unique(pairs: np.ndarray, nodes: int) -> np.ndarray:
    """Pairs with i < j, each once, sorted."""
    low, high = np.sort(pairs.astype(np.int64), axis=0)
    key = np.unique(low * np.int64(nodes) + high)
    return np.stack(np.divmod(key, nodes))
