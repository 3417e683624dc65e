"""Grids seen by their axes: where along which an edge lies, and the optimal weights where known."""

from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem.mask import Mask


@dataclass(frozen=True, eq=False, kw_only=True)
class Lattice:
    """The edges of a grid by their place.

    `axis` (E,) is the axis that an edge runs along, `low` (d, E) the coordinates, from 0, of the end that
    comes first along it, and `wraps` (E,) says which edges close a ring from the last node of the axis to
    the first; their `low` is the last node.
    """

    shape: tuple[int, ...]
    axis: np.ndarray
    low: np.ndarray
    wraps: np.ndarray

    def along(self, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the edges along `axis`, and the position x = 1, 2, ... of each: it joins x and x + 1."""
        chosen = np.flatnonzero(self.axis == axis)
        return chosen, self.low[axis, chosen] + 1

    def field(self, values: np.ndarray, axis: int) -> np.ndarray:
        """Values (E,) of the edges along `axis`, in the grid's shape, at their first ends; NaN elsewhere."""
        array = np.full(self.shape, np.nan)
        chosen = self.axis == axis
        array[tuple(self.low[:, chosen])] = values[chosen]
        return array

    @property
    def is_box(self) -> bool:
        """Whether it is a full grid that no edge wraps: all nearest neighbours are joined."""
        nodes = int(np.prod(self.shape, dtype=np.int64))
        expected = sum(nodes // length * (length - 1) for length in self.shape)
        return len(self.axis) == expected and not self.wraps.any()

    @property
    def is_ring(self) -> bool:
        """Whether it is a single row or column whose last node is joined to the first."""
        return sum(length > 1 for length in self.shape) == 1 and bool(self.wraps.any())


def lattice_of(mask: Mask) -> Lattice | None:
    """The mask as a grid of two or more dimensions, or None if its edges are not those of one."""
    if mask.directed or mask.shape is None or len(mask.shape) < 2:
        return None
    source = np.array(np.unravel_index(mask.edge_index[0], mask.shape), dtype=np.int32)
    target = np.array(np.unravel_index(mask.edge_index[1], mask.shape), dtype=np.int32)
    step = target - source
    length = np.array(mask.shape, dtype=np.int32)
    axis = np.argmax(step != 0, axis=0)
    stride = np.take_along_axis(step, axis[None], axis=0)[0]
    wraps = (stride == length[axis] - 1) & (stride > 1)
    straight = np.count_nonzero(step, axis=0) == 1
    if not np.all(straight & ((stride == 1) | wraps)):
        return None
    return Lattice(shape=tuple(mask.shape), axis=axis, low=np.where(wraps, target, source), wraps=wraps)


def box_connectivity(shape: tuple[int, ...], mean_strength: float) -> float:
    """Largest algebraic connectivity of a box grid at unit cost: lambda* = 6 b / sum_k (n_k^2 - 1).

    `mean_strength` is b = B / N, at p = 1. For a square, n x n, this is 3 b / (n^2 - 1). Upper bound: along
    each axis take the linear vector v_k(x) proportional to x - (n_k + 1)/2, mixed with shares p_k
    proportional to n_k^2 - 1. Then sum_k p_k (v_k[i] - v_k[j])^2 is the same number, 12 / (N sum_k (n_k^2 -
    1)), on every edge, and B/2 times it bounds lambda_2 of every feasible network. `box_weights` attains it.
    """
    return 6 * mean_strength / sum(length**2 - 1 for length in shape)


def box_weights(shape: tuple[int, ...], mean_strength: float, axis: int) -> np.ndarray:
    """Optimal weights (n - 1,) along an axis of n nodes: w(x) = lambda* x (n - x) / 2, x = 1..n-1.

    These make each v_k an eigenvector of value lambda*, and spend the budget: each axis contributes
    N lambda* (n_k^2 - 1) / 12. For a square this is the parabola 1.5 b x (n - x) / (n^2 - 1).
    """
    length = shape[axis]
    x = np.arange(1, length)
    return box_connectivity(shape, mean_strength) * x * (length - x) / 2
