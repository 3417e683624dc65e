"""Places for the nodes of the zoomable view: those of nodes.csv, or computed as the figures do."""

from collections.abc import Mapping

import numpy as np

from gradnet_cli.report.figures.views.columns import place_in_columns
from gradnet_cli.report.figures.views.layout import LAID_OUT_UP_TO, place
from gradnet_cli.report.figures.views.links import flat
from gradnet_cli.report.nodes import AXES

PIVOTS = 50
"""Nodes that the others are placed by, in a large network."""


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
    figures have; without one, small networks are laid out by what is known of them, large ones by distances
    to pivots.
    """
    known = [columns[axis] for axis in AXES if axis in columns and columns[axis].dtype.kind in "iuf"]
    if len(known) >= 2 and all(np.isfinite(values).all() for values in known):
        return flat(np.stack(known, axis=1).astype(np.float64))
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
    return pivot_places(source, target, nodes=nodes)


def pivot_places(source: np.ndarray, target: np.ndarray, *, nodes: int) -> np.ndarray:
    """Positions (N, 2) by classical scaling of the distances to few pivots (Brandes and Pich 2007).

    Pivots are chosen one after the other, each the farthest from those before. Parts that no path joins
    are placed as far from each other as the longest path.
    """
    import scipy.sparse
    from scipy.sparse.csgraph import dijkstra

    graph = scipy.sparse.coo_array((np.ones(len(source)), (source, target)), shape=(nodes, nodes)).tocsr()
    distances = np.empty((nodes, min(PIVOTS, nodes)))
    nearest = np.full(nodes, np.inf)
    pivot = int(np.argmax(np.bincount(np.concatenate([source, target]), minlength=nodes)))
    for k in range(distances.shape[1]):
        reach = dijkstra(graph, directed=False, indices=pivot, unweighted=True)
        finite = np.isfinite(reach)
        distances[:, k] = np.where(finite, reach, reach[finite].max() + 1.0)
        nearest = np.minimum(nearest, distances[:, k])
        pivot = int(np.argmax(nearest))
    squared = distances**2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean()
    # The two largest singular directions of the centred matrix, by its small side.
    _, directions = np.linalg.eigh(centred.T @ centred)
    positions = centred @ directions[:, :-3:-1]
    return positions if positions.shape[1] == 2 else np.pad(positions, ((0, 0), (0, 2 - positions.shape[1])))
