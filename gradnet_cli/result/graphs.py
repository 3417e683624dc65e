"""The network that was found, in the forms that other libraries take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.problem import Problem

if TYPE_CHECKING:
    import networkx
    from scipy.sparse import csr_array


def to_networkx(
    problem: Problem,
    weights: np.ndarray,
    *,
    node_data: Mapping[str, np.ndarray],
    original: networkx.Graph | None = None,
) -> networkx.Graph:
    """Adjacency weights (E,) as a networkx graph: an edge wherever there is weight.

    Nodes are called as in the input and have its data, positions as ``pos``, and what the objective found.
    Edges have ``weight`` and ``cost``; on a base network also ``base`` and ``change``, and edges whose weight
    was removed are left out.

    Args:
        node_data: columns (N,) by name, what the objective found
        original: the graph that was asked about, whose names (of any type) and attributes are kept
    """
    import networkx

    mask = problem.mask
    graph: networkx.Graph = networkx.DiGraph() if problem.directed else networkx.Graph()
    names = node_names(problem) if original is None else list(original)
    if original is not None:
        graph.graph.update(original.graph)
        graph.add_nodes_from((name, dict(data)) for name, data in original.nodes(data=True))
    else:
        graph.add_nodes_from(names)
    _add_columns(graph, names, {} if original is not None else mask.node_data)
    _add_columns(graph, names, node_data)
    if mask.positions is not None and original is None:
        for name, place in zip(names, mask.positions.tolist(), strict=True):
            graph.nodes[name]["pos"] = tuple(place)
    has_base = bool(problem.base.any())
    for edge in np.flatnonzero(weights).tolist():
        source, target = (names[end] for end in problem.edge_index[:, edge])
        data = _edge_data(original, source, target)
        data |= {"weight": float(weights[edge]), "cost": float(problem.cost[edge])}
        if has_base:
            data |= {"base": float(problem.base[edge]), "change": float(weights[edge] - problem.base[edge])}
        graph.add_edge(source, target, **data)
    return graph


def node_names(problem: Problem) -> list[Any]:
    """What nodes are called: the labels of the input, otherwise 0 .. N-1."""
    labels = problem.mask.labels
    return list(range(problem.nodes)) if labels is None else labels.tolist()


def to_scipy(problem: Problem, weights: np.ndarray) -> csr_array:
    """Adjacency weights (E,) as a SciPy sparse array (N, N), both directions of an undirected edge."""
    from scipy.sparse import coo_array

    used = np.flatnonzero(weights)
    source, target = problem.edge_index[:, used]
    values = weights[used]
    if not problem.directed:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
        values = np.concatenate([values, values])
    return coo_array((values, (source, target)), shape=(problem.nodes, problem.nodes)).tocsr()


def _edge_data(graph: networkx.Graph | None, source: Any, target: Any) -> dict[str, Any]:
    """The attributes of an edge; none where there may be several."""
    if graph is None or graph.is_multigraph():
        return {}
    return dict(graph.get_edge_data(source, target) or {})


def _add_columns(graph: networkx.Graph, names: Sequence[Any], columns: Mapping[str, np.ndarray]) -> None:
    for key, column in columns.items():
        for name, value in zip(names, np.asarray(column).tolist(), strict=True):
            graph.nodes[name][key] = value
