"""What people have in their hands as a mask: a networkx graph, a SciPy matrix, or an array of edges."""

from __future__ import annotations

import itertools
import logging
import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._cost import COSTS, edge_cost
from gradnet_cli.settings.values import nearest

if TYPE_CHECKING:
    import networkx

logger = logging.getLogger(__name__)

WEIGHT = "weight"  # networkx's own name of the attribute
COORDINATES = (("x", "y", "z"), ("x", "y"), ("lon", "lat"), ("longitude", "latitude"))


def mask_of_graph(
    graph: networkx.Graph, *, name: str = "graph", base: str | None = None, cost: object = "unit"
) -> Mask:
    """The mask of a networkx graph, nodes numbered in the graph's order.

    Self-loops are left out and parallel edges merged, which some random graphs of networkx bring, with a
    warning in the log. Node attributes that are numbers or texts become node data; the attribute ``pos``, or
    x and y, or lon and lat, the positions.

    Args:
        base: edge attribute with the weights of the base network (1 where missing), or None
        cost: ``unit``, ``distance`` (by the positions), an edge attribute with numbers > 0, or (E,) numbers
            in the order of graph.edges

    Raises:
        SettingError: an attribute that is not there, or holds no numbers
    """
    nodes = list(graph)
    plain = nodes == list(range(len(nodes)))
    ends: Iterable[int] = itertools.chain.from_iterable(graph.edges())
    if not plain:
        number = {node: k for k, node in enumerate(nodes)}
        ends = (number[node] for node in ends)
    edges = np.fromiter(ends, dtype=np.int64).reshape(-1, 2).T
    weights = None if base is None else _edge_attribute(graph, base, setting="base", default=1)
    proper = edges[0] != edges[1]
    positions = _positions(graph)
    if isinstance(cost, str) and cost not in COSTS:
        cost = _edge_attribute(graph, cost, setting="cost")
    if isinstance(cost, str):
        prices = edge_cost(cost, edges=edges[:, proper], positions=positions)
    else:
        prices = _numbers(cost, count=edges.shape[1], setting="cost")[proper]
    mask = Mask.from_edges(
        name=name,
        nodes=len(nodes),
        edges=edges[:, proper],
        directed=graph.is_directed(),
        cost=prices,
        base=None if weights is None else weights[proper],
        node_data=_node_data(graph),
        positions=positions,
        labels=None if plain else np.array([str(node) for node in nodes]),
    )
    if mask.edges < edges.shape[1]:
        logger.warning("%s: %d self-loops and parallel edges left out", name, edges.shape[1] - mask.edges)
    return mask


def mask_of_matrix(matrix: Any, *, base: bool = False, cost: object = "unit") -> Mask:
    """The mask of a SciPy sparse matrix: an edge for each entry that is not zero, undirected if symmetric.

    Args:
        base: whether the entries are the weights of the base network
        cost: ``unit``, or another sparse matrix with the costs, > 0 wherever the first has an edge

    Raises:
        SettingError: a matrix that is not square, or costs that are missing
    """
    from scipy.sparse import coo_array, csr_array

    square = csr_array(matrix)
    if square.shape[0] != square.shape[1]:
        raise SettingError(setting="network", value=f"matrix {square.shape}", allowed="must be square")
    square.eliminate_zeros()
    directed = bool((square != square.T).nnz)
    entries = coo_array(square)
    chosen = entries.row != entries.col if directed else entries.row < entries.col
    if (entries.row == entries.col).any():
        logger.warning("matrix: entries on the diagonal left out")
    edges = np.stack([entries.row[chosen], entries.col[chosen]]).astype(np.int64)
    if isinstance(cost, str):
        prices = edge_cost(cost, edges=edges, positions=None)
    else:
        prices = np.asarray(csr_array(cost)[edges[0], edges[1]], dtype=np.float64).ravel()
    return Mask.from_edges(
        name="matrix",
        nodes=square.shape[0],
        edges=edges,
        directed=directed,
        cost=prices,
        base=entries.data[chosen].astype(np.float64) if base else None,
    )


def mask_of_edges(
    edges: Any,
    *,
    base: object = None,
    cost: object = "unit",
    positions: Mapping[Any, Sequence[float]] | np.ndarray | None = None,
    directed: bool = False,
) -> Mask:
    """The mask of an array or list of edges (M, 2); ends that are no integers from 0 are kept as labels.

    Args:
        base: (M,) weights of the base network, or None
        cost: ``unit``, ``distance``, or (M,) numbers > 0
        positions: (N, d) in the order of the nodes, or by the nodes' names
        directed: whether an edge leads from its first end to its second

    Raises:
        SettingError: no such array, or numbers of another length
    """
    pairs = np.asarray(edges)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not len(pairs):
        raise SettingError(
            setting="network", value=f"array {pairs.shape}", allowed="must have a row an edge, (M, 2)"
        )
    integers = pairs.dtype.kind in "iu" and pairs.min() >= 0
    if integers:
        names, ends = np.arange(int(pairs.max()) + 1), pairs.T.astype(np.int64)
    else:
        names, places = np.unique(pairs.astype(str), return_inverse=True)
        ends = places.reshape(pairs.shape).T.astype(np.int64)
    places_of = _places(positions, names)
    if isinstance(cost, str):
        prices = edge_cost(cost, edges=ends, positions=places_of)
    else:
        prices = _numbers(cost, count=len(pairs), setting="cost")
    return Mask.from_edges(
        name="edges",
        nodes=len(names) if places_of is None else max(len(names), len(places_of)),
        edges=ends,
        directed=directed,
        cost=prices,
        base=None if base is None else _numbers(base, count=len(pairs), setting="base"),
        positions=places_of,
        labels=None if integers else names,
    )


def _edge_attribute(graph: networkx.Graph, name: str, *, setting: str, default: Any = None) -> np.ndarray:
    values = [value for _, _, value in graph.edges(data=name, default=default)]
    known = sorted({str(key) for _, _, data in graph.edges(data=True) for key in data})
    if any(value is None for value in values) or (default is not None and known and name not in known):
        listed = ", ".join(known) or "none"
        allowed = f"must be an attribute of every edge; the attributes are {listed}"
        raise SettingError(setting=setting, value=name, allowed=allowed, hint=nearest(name, known))
    return _numbers(values, count=len(values), setting=setting)


def _numbers(values: Any, *, count: int, setting: str) -> np.ndarray:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SettingError(setting=setting, value=values, allowed="must be numbers, one an edge") from error
    if found.shape != (count,):
        allowed = f"must be one number for each of the {count} edges"
        raise SettingError(setting=setting, value=f"array {found.shape}", allowed=allowed)
    return found


def _places(positions: Any, names: np.ndarray) -> np.ndarray | None:
    if positions is None:
        return None
    if isinstance(positions, Mapping):
        known = {str(name): place for name, place in positions.items()}
        missing = [name for name in names if str(name) not in known]
        if missing:
            raise SettingError(setting="positions", value=missing[0], allowed="has none of this node")
        positions = [known[str(name)] for name in names]
    return np.asarray(positions, dtype=np.float64)


def _node_data(graph: networkx.Graph) -> dict[str, np.ndarray]:
    names = sorted({name for _, data in graph.nodes(data=True) for name in data if isinstance(name, str)})
    columns = {name: [data.get(name) for _, data in graph.nodes(data=True)] for name in names}
    return {name: np.array(column) for name, column in columns.items() if _is_scalar(column)}


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
