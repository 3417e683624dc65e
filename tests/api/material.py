"""What the tests of inputs share."""

from typing import Any

import networkx as nx

import gradnet_cli as gn
from tests.assertions import assert_found


def optimize(network: Any, **settings: Any) -> Any:
    result = gn.optimize(network, **{"progress": "none", "updates": 20, **settings})
    assert_found(result)
    return result


EVEN = {"objective": lambda network: network.weights.square().sum(), "sense": "minimize", "concave": True}
"""Of a function that any network can be scored by: weights are best when all are equal."""


def roads() -> nx.Graph:
    """Four towns on a ring with a chord; names of several types, everything has an attribute."""
    graph = nx.Graph(country="Utopia")
    for name, x, y, people in (("a", 0, 0, 5), (("b", 2), 3, 0, 7), (3, 3, 4, 2), (4.5, 0, 4, 1)):
        graph.add_node(name, pos=(x, y), people=people, mayor={"name": "?"})
    graph.add_edge("a", ("b", 2), weight=2.0, lanes=2, kind="road")
    graph.add_edge(("b", 2), 3, weight=1.0, lanes=4, kind="road")
    graph.add_edge(3, 4.5, weight=1.5, lanes=2, kind="ferry")
    graph.add_edge(4.5, "a", lanes=1, kind="road")
    graph.add_edge("a", 3, weight=0.5, lanes=6, kind="road")
    return graph


def labels(graph: nx.Graph, nodes: list[Any]) -> nx.Graph:
    return nx.relabel_nodes(graph, dict(enumerate(nodes)))
