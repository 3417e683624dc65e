"""Every pair of nodes may carry an edge."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.settings.values import flag, integer


def build(*, nodes: int, directed: bool = False) -> Mask:
    """Join every pair of nodes, in both directions if directed.

    Args:
        nodes: >= 2
        directed: an edge for either direction of each pair
    """
    nodes = integer(setting="nodes", value=nodes, minimum=2)
    directed = flag(setting="directed", value=directed)
    pairs = nodes * (nodes - 1) // (1 if directed else 2)
    check_size(nodes=nodes, edges=pairs, setting="nodes", value=nodes)
    edges = pair_of(np.arange(pairs, dtype=np.int64), nodes=nodes, directed=directed)
    return Mask.from_edges(name="complete", nodes=nodes, edges=edges, directed=directed)


def active(*, nodes: int, directed: bool = False) -> Mask:
    """All pairs of nodes, without a list of them.

    Args:
        nodes: >= 2
        directed: must be False
    """
    nodes = integer(setting="nodes", value=nodes, minimum=2)
    if flag(setting="directed", value=directed):
        allowed = "must be false with edges=active: pairs that are not listed have no direction"
        raise SettingError(setting="directed", value=directed, allowed=allowed)
    check_size(nodes=nodes, edges=0, setting="nodes", value=nodes)
    return Mask.active(name="complete", pairs=Pairs(nodes=nodes))


def pair_of(rank: np.ndarray, *, nodes: int, directed: bool) -> np.ndarray:
    """Return (2, M) node pairs, given their ranks (M,) in the sorted list of all pairs of a complete graph.

    Undirected there are N (N - 1) / 2 pairs i < j; directed N (N - 1) pairs i != j. In integers, hence exact.
    """
    if directed:
        i, j = np.divmod(rank, nodes - 1)
        return np.stack([i, j + (j >= i)])
    row = np.arange(nodes, dtype=np.int64)
    first = row * (nodes - 1) - row * (row - 1) // 2  # rank of the pair (i, i + 1)
    i = np.searchsorted(first[:-1], rank, side="right") - 1
    return np.stack([i, rank - first[i] + i + 1])
