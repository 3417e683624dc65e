"""Places for nodes that have none."""

import itertools
from functools import lru_cache

import numpy as np

from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.result.result import Result

LAID_OUT_UP_TO = 400
"""Nodes up to which places are computed for a network without any."""
DENSE = 0.4
"""Share of all pairs in use from which a circle is clearer than any layout by forces."""
FEW = 12
"""Nodes up to which a dense mask is a circle, however many edges are in use."""
ROUND_UP_TO = 150
"""Most nodes of a circle."""
KAMADA_KAWAI_UP_TO = 120
"""Most nodes laid out by path lengths; springs are faster beyond."""


def place_nodes(result: Result) -> np.ndarray:
    """Positions (N, 2) of a result's nodes by `place`."""
    mask = result.problem.mask
    return place(nodes=mask.nodes, edge_index=mask.edge_index, weights=result.weights, directed=mask.directed)


def place(
    *,
    nodes: int,
    edge_index: np.ndarray,
    weights: np.ndarray,
    directed: bool,
    mask_edges: int | None = None,
) -> np.ndarray:
    """Positions (N, 2): a circle if dense; by path lengths (Kamada and Kawai 1989) if small; by springs.

    A sparse mask is laid out by all its edges, so that runs on one mask compare; a dense one by those in use.

    Args:
        edge_index: ends (2, E) of the mask's edges, or of those that are known
        weights: theirs, (E,)
        mask_edges: how many edges the mask has, where `edge_index` does not hold them all
    """
    pairs = nodes * (nodes - 1) / (1 if directed else 2)
    used = used_edges(weights)
    sparse = (len(weights) if mask_edges is None else mask_edges) <= DENSE * pairs
    if not sparse and nodes <= (ROUND_UP_TO if np.count_nonzero(used) > DENSE * pairs else FEW):
        return circle(nodes)
    chosen = np.ones(len(weights), dtype=bool) if sparse else used
    pull = np.abs(weights[chosen])
    return _by_networkx(nodes, edge_index[:, chosen].astype(np.int64).tobytes(), pull.tobytes()).copy()


def circle(nodes: int) -> np.ndarray:
    """Positions (N, 2) on the unit circle, clockwise from the top."""
    angle = np.pi / 2 - 2 * np.pi * np.arange(nodes) / nodes
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@lru_cache(maxsize=4)  # several figures and the page place one network alike
def _by_networkx(nodes: int, edge_bytes: bytes, weight_bytes: bytes) -> np.ndarray:
    import networkx

    edge_index = np.frombuffer(edge_bytes, dtype=np.int64).reshape(2, -1)
    weights = np.frombuffer(weight_bytes)
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
    return lying(np.array([places[node] for node in range(nodes)]))


def lying(positions: np.ndarray) -> np.ndarray:
    """Positions (N, 2) turned to spread widest from left to right, with node 0 on the left and above."""
    centred = positions - positions.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1]
    return np.asarray(turned * np.where(turned[0] * (-1, 1) < 0, -1.0, 1.0))
