"""Places for nodes that have none."""

import itertools

import numpy as np

from gradnet_cli.report.result import Result

DENSE = 0.4
"""Share of all pairs in use from which a circle is clearer than any layout by forces."""
FEW = 12
"""Nodes up to which a dense mask is a circle, however many edges are in use."""
ROUND_UP_TO = 150
"""Most nodes of a circle."""
KAMADA_KAWAI_UP_TO = 120
"""Most nodes laid out by path lengths; springs are faster beyond."""


def place_nodes(result: Result) -> np.ndarray:
    """Positions (N, 2): a circle if dense; by path lengths (Kamada and Kawai 1989) if small; by springs.

    A sparse mask is laid out by all its edges, so that runs on one mask compare; a dense one by those in use.
    """
    mask = result.problem.mask
    pairs = mask.nodes * (mask.nodes - 1) / (1 if mask.directed else 2)
    sparse = mask.edges <= DENSE * pairs
    if not sparse and mask.nodes <= (ROUND_UP_TO if result.edges_used > DENSE * pairs else FEW):
        return circle(mask.nodes)
    chosen = np.ones(mask.edges, dtype=bool) if sparse else result.used
    return _by_networkx(mask.nodes, mask.edge_index[:, chosen], np.abs(result.weights[chosen]))


def circle(nodes: int) -> np.ndarray:
    """Positions (N, 2) on the unit circle, clockwise from the top."""
    angle = np.pi / 2 - 2 * np.pi * np.arange(nodes) / nodes
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _by_networkx(nodes: int, edge_index: np.ndarray, weights: np.ndarray) -> np.ndarray:
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(nodes))
    pull = weights / (weights.max(initial=0.0) or 1.0) + 0.2
    graph.add_weighted_edges_from(zip(*edge_index.tolist(), pull.tolist(), strict=True))
    if networkx.is_connected(graph) and nodes <= KAMADA_KAWAI_UP_TO:
        places = networkx.kamada_kawai_layout(graph, weight=None)
    else:
        # Components without a link to each other would fly apart: a weak pull keeps them in one picture.
        parts = [sorted(part) for part in networkx.connected_components(graph)]
        for one, other in itertools.pairwise(parts):
            graph.add_edge(one[0], other[0], weight=0.2)
        places = networkx.spring_layout(graph, seed=0, iterations=150, method="force")
    return np.array([places[node] for node in range(nodes)])
