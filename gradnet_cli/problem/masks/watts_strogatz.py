"""Watts-Strogatz small world: a ring of near neighbours, some of whose edges lead elsewhere."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import edge_keys
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag, integer, number

ROUNDS = 200  # of drawing again; a far end that is still taken then stays: nearly all pairs are joined


def build(
    *,
    nodes: int,
    neighbours: int,
    probability: float,
    largest_component: bool = False,
    graph_seed: int,
) -> Mask:
    """Draw a small world (Watts and Strogatz 1998): nodes * neighbours / 2 edges.

    Each node of a ring is joined with its nearest neighbours, as many on either side. Then each of these
    edges is, with some probability, led to another node: uniformly among those that are no neighbours on the
    ring and not joined yet. All are drawn at once, where the authors go around the ring.

    Args:
        nodes: > neighbours
        neighbours: on the ring, even, >= 2
        probability: that an edge is led elsewhere, in [0, 1]; 0: the ring lattice
        largest_component: keep only the largest component, so that there may be fewer nodes
        graph_seed: >= 0
    """
    nodes = integer(setting="nodes", value=nodes, minimum=3)
    neighbours = integer(setting="neighbours", value=neighbours, minimum=2, maximum=nodes - 1)
    if neighbours % 2:
        allowed = "must be even: as many neighbours on either side"
        raise SettingError(setting="neighbours", value=neighbours, allowed=allowed)
    p = number(setting="probability", value=probability, minimum=0, maximum=1, meaning="chance of each edge")
    keep = flag(setting="largest_component", value=largest_component)
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    half = neighbours // 2
    check_size(nodes=nodes, edges=nodes * half, setting="nodes", value=nodes)
    source = np.tile(np.arange(nodes, dtype=np.int64), half)
    target = (source + np.repeat(np.arange(1, half + 1), nodes)) % nodes
    random = np.random.default_rng(seed)
    moved = np.flatnonzero(random.random(nodes * half) < p)
    target[moved] = _elsewhere(source[moved], target[moved], nodes=nodes, half=half, random=random)
    angle = np.pi / 2 - 2 * np.pi * np.arange(nodes) / nodes
    mask = Mask.from_edges(
        name="watts_strogatz",
        nodes=nodes,
        edges=np.stack([source, target]),
        positions=np.stack([np.cos(angle), np.sin(angle)], axis=1),
        schematic=True,
    )
    return keep_largest(mask) if keep else mask


def _elsewhere(
    source: np.ndarray, target: np.ndarray, *, nodes: int, half: int, random: np.random.Generator
) -> np.ndarray:
    """Return new far ends (M,) beyond the neighbours on the ring, such that no pair comes twice."""
    target = target.copy()
    open_ = np.arange(source.size)
    taken = np.empty(0, dtype=np.int64)
    for _ in range(ROUNDS):
        apart = nodes - 1 - 2 * half  # nodes that are no neighbours on the ring
        if open_.size == 0 or apart <= 0:
            break
        end = (source[open_] + half + 1 + random.integers(apart, size=open_.size)) % nodes
        key = edge_keys(np.sort(np.stack([source[open_], end]), axis=0), nodes=nodes)
        _, first = np.unique(key, return_index=True)
        # Of pairs that are drawn twice the first one drawn is kept, whichever place of the ring it has.
        new = np.zeros(open_.size, dtype=bool)
        new[first] = True
        new &= ~np.isin(key, taken)
        target[open_[new]] = end[new]
        taken = np.concatenate([taken, key[new]])
        open_ = open_[~new]
    return target
