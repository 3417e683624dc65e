"""Places for nodes that have none."""

import itertools
from functools import lru_cache

import numpy as np

from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.problem.mask import Mask
from gradnet_cli.result.result import Result

LAID_OUT_UP_TO = 400
"""Nodes up to which places are computed for a network without any."""
DENSE = 0.4
"""Share of all pairs in use from which a circle is clearer than any layout by forces."""
FEW = 12
"""Nodes up to which a dense mask is a circle, however many edges are in use."""
ROUND_UP_TO = 150
"""Most nodes of a circle."""
SMALLEST_RING = 5
MOSTLY = 0.7
"""Share of the ties of a ring that join neighbours."""
CLEARANCE = 0.042
"""Least distance of two nodes as a share of the longer side of the picture, as far as it has room."""
KAMADA_KAWAI_UP_TO = 120
"""Most nodes laid out by path lengths; springs are faster beyond."""


def places_of(mask: Mask) -> np.ndarray | None:
    """Positions (N, d), d >= 2, that a network can be drawn by; None where it has none.

    Places on a line along an axis are none where an edge would pass over a node.
    """
    positions = mask.positions
    if positions is None or positions.shape[1] < 2:
        return None
    spans = np.ptp(positions, axis=0)
    if np.count_nonzero(spans) > 1:
        return positions
    place = np.unique(positions[:, spans.argmax()], return_inverse=True)[1]
    return None if (np.abs(np.diff(place[mask.edge_index], axis=0)) > 1).any() else positions


def place_nodes(result: Result) -> np.ndarray:
    """Positions (N, 2) of a result's nodes by `place`; on the circle of a base network that is a ring."""
    mask = result.problem.mask
    there = mask.base != 0
    order = ring_order(mask.nodes, mask.edge_index[:, there]) if there.any() else None
    if order is not None:
        places = np.empty((mask.nodes, 2))
        places[order] = circle(mask.nodes)
        return places
    return place(nodes=mask.nodes, edge_index=mask.edge_index, weights=result.weights, directed=mask.directed)


def place(
    *,
    nodes: int,
    edge_index: np.ndarray,
    weights: np.ndarray,
    directed: bool,
    mask_edges: int | None = None,
) -> np.ndarray:
    """Positions (N, 2): rings and dense masks on a circle; others by path lengths if small, else by springs.

    A sparse mask is laid out by all its edges, so that runs on one mask compare; a dense one by those in use.
    Path lengths are those of Kamada and Kawai (1989). No two nodes lie on one another.

    Args:
        edge_index: ends (2, E) of the mask's edges, or of those that are known
        weights: theirs, (E,)
        mask_edges: how many edges the mask has, where `edge_index` does not hold them all
    """
    most = pairs(nodes, directed)
    used = used_edges(weights)
    sparse = (len(weights) if mask_edges is None else mask_edges) <= DENSE * most
    if sparse:
        order = ring_order(nodes, edge_index)
        if order is not None:
            places = np.empty((nodes, 2))
            places[order] = circle(nodes)
            return places
    elif nodes <= (ROUND_UP_TO if np.count_nonzero(used) > DENSE * most else FEW):
        return circle(nodes)
    chosen = np.ones(len(weights), dtype=bool) if sparse else used
    pull = np.abs(weights[chosen])
    return _by_networkx(nodes, edge_index[:, chosen].astype(np.int64).tobytes(), pull.tobytes()).copy()


def ring_of(result: Result) -> np.ndarray | None:
    """The nodes (N,) around the ring that a sparse mask is; None where it is none."""
    mask = result.problem.mask
    sparse = mask.edges <= DENSE * pairs(mask.nodes, mask.directed)
    return ring_order(mask.nodes, mask.edge_index) if sparse else None


def pairs(nodes: int, directed: bool) -> float:
    """How many edges a network can have."""
    return nodes * (nodes - 1) / (1 if directed else 2)


def ring_order(nodes: int, edge_index: np.ndarray) -> np.ndarray | None:
    """The nodes (N,) around the ring that a network is; None where it is none.

    A ring is a single cycle, whatever its nodes are called, or nodes 0 .. N-1 that are mostly tied to the
    next few on either side, the last to the first too, as in a circulant or small-world network.
    """
    if nodes < SMALLEST_RING or edge_index.shape[1] == 0:
        return None
    apart = np.abs(edge_index[0] - edge_index[1])
    around = np.minimum(apart, nodes - apart)
    near = around <= max(2, nodes // 12)
    beside = np.unique(np.minimum(*edge_index)[around == 1] + nodes * (apart[around == 1] > 1))
    if len(beside) >= MOSTLY * nodes and near.mean() >= MOSTLY and np.any(near & (apart > nodes // 2)):
        return np.arange(nodes)
    return _cycle(nodes, edge_index)


def _cycle(nodes: int, edge_index: np.ndarray) -> np.ndarray | None:
    """The nodes along a single cycle through all of them, from node 0 on; None where the network is none."""
    import scipy.sparse
    from scipy.sparse.csgraph import depth_first_order

    ends = np.unique(np.sort(edge_index, axis=0), axis=1)
    if ends.shape[1] != nodes or np.any(np.bincount(ends.ravel(), minlength=nodes) != 2):
        return None
    ends = ends.astype(np.int32)  # SciPy before 1.17.1 takes no others here
    graph = scipy.sparse.coo_array((np.ones(nodes), tuple(ends)), shape=(nodes, nodes)).tocsr()
    order, _ = depth_first_order(graph, 0, directed=False)
    return order.astype(np.int64) if len(order) == nodes else None


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
    return spread(lying(np.array([places[node] for node in range(nodes)])))


def lying(positions: np.ndarray) -> np.ndarray:
    """Positions (N, 2) turned to spread widest from left to right, with node 0 on the left and above."""
    centred = positions - positions.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1]
    return np.asarray(turned * np.where(turned[0] * (-1, 1) < 0, -1.0, 1.0))


def spread(positions: np.ndarray, sizes: np.ndarray | None = None, rounds: int = 60) -> np.ndarray:
    """Positions (N, 2) pushed apart where two nodes would cover each other.

    Args:
        sizes: diameters (N,) relative to the usual one
    """
    places = positions.copy()
    span = float(np.ptp(places, axis=0).max())
    # Many nodes have less room each: they are dots, and smaller.
    diameters = np.ones(len(places)) if sizes is None else sizes
    usual = span * min(CLEARANCE, 0.4 / np.sqrt(max(len(places), 1)))
    least = usual * (diameters[:, None] + diameters[None]) / 2
    for _ in range(rounds):
        between = places[:, None] - places[None]
        apart = np.linalg.norm(between, axis=2)
        np.fill_diagonal(apart, np.inf)
        close = apart < least * (1 - 1e-6)
        if not close.any():
            break
        # Nodes in one and the same place part in directions of their own.
        angle = np.arange(len(places)) * 2.4
        away = np.where(
            apart[..., None] > 0,
            between / np.where((apart > 0) & np.isfinite(apart), apart, 1.0)[..., None],
            np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, None],
        )
        push = np.where(close, (least - np.where(close, apart, 0.0)) / 2, 0.0)
        places += (away * push[..., None]).sum(axis=1)
    return places
