"""An array or a list of edges as a mask."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.graphs import edge_numbers, labels_of
from gradnet_cli.problem.mask import Mask


def mask_of_edges(edges: Any, *, base: object = None, cost: object = None) -> tuple[Mask, Sequence[Hashable]]:
    """The mask of undirected edges, a row each: an array (M, 2), or a list of pairs of names of any type.

    Nodes are those that the edges name. Integers are numbered by size, so that 0 .. N-1 stay what they are;
    other names in the order in which they come. An edge may stand there twice, both ways round too, if it has
    the same numbers.

    Args:
        base: (M,) weights of the base network, or None
        cost: (M,) numbers > 0, or None: 1 each

    Returns:
        the mask, and what its nodes are called

    Raises:
        SettingError: no such array; an edge that joins a node with itself, or comes twice with other numbers
    """
    names, ends = _numbered(_pairs(edges) if isinstance(edges, list | tuple) else _array(edges))
    count = ends.shape[1]
    loops = ends[0] == ends[1]
    if loops.any():
        name = names[ends[0, int(np.argmax(loops))]]
        allowed = f"the edge {name}-{name} is a self-loop, and edges must join two nodes"
        raise SettingError(setting="network", value="edges", allowed=allowed)
    prices = np.ones(count) if cost is None else edge_numbers(cost, count=count, setting="cost")
    weights = None if base is None else edge_numbers(base, count=count, setting="base")
    for setting, values in (("cost", prices), ("base", weights)):
        if values is not None:
            _refuse_contradictions(setting, values, ends, names)
    mask = Mask.from_edges(
        name="edges",
        nodes=len(names),
        edges=ends,
        cost=prices,
        base=weights,
        labels=None if names == list(range(len(names))) else labels_of(names),
    )
    return mask, names


def _pairs(edges: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The edges as pairs of Python's own values."""
    pairs = [tuple(pair) if isinstance(pair, list | tuple | np.ndarray) else pair for pair in edges]
    if not pairs or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        raise _no_pairs(edges)
    return [(_plain(source), _plain(target)) for source, target in pairs]


def _array(edges: Any) -> np.ndarray:
    try:
        found = np.asarray(edges)
    except (TypeError, ValueError, RuntimeError) as error:  # a sparse tensor, or one on another device
        raise _no_pairs(edges) from error
    if found.ndim != 2 or found.shape[1] != 2 or not len(found):
        raise _no_pairs(edges)
    if found.dtype.kind == "f" and np.isfinite(found).all() and (found == np.floor(found)).all():
        return found.astype(np.int64)  # as text files are read
    if found.dtype.kind in "fcb":
        allowed = f"must hold integers or names, not {found.dtype} values"
        raise SettingError(setting="network", value=f"array {found.shape}", allowed=allowed)
    return found


def _no_pairs(edges: Any) -> SettingError:
    shape = tuple(getattr(edges, "shape", ())) or _shape_of_list(edges)
    advice = ""
    if len(shape) == 2 and shape[0] == shape[1]:
        advice = "; of an adjacency matrix give scipy.sparse.csr_array(matrix)"
    elif len(shape) == 2 and shape[0] == 2:
        advice = "; give its transpose"
    elif len(shape) == 2 and shape[1] > 2:
        advice = "; weights and costs go into base= and cost="
    return SettingError(
        setting="network",
        value=f"array {shape}" if shape else type(edges).__name__,
        allowed=f"must have a row an edge, (M, 2){advice}",
    )


def _shape_of_list(edges: Any) -> tuple[int, ...]:
    if not isinstance(edges, list | tuple):
        return ()
    lengths = {len(row) for row in edges if isinstance(row, list | tuple | np.ndarray)}
    return (len(edges), lengths.pop()) if len(lengths) == 1 else (len(edges),)


def _plain(end: Any) -> Any:
    """A node's name as Python has it."""
    if isinstance(end, np.generic):
        return end.item()
    if hasattr(end, "detach") and getattr(end, "ndim", None) == 0:
        return end.item()
    return tuple(end) if isinstance(end, list) else end


def _numbered(pairs: np.ndarray | Sequence[tuple[Any, Any]]) -> tuple[list[Hashable], np.ndarray]:
    """The nodes' names, and the edges (2, M) by number."""
    if isinstance(pairs, np.ndarray) and pairs.dtype.kind in "iu":
        used, places = np.unique(pairs, return_inverse=True)
        return used.tolist(), places.reshape(pairs.shape).T.astype(np.int64)
    rows = pairs.tolist() if isinstance(pairs, np.ndarray) else pairs
    ends = [end for pair in rows for end in pair]
    for end in ends:
        if not isinstance(end, Hashable) or end is None or end != end:
            raise SettingError(setting="network", value="edges", allowed=f"{end!r} cannot name a node")
    names: list[Any] = list(dict.fromkeys(ends))
    if all(type(name) is int for name in names):
        names.sort()
    number = {name: k for k, name in enumerate(names)}
    return names, np.array([number[end] for end in ends], dtype=np.int64).reshape(-1, 2).T


def _refuse_contradictions(
    setting: str, values: np.ndarray, ends: np.ndarray, names: Sequence[Hashable]
) -> None:
    low, high = np.sort(ends, axis=0)
    _, first, place = np.unique(low * np.int64(len(names)) + high, return_index=True, return_inverse=True)
    differ = np.flatnonzero(values != values[first][place])
    if differ.size:
        edge = differ[0]
        source, target = (names[end] for end in ends[:, edge])
        allowed = f"the edge {source}-{target} comes twice, and had {values[first][place][edge]:g} before"
        raise SettingError(setting=setting, value=float(values[edge]), allowed=allowed)
