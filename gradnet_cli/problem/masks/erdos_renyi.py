"""Erdos-Renyi random graph: every pair independently with the same probability."""

from __future__ import annotations

import math

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._draws import successes
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.masks.complete import pair_of
from gradnet_cli.settings.values import flag, integer, number


def build(
    *,
    nodes: int,
    probability: float | None,
    directed: bool = False,
    largest_component: bool = False,
    graph_seed: int,
) -> Mask:
    """Draw G(N, p) (Gilbert 1959) in time and memory O(number of edges).

    Args:
        nodes: >= 2
        probability: p of each pair (of each ordered pair if directed), in (0, 1]; None takes
            min(1, 2 log(N) / N), twice the threshold of connectedness (Erdos and Renyi 1960)
        directed: draw the directions of a pair independently
        largest_component: keep only the largest component, so that there may be fewer nodes
        graph_seed: >= 0
    """
    nodes = integer(setting="nodes", value=nodes, minimum=2)
    directed = flag(setting="directed", value=directed)
    keep = flag(setting="largest_component", value=largest_component)
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    if probability is None:
        p = min(1.0, 2 * math.log(nodes) / nodes)
    else:
        p = number(
            setting="probability", value=probability, above=0, maximum=1, meaning="chance of each pair"
        )
    pairs = nodes * (nodes - 1) // (1 if directed else 2)
    check_size(nodes=nodes, edges=p * pairs, setting="nodes", value=nodes)
    rank = successes(pairs, p, np.random.default_rng(seed))
    edges = pair_of(rank, nodes=nodes, directed=directed)
    mask = Mask.from_edges(name="erdos_renyi", nodes=nodes, edges=edges, directed=directed)
    return keep_largest(mask) if keep else mask
