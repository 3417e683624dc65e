"""Points from a file: all pairs, a triangulation, nearest neighbours, or all within a radius."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from gradnet_cli.errors import SettingError, spell
from gradnet_cli.numerics.pairs.neighbours import (
    count_near,
    delaunay_pairs,
    longest_of_shortest_tree,
    near_pairs,
    nearest_pairs,
    spherical_delaunay_pairs,
)
from gradnet_cli.problem.files.source import check_encoding
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.masks.complete import pair_of
from gradnet_cli.problem.node_table import NodeTable
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.problem.space import Space
from gradnet_cli.settings.values import choice, flag, integer, number

logger = logging.getLogger(__name__)

PAIRS = ("all", "delaunay", "nearest", "radius")
ROUNDING = 1e-12  # relative: of a radius that is the length of an edge


def build(
    *,
    path: str | None,
    pairs: str = "all",
    neighbours: int = 6,
    radius: float | None = None,
    distance: str = "auto",
    directed: bool = False,
    encoding: str = "auto",
    largest_component: bool = False,
) -> Mask:
    """Join points whose places are columns of a file: x and y (and z), or longitude and latitude.

    Args:
        path: CSV file with these columns and perhaps Id and others, relative to the current directory
        pairs: which may carry an edge: ``all``, those of the ``delaunay`` triangulation, ``nearest``: each
            point with its nearest ones, or ``radius``: all that are near enough
        neighbours: nearest ones of each point, >= 1; an edge may come from either end
        radius: > 0, in the unit of the coordinates, or km on the sphere; None: the least that connects all
        distance: plane, sphere, or auto: sphere where the places are longitudes and latitudes
        directed: an edge for either direction of each pair
        encoding: of the text; ``auto``: UTF-8, or what a byte-order mark says
        largest_component: keep only the largest component

    Raises:
        InputFileError: a file that cannot be used, with its line where there is one
        SettingError: a setting that is not allowed
    """
    kind = choice(setting="pairs", value=pairs, choices=PAIRS)
    count = integer(setting="neighbours", value=neighbours, minimum=1)
    reach = None if radius is None else number(setting="radius", value=radius, above=0)
    both = flag(setting="directed", value=directed)
    keep = flag(setting="largest_component", value=largest_component)
    table = NodeTable.read(setting="path", path=path, encoding=check_encoding(encoding), named=False)
    if table.rows < 2:
        raise table.refuse("has one point, and at least 2 are needed", None)
    positions = table.positions()
    if positions is None:
        raise table.refuse(
            "has no places: columns x and y, or lon and lat, with a number for each point", None
        )
    space = Space.of(positions=positions, node_data=table.columns, distance=distance)
    assert space is not None
    joined = _joined(space, kind, count=count, radius=reach)
    mask = Mask.from_edges(
        name="points",
        nodes=table.rows,
        edges=np.concatenate([joined, joined[::-1]], axis=1) if both else joined,
        directed=both,
        node_data=table.columns,
        positions=positions,
        labels=table.labels,
    )
    return keep_largest(mask) if keep else mask


def active(
    *,
    path: str | None,
    pairs: str = "all",
    neighbours: int = 6,
    radius: float | None = None,
    distance: str = "auto",
    directed: bool = False,
    encoding: str = "auto",
    largest_component: bool = False,
) -> Mask:
    """All pairs of points from a file, without a list of them.

    Args:
        pairs: must be ``all``
        directed: must be False
        others: as above
    """
    for name, value, only in (("pairs", pairs, "all"), ("directed", directed, False)):
        if value != only:
            allowed = f"must be {spell(only)} with edges=active"
            raise SettingError(setting=name, value=value, allowed=allowed)
    table = NodeTable.read(setting="path", path=path, encoding=check_encoding(encoding), named=False)
    if table.rows < 2:
        raise table.refuse("has one point, and at least 2 are needed", None)
    mask = Mask.active(
        name="points", pairs=Pairs(nodes=table.rows), node_data=table.columns, positions=table.positions()
    )
    return replace(mask, labels=table.labels)


def _joined(space: Space, kind: str, *, count: int, radius: float | None) -> np.ndarray:
    """The pairs i < j (2, E) that are joined."""
    nodes = len(space.places)
    if kind == "all":
        every = nodes * (nodes - 1) // 2
        check_size(nodes=nodes, edges=every, setting="pairs", value="all")
        return pair_of(np.arange(every, dtype=np.int64), nodes=nodes, directed=False)
    if kind == "nearest":
        check_size(nodes=nodes, edges=nodes * count, setting="neighbours", value=count)
        return nearest_pairs(space.straight(), count=count)
    if kind == "delaunay":
        return _triangulated(space)
    points = space.straight()
    within = _connecting_radius(space) if radius is None else radius
    apart = space.straight_length(within) * (1 + ROUNDING)
    check_size(nodes=nodes, edges=count_near(points, radius=apart), setting="radius", value=within)
    found = near_pairs(points, radius=apart)
    if not found.size:
        allowed = f"joins no points: the nearest are {space.lengths(_triangulated(space)).min():.6g} apart"
        raise SettingError(setting="radius", value=radius, allowed=allowed)
    return found


def _triangulated(space: Space) -> np.ndarray:
    return spherical_delaunay_pairs(space.straight()) if space.sphere else delaunay_pairs(space.places)


def _connecting_radius(space: Space) -> float:
    """The least radius within which all points are connected; a triangulation holds a shortest tree."""
    edges = _triangulated(space)
    radius = longest_of_shortest_tree(edges, space.lengths(edges), nodes=len(space.places))
    logger.warning("points: radius %.6g%s connects all of them", radius, " km" if space.sphere else "")
    return radius
