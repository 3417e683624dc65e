"""A networkx graph as a mask."""

from __future__ import annotations

import itertools
import logging
import numbers
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.space import DEGREES
from gradnet_cli.settings.values import nearest

if TYPE_CHECKING:
    import networkx

logger = logging.getLogger(__name__)

WEIGHT = "weight"  # networkx's own name of the attribute
COORDINATES = (("x", "y", "z"), ("x", "y"), *DEGREES)


def mask_of_graph(
    graph: networkx.Graph, *, name: str = "graph", base: str | None = None, cost: object = None
) -> Mask:
    """The mask of a networkx graph, nodes numbered in the graph's order.

    Self-loops are left out and parallel edges become one, which some random graphs of networkx bring, with a
    warning in the log: their base weights are added up. Node attributes that are numbers or texts become node
    data; the attribute ``pos``, or x and y, or lon and lat, the positions.

    Args:
        base: edge attribute with the weights of the base network (of ``weight``, 1 where missing), or None
        cost: an edge attribute with numbers > 0, (E,) numbers in the order of graph.edges, or None: 1 each

    Raises:
        SettingError: an attribute that is not there, or holds no numbers; parallel edges of different cost
    """
    nodes = list(graph)
    plain = nodes == list(range(len(nodes)))
    ends: Iterable[int] = itertools.chain.from_iterable(graph.edges())
    if not plain:
        number = {node: k for k, node in enumerate(nodes)}
        ends = (number[node] for node in ends)
    edges = np.fromiter(ends, dtype=np.int64).reshape(-1, 2).T
    weights = None if base is None else _edge_attribute(graph, base, setting="base")
    proper = edges[0] != edges[1]
    positions = _positions(graph)
    if cost is None:
        prices = np.ones(int(proper.sum()))
    elif isinstance(cost, str):
        prices = _edge_attribute(graph, cost, setting="cost")[proper]
    else:
        prices = edge_numbers(cost, count=edges.shape[1], setting="cost")[proper]
    ends_left = edges[:, proper]
    weights = None if weights is None else weights[proper]
    if graph.is_multigraph():
        ends_left, prices, weights = _merged(
            ends_left, prices, weights, nodes=nodes, directed=graph.is_directed()
        )
    _tell_left_out(name, loops=int((~proper).sum()), parallel=int(proper.sum()) - ends_left.shape[1])
    return Mask.from_edges(
        name=name,
        nodes=len(nodes),
        edges=ends_left,
        directed=graph.is_directed(),
        cost=prices,
        base=weights,
        node_data=_node_data(graph),
        edge_data={} if graph.is_multigraph() else _edge_data(graph, proper),
        positions=positions,
        labels=None if plain else labels_of(nodes),
    )


def add_node_data(graph: networkx.Graph, mask: Mask, columns: Iterable[str]) -> None:
    """Give the nodes of a graph, in the mask's order, what was joined to those of the mask."""
    found = {name: np.asarray(mask.node_data[name]).tolist() for name in columns}
    if mask.positions is not None:
        found["pos"] = [tuple(place) for place in mask.positions.tolist()]
    for name, values in found.items():
        for node, value in zip(graph, values, strict=True):
            graph.nodes[node][name] = value


def labels_of(names: Sequence[Hashable]) -> np.ndarray:
    """What nodes are called in files, (N,) texts that differ: 1 and "1" become ``1`` and ``'1'``.

    Raises:
        SettingError: two names cannot be told apart
    """
    texts = [str(name) for name in names]
    often = Counter(texts)
    labels = np.array([text if often[text] == 1 else repr(names[k]) for k, text in enumerate(texts)])
    if len(set(labels.tolist())) < len(labels):
        ((twice, _),) = Counter(labels.tolist()).most_common(1)
        allowed = "is the name of two nodes, as it would be written: nodes need names that differ"
        raise SettingError(setting="network", value=twice, allowed=allowed)
    return labels


def edge_numbers(values: Any, *, count: int, setting: str) -> np.ndarray:
    """Values that are given beside the edges, as numbers (count,).

    Raises:
        SettingError: they are none, or not one for each edge
    """
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SettingError(
            setting=setting, value=values, allowed="must be numbers, one for each edge"
        ) from error
    if found.shape != (count,):
        allowed = f"must be one number for each of the {count} edges"
        value = f"array {found.shape}" if found.shape else values
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return found


def _tell_left_out(name: str, *, loops: int, parallel: int) -> None:
    if loops:
        logger.warning("%s: %d self-loops left out", name, loops)
    if parallel:
        logger.warning("%s: %d parallel edges merged with others", name, parallel)


def _edge_attribute(graph: networkx.Graph, name: str, *, setting: str) -> np.ndarray:
    """The attribute of each edge; a base weight may be missing, as networkx itself reads it."""
    default = 1 if setting == "base" and name == WEIGHT else None
    found = list(graph.edges(data=name, default=default))
    for source, target, value in found:
        if value is None:
            known = sorted({str(key) for _, _, data in graph.edges(data=True) for key in data})
            listed = ", ".join(known) or "none"
            why = f"the edge {source}-{target} has none" if name in known else f"the attributes are {listed}"
            hint = None if name in known else nearest(name, known)
            allowed = f"must be an attribute of every edge; {why}"
            raise SettingError(setting=setting, value=name, allowed=allowed, hint=hint)
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            allowed = f"must hold numbers, and of the edge {source}-{target} it is {value!r}"
            raise SettingError(setting=setting, value=name, allowed=allowed)
    return np.array([value for _, _, value in found], dtype=np.float64)


def _merged(
    edges: np.ndarray,
    prices: np.ndarray,
    weights: np.ndarray | None,
    *,
    nodes: Sequence[Hashable],
    directed: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Parallel edges as one, with the sum of their weights and the cost that they share."""
    ends = edges if directed else np.sort(edges, axis=0)
    _, first, place = np.unique(
        ends[0] * np.int64(len(nodes)) + ends[1], return_index=True, return_inverse=True
    )
    differ = np.flatnonzero(prices != prices[first][place])
    if differ.size:
        worst = differ[0]
        source, target = (nodes[end] for end in edges[:, worst])
        allowed = (
            f"must be the same for parallel edges: between {source} and {target} it is "
            f"{prices[first][place][worst]:g} and {prices[worst]:g}"
        )
        raise SettingError(setting="cost", value=float(prices[worst]), allowed=allowed)
    total = None if weights is None else np.bincount(place, weights, minlength=first.size)
    return edges[:, first], prices[first], total


def _node_data(graph: networkx.Graph) -> dict[str, np.ndarray]:
    names = sorted({name for _, data in graph.nodes(data=True) for name in data if isinstance(name, str)})
    columns = {name: [data.get(name) for _, data in graph.nodes(data=True)] for name in names}
    return {name: np.array(column) for name, column in columns.items() if _is_scalar(column)}


def _edge_data(graph: networkx.Graph, proper: np.ndarray) -> dict[str, np.ndarray]:
    """Attributes of edges that are numbers, missing ones NaN, or texts; of those that join two nodes."""
    names = sorted({name for _, _, data in graph.edges(data=True) for name in data if isinstance(name, str)})
    columns = {name: [value for _, _, value in graph.edges(data=name, default=np.nan)] for name in names}
    return {name: np.array(column)[proper] for name, column in columns.items() if _is_scalar(column)}


def _is_scalar(column: list[Any]) -> bool:
    return all(isinstance(value, numbers.Real) for value in column) or all(
        isinstance(value, str) for value in column
    )


def _positions(graph: networkx.Graph) -> np.ndarray | None:
    data = [data for _, data in graph.nodes(data=True)]
    if data and all("pos" in each for each in data):
        return _coordinates([each["pos"] for each in data])
    for names in COORDINATES:
        if data and all(name in each for each in data for name in names):
            return _coordinates([[each[name] for name in names] for each in data])
    return None


def _coordinates(places: Sequence[Any]) -> np.ndarray | None:
    if any(place is None for place in places):
        return None
    try:
        positions = np.array(places, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return positions if positions.ndim == 2 and np.isfinite(positions).all() else None
