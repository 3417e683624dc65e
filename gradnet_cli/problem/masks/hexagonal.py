"""A hexagonal (honeycomb) lattice, as of the atoms of graphene."""

from __future__ import annotations

import math

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag, integer


def build(*, rows: int, cols: int, periodic: bool = False) -> Mask:
    """Join nearest neighbours of a honeycomb of rows x cols hexagons, three of them within it.

    Nodes lie on zigzag lines, numbered line by line. All edges have length 1; every second edge between two
    lines is a side that a row of hexagons shares with itself.

    Args:
        rows: of hexagons, >= 1; periodic: even, >= 2
        cols: hexagons in a row, >= 1; periodic: >= 2
        periodic: join the ends of either direction, to a torus on which all nodes are alike
    """
    periodic = flag(setting="periodic", value=periodic)
    rows = integer(setting="rows", value=rows, minimum=2 if periodic else 1)
    cols = integer(setting="cols", value=cols, minimum=2 if periodic else 1)
    if periodic and rows % 2:
        allowed = "must be even where periodic=true: every second row is shifted by half"
        raise SettingError(setting="rows", value=rows, allowed=allowed)
    check_size(nodes=2 * (rows + 1) * (cols + 1), edges=3 * rows * cols, setting="rows", value=rows)
    lines, width = (rows, 2 * cols) if periodic else (rows + 1, 2 * cols + 2)
    line, place = np.divmod(np.arange(lines * width, dtype=np.int64), width)
    upward = line % 2 == place % 2  # whether the third neighbour lies above
    right = np.stack([line * width + place, line * width + (place + 1) % width])
    above = np.stack([line * width + place, (line + 1) % lines * width + place])
    if periodic:
        used = np.ones(lines * width, dtype=bool)
        edges = np.concatenate([right, above[:, upward]], axis=1)
    else:
        used = _within_hexagons(line, place, rows=rows, cols=cols)
        edges = np.concatenate([right[:, place < width - 1], above[:, upward & (line < rows)]], axis=1)
        edges = edges[:, used[edges].all(axis=0)]
    number = np.cumsum(used) - 1
    positions = np.stack([place * (math.sqrt(3) / 2), 1.5 * line + np.where(upward, 0.25, -0.25)], axis=1)
    return Mask.from_edges(
        name="hexagonal",
        nodes=int(used.sum()),
        edges=number[edges],
        positions=positions[used],
        period=(math.sqrt(3) * cols, 1.5 * rows) if periodic else None,
    )


def _within_hexagons(line: np.ndarray, place: np.ndarray, *, rows: int, cols: int) -> np.ndarray:
    """Which places belong to a hexagon: row r spans the places r mod 2 to r mod 2 + 2 cols of two lines."""
    first, last = (line == 0), (line == rows)
    shift = (rows - 1) % 2
    low = np.where(last, shift, 0)
    high = np.where(first, 2 * cols, np.where(last, shift + 2 * cols, 2 * cols + 1))
    within: np.ndarray = (place >= low) & (place <= high)
    return within
