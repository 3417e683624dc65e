"""Random problems to test on."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from gradnet_cli.problem import Mask, Problem


def mask_of(
    graph: nx.Graph, *, cost: np.ndarray | None = None, base: np.ndarray | None = None, name: str = "sample"
) -> Mask:
    """A graph with nodes 0 .. N-1 as a mask; cost and base go with the edges in sorted order."""
    edges = np.array(
        sorted(graph.edges if graph.is_directed() else (tuple(sorted(edge)) for edge in graph.edges))
    )
    return Mask.from_edges(
        name=name,
        nodes=graph.number_of_nodes(),
        edges=edges.T,
        directed=graph.is_directed(),
        cost=cost,
        base=base,
    )


def connected_graph(seed: int, *, nodes: int) -> nx.Graph:
    """A random spanning tree with some further edges."""
    generator = np.random.default_rng(seed)
    graph = nx.Graph((node, int(generator.integers(node))) for node in range(1, nodes))
    for _ in range(int(generator.integers(nodes, 3 * nodes))):
        i, j = generator.choice(nodes, size=2, replace=False)
        graph.add_edge(int(i), int(j))
    return graph


def random_problem(
    seed: int,
    *,
    nodes: int | None = None,
    budget: Mapping[str, Any] | None = None,
    signs: Mapping[str, str] | None = None,
    base: str = "none",
    spread: float = 1.0,
) -> Problem:
    """A connected graph with random costs.

    Arguments:
        budget: its settings; one unit a node by default
        base: of the base weights: none, positive (with some zeros) or any (both signs)
        spread: standard deviation of the costs' logarithms
    """
    generator = np.random.default_rng([seed, 1])
    graph = connected_graph(seed, nodes=nodes or int(generator.integers(4, 13)))
    edges = graph.number_of_edges()
    weights = generator.exponential(size=edges) * (generator.random(edges) < 0.8)
    if base == "any":
        weights *= generator.choice([-1.0, 1.0], size=edges)
    mask = mask_of(
        graph,
        cost=generator.lognormal(sigma=spread, size=edges),
        base=None if base == "none" else weights,
    )
    return Problem.build(
        mask=mask, budget=budget or {"kind": "per_node", "value": 1.0}, signs=dict(signs or {})
    )
