"""Places for the nodes of the zoomable view: those of nodes.csv, or computed as the figures do."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradnet_cli.report.figures.views.columns import place_in_columns
from gradnet_cli.report.figures.views.ground import are_degrees, stretch_of
from gradnet_cli.report.figures.views.layout import LAID_OUT_UP_TO, circle, place, ring_order
from gradnet_cli.report.figures.views.links import flat
from gradnet_cli.report.files.nodes import AXES

PIVOTS = 50
"""Nodes that the others are placed by, in a large network."""
LARGE_PARTS = 50
"""Connected parts that are placed by distances, if they have more nodes than SMALL_PART."""
SMALL_PART = 8


def places(
    columns: Mapping[str, np.ndarray],
    layout: np.ndarray | None,
    *,
    source: np.ndarray,
    target: np.ndarray,
    weights: np.ndarray,
    nodes: int,
    directed: bool,
    mask_edges: int,
) -> np.ndarray:
    """Positions (N, 2) of nodes in the plane.

    Coordinates in `columns` come first, then the two sides of a bipartite network, then the `layout` that the
    figures have; without one, small networks are laid out by what is known of them, large ones by distances.
    """
    known = [columns[axis] for axis in AXES if axis in columns and columns[axis].dtype.kind in "iuf"]
    if len(known) >= 2 and all(np.isfinite(values).all() for values in known):
        positions = flat(np.stack(known, axis=1).astype(np.float64))
        on_line = np.ptp(positions, axis=0).min() == 0
        if on_line and layout is not None and layout.shape == (nodes, 2):
            return layout  # the figures found that edges would lie on one another
        order = ring_order(nodes, np.stack([source, target])) if on_line else None
        if order is None:
            stretch = stretch_of(positions[:, 1]) if are_degrees(columns, positions) else 1.0
            return positions * (1.0, stretch)
        positions[order] = circle(nodes)  # a row whose ends are joined
        return positions
    side = columns.get("side")
    if side is not None:
        right = side != side[0]
        if np.all(right[source] != right[target]) and len(np.unique(side.astype(str))) == 2:
            return place_in_columns(right)
    if layout is not None and layout.shape == (nodes, 2):
        return layout
    if nodes <= LAID_OUT_UP_TO:
        return place(
            nodes=nodes,
            edge_index=np.stack([source, target]),
            weights=weights,
            directed=directed,
            mask_edges=mask_edges,
        )
    return packed_places(source, target, nodes=nodes)


def packed_places(source: np.ndarray, target: np.ndarray, *, nodes: int) -> np.ndarray:
    """Positions (N, 2): each connected part on its own, the parts side by side from the largest on.

    Large parts are placed by distances, small ones, of which there may be thousands, on circles.
    """
    import scipy.sparse
    from scipy.sparse.csgraph import connected_components

    ends = (source.astype(np.int32), target.astype(np.int32))  # SciPy before 1.17.1 takes no others here
    graph = scipy.sparse.coo_array((np.ones(len(source)), ends), shape=(nodes, nodes)).tocsr()
    parts, part = connected_components(graph, directed=False)
    if parts == 1:
        return pivot_places(graph)
    members = np.argsort(part, kind="stable")
    sizes = np.bincount(part, minlength=parts)
    first = np.cumsum(sizes) - sizes
    angle = np.empty(nodes)
    angle[members] = 2 * np.pi * (np.arange(nodes) - first[part[members]]) / sizes[part[members]]
    # A part has a square with a side as the root of its size, so that all are equally dense.
    side = np.sqrt(sizes) + 1.0
    reach = np.where(sizes > 1, 0.5 * (side - 1.0), 0.0)[part]
    positions = reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    order = np.argsort(-sizes, kind="stable")
    for k in order[:LARGE_PARTS]:
        if sizes[k] <= SMALL_PART:
            break
        chosen = members[first[k] : first[k] + sizes[k]]
        own = pivot_places(graph[chosen][:, chosen])
        low, span = own.min(axis=0), float(np.ptp(own, axis=0).max()) or 1.0
        positions[chosen] = ((own - low) / span - 0.5) * (side[k] - 1.0)
    packed: np.ndarray = positions + _shelves(side, order)[part]
    return packed


def _shelves(side: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Middles (k, 2) of squares with sides (k,), put on shelves in an order that begins with the largest."""
    width = max(float(np.sqrt(np.sum(side**2))) * 1.2, float(side.max()))
    middles = np.empty((len(side), 2))
    x, y, height = 0.0, 0.0, float(side[order[0]])
    for k, length in zip(order.tolist(), side[order].tolist(), strict=True):
        if x + length > width:
            x, y, height = 0.0, y - height, length
        middles[k] = x + length / 2, y - length / 2
        x += length
    return middles


def pivot_places(graph: Any) -> np.ndarray:
    """Positions (N, 2) by classical scaling of the distances to few pivots (Brandes and Pich 2007).

    Pivots of the connected `graph`, a sparse matrix (N, N), are chosen one after the other, each the
    farthest from those before.
    """
    from scipy.sparse.csgraph import dijkstra

    nodes = graph.shape[0]
    distances = np.empty((nodes, min(PIVOTS, nodes)))
    nearest = np.full(nodes, np.inf)
    pivot = 0
    for k in range(distances.shape[1]):
        distances[:, k] = dijkstra(graph, directed=False, indices=pivot, unweighted=True)
        nearest = np.minimum(nearest, distances[:, k])
        pivot = int(np.argmax(nearest))
    squared = distances**2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean()
    # The two largest singular directions of the centred matrix, by its small side.
    _, directions = np.linalg.eigh(centred.T @ centred)
    plane: np.ndarray = centred @ directions[:, :-3:-1]
    return plane
