"""A networkx graph as a mask."""

from __future__ import annotations

import itertools
import logging
import numbers
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._cost import edge_cost

if TYPE_CHECKING:
    import networkx

logger = logging.getLogger(__name__)


def mask_of_graph(graph: networkx.Graph, *, name: str, base: str = "none", cost: object = "unit") -> Mask:
    """Return the mask of a networkx graph, nodes numbered in the graph's order.

    Self-loops are left out and parallel edges merged, which some random graphs of networkx bring, with a
    warning in the log.
    Node attributes that are numbers or texts become node data, the attribute ``pos`` the positions.

    Args:
        base: ``weights`` takes the edge attribute ``weight`` (1 where missing) as base network, ``none`` none
        cost: unit or distance
    """
    nodes = list(graph)
    plain = nodes == list(range(len(nodes)))
    ends: Iterable[int] = itertools.chain.from_iterable(graph.edges())
    if not plain:
        number = {node: k for k, node in enumerate(nodes)}
        ends = (number[node] for node in ends)
    edges = np.fromiter(ends, dtype=np.int64).reshape(-1, 2).T
    weights = None
    if base == "weights":
        weights = np.fromiter((weight for _, _, weight in graph.edges(data="weight", default=1)), dtype=float)
    proper = edges[0] != edges[1]
    positions = _positions(graph)
    mask = Mask.from_edges(
        name=name,
        nodes=len(nodes),
        edges=edges[:, proper],
        directed=graph.is_directed(),
        cost=edge_cost(cost, edges=edges[:, proper], positions=positions),
        base=None if weights is None else weights[proper],
        node_data=_node_data(graph),
        positions=positions,
        labels=None if plain else np.array([str(node) for node in nodes]),
    )
    if mask.edges < edges.shape[1]:
        logger.warning("%s: %d self-loops and parallel edges left out", name, edges.shape[1] - mask.edges)
    return mask


def _node_data(graph: networkx.Graph) -> dict[str, np.ndarray]:
    names = sorted({name for _, data in graph.nodes(data=True) for name in data if isinstance(name, str)})
    columns = {name: [data.get(name) for _, data in graph.nodes(data=True)] for name in names}
    return {name: np.array(column) for name, column in columns.items() if _is_scalar(column)}


def _is_scalar(column: list[Any]) -> bool:
    return all(isinstance(value, numbers.Real) for value in column) or all(
        isinstance(value, str) for value in column
    )


def _positions(graph: networkx.Graph) -> np.ndarray | None:
    places = [data.get("pos") for _, data in graph.nodes(data=True)]
    if any(place is None for place in places):
        return None
    try:
        positions = np.array(places, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return positions if positions.ndim == 2 else None
