"""A triangular lattice: rows of nodes, each shifted by half against the next."""

from __future__ import annotations

import math

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag, integer


def build(*, rows: int, cols: int, periodic: bool = False) -> Mask:
    """Join nearest neighbours of a triangular lattice, six of them within it.

    Node (r, c) has the number r * cols + c and lies at x = c + (r mod 2) / 2, y = r sqrt(3) / 2, so that all
    edges have length 1.

    Args:
        rows: >= 2; periodic: even, >= 4
        cols: >= 1; periodic: >= 3
        periodic: join the ends of either direction, to a torus on which all nodes are alike
    """
    periodic = flag(setting="periodic", value=periodic)
    rows = integer(setting="rows", value=rows, minimum=4 if periodic else 2)
    cols = integer(setting="cols", value=cols, minimum=3 if periodic else 1)
    if periodic and rows % 2:
        allowed = "must be even where periodic=true: every second row is shifted by half"
        raise SettingError(setting="rows", value=rows, allowed=allowed)
    nodes = rows * cols
    check_size(nodes=nodes, edges=3 * nodes, setting="rows", value=rows)
    row, col = np.divmod(np.arange(nodes, dtype=np.int64), cols)
    odd = row % 2
    pairs = []
    # To the right, up to the left, and up to the right.
    for up, across in ((0, np.ones_like(odd)), (1, odd - 1), (1, odd)):
        r, c = row + up, col + across
        there = slice(None) if periodic else (r < rows) & (c >= 0) & (c < cols)
        pairs.append(np.stack([row * cols + col, (r % rows) * cols + c % cols])[:, there])
    step = math.sqrt(3) / 2
    return Mask.from_edges(
        name="triangular",
        nodes=nodes,
        edges=np.concatenate(pairs, axis=1),
        positions=np.stack([col + odd / 2, row * step], axis=1),
        period=(float(cols), rows * step) if periodic else None,
    )
