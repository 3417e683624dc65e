"""True networks, drawn at random on a mask."""

from __future__ import annotations

import numpy as np

from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.problem.mask import Mask


def regular_truth(mask: Mask, *, degree: int, seed: int) -> np.ndarray:
    """Weights (E,), 1 on the edges of a random network and 0 elsewhere.

    On a complete mask it is a random regular graph (Steger and Wormald 1999) where there is one of that
    degree. On others edges are taken in random order while both ends have fewer than `degree`.
    """
    nodes = mask.nodes
    complete = mask.edges == nodes * (nodes - 1) // 2
    truth = np.zeros(mask.edges)
    if complete and degree < nodes and nodes * degree % 2 == 0:
        import networkx

        graph = networkx.random_regular_graph(degree, nodes, seed=seed)
        drawn = np.sort(np.array(list(graph.edges())).T, axis=0)
        truth[edge_places(mask.edge_index, drawn, nodes=nodes)] = 1.0
        return truth
    degrees = np.zeros(nodes, dtype=np.int64)
    for edge in np.random.default_rng([seed, 3]).permutation(mask.edges):
        ends = mask.edge_index[:, edge]
        if (degrees[ends] < degree).all():
            degrees[ends] += 1
            truth[edge] = 1.0
    return truth
