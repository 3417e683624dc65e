"""A rectangular grid in one, two or more dimensions, or a torus."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradnet_cli.numerics.graphs import edge_keys
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag, integer, integers


def build(*, rows: int, cols: int, further: Sequence[int] = (), periodic: bool = False) -> Mask:
    """Join nearest neighbours of a rows x cols x further[0] x ... grid.

    Node (r, c, ...) has the number that C order gives it, r * cols + c in two dimensions, and lies at x = c,
    y = r and, from the third dimension on, at its index there.

    Args:
        rows: >= 2
        cols: >= 1; 1 makes a path
        further: sizes of further dimensions, each >= 1
        periodic: join the ends of every dimension of 3 or more: a ring or a torus
    """
    shape = (
        integer(setting="rows", value=rows, minimum=2),
        integer(setting="cols", value=cols, minimum=1),
        *integers(setting="further", value=further, minimum=1),
    )
    nodes = math.prod(shape)
    check_size(nodes=nodes, edges=nodes * sum(size > 1 for size in shape), setting="rows", value=rows)
    return Mask.from_edges(
        name="grid",
        nodes=nodes,
        edges=_neighbours(shape, flag(setting="periodic", value=periodic)),
        positions=_positions(shape),
        shape=shape,
    )


def _neighbours(shape: tuple[int, ...], periodic: bool) -> np.ndarray:
    """Return (2, E) pairs i < j of neighbouring grid points, sorted."""
    number = np.arange(math.prod(shape), dtype=np.int64).reshape(shape)
    pairs = []
    for axis, size in enumerate(shape):
        line = np.moveaxis(number, axis, 0)
        pairs.append(np.stack([line[:-1].ravel(), line[1:].ravel()]))
        if periodic and size > 2:  # with two nodes the wrapping edge is the one that is there
            pairs.append(np.stack([line[0].ravel(), line[-1].ravel()]))
    edges = np.concatenate(pairs, axis=1)
    return edges[:, np.argsort(edge_keys(edges, nodes=number.size), kind="stable")]


def _positions(shape: tuple[int, ...]) -> np.ndarray:
    """Return (N, d): x is the column, y the row, then the further indices."""
    index = np.indices(shape, dtype=np.float64).reshape(len(shape), -1)
    return np.ascontiguousarray(index[[1, 0, *range(2, len(shape))]].T)
