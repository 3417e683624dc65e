"""An order of the nodes in which a matrix shows how the network is built: by groups, else by its spectrum."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from gradnet_cli.report.figures.views import layout
from gradnet_cli.result.result import Result

GROUPS_UP_TO = 12
SMALLEST_SHARE = 2
"""Nodes that a group has on the average, at least: a column of other values tells no groups."""
SPECTRAL_UP_TO = 800
"""Nodes up to which the Fiedler vector is computed from the whole matrix."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Order:
    """Node i is in row and column `rank[i]`.

    `name` says by what. `groups` are the names of groups with the row that each ends before, in the order of
    the rows; empty where there are none.
    """

    rank: np.ndarray
    name: str
    groups: tuple[tuple[str, int], ...] = ()


def node_order(result: Result) -> Order:
    """By the first column of node data that tells groups; within each, or without any, by the spectrum."""
    order, name = _by_spectrum(result)
    found = _groups(result)
    if found is None:
        return Order(rank=_ranks(order), name=name)
    column, group, values = found
    order = order[np.argsort(group[order], kind="stable")]
    ends = np.cumsum(np.bincount(group, minlength=len(values)))
    return Order(
        rank=_ranks(order),
        name=f"by {column.replace('_', ' ')}",
        groups=tuple(zip(values, ends.tolist(), strict=True)),
    )


def _ranks(order: np.ndarray) -> np.ndarray:
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _groups(result: Result) -> tuple[str, np.ndarray, list[str]] | None:
    """Name of the column, the group (N,) of each node and the names of the groups."""
    nodes = result.problem.nodes
    for name, column in {**result.node_data, **result.problem.mask.node_data}.items():
        values = np.asarray(column)
        if values.shape != (nodes,) or values.dtype.kind == "f":
            continue
        kinds, group = np.unique(values.astype(str), return_inverse=True)
        if 2 <= len(kinds) <= min(GROUPS_UP_TO, nodes // SMALLEST_SHARE):
            return name, group, kinds.tolist()
    return None


def _by_spectrum(result: Result) -> tuple[np.ndarray, str]:
    """Nodes from one end of the network to the other, connected part after part from the largest on."""
    nodes = result.problem.nodes
    ring = layout.ring_of(result)
    if ring is not None:
        return ring, "around the ring"
    ends = result.problem.edge_index[:, result.used].astype(
        np.int32
    )  # SciPy before 1.17.1 takes no others here
    weights = np.abs(result.weights[result.used])
    graph = scipy.sparse.coo_array((weights, tuple(ends)), shape=(nodes, nodes)).tocsr()
    graph = graph + graph.T
    if nodes > SPECTRAL_UP_TO:
        order = reverse_cuthill_mckee(graph, symmetric_mode=True)
        return np.asarray(order, dtype=np.int64), "by nearness (reverse Cuthill-McKee)"
    count, part = connected_components(graph, directed=False)
    sizes = np.bincount(part, minlength=count)
    place = np.empty(nodes)
    for k in np.flatnonzero(sizes > 2):
        members = np.flatnonzero(part == k)
        place[members] = _fiedler(graph[members][:, members].toarray())
    for k in np.flatnonzero(sizes <= 2):
        members = np.flatnonzero(part == k)
        place[members] = np.arange(len(members))
    order = np.lexsort((np.arange(nodes), place, part, -sizes[part]))
    return order, "by the Fiedler vector"


def _fiedler(adjacency: np.ndarray) -> np.ndarray:
    """The Fiedler vector of the normalized Laplacian, scaled back, with the sign that node 0 comes first."""
    strength = adjacency.sum(axis=1)
    root = np.sqrt(strength)
    laplacian = np.eye(len(adjacency)) - adjacency / root[:, None] / root[None, :]
    _, vectors = np.linalg.eigh(laplacian)
    # Entries that are the same but for rounding shall not be told apart by it.
    vector: np.ndarray = np.round(vectors[:, 1] / root, 9)
    return vector if vector[0] <= 0 else -vector
