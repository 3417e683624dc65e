"""Random regular graph: every node has the same degree."""

from __future__ import annotations

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.graphs import mask_of_graph
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import integer


def build(*, nodes: int, degree: int, graph_seed: int) -> Mask:
    """Draw a graph of equal degrees, asymptotically uniformly (Steger and Wormald 1999).

    Args:
        nodes: > degree
        degree: neighbours of every node, >= 1, with nodes * degree even
        graph_seed: >= 0

    Raises:
        SettingError: there is no such graph
    """
    import networkx

    nodes = integer(setting="nodes", value=nodes, minimum=2)
    degree = integer(setting="degree", value=degree, minimum=1, maximum=nodes - 1)
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    if nodes * degree % 2:
        allowed = f"must be even, since nodes is odd: {nodes} * {degree} ends of edges cannot be paired"
        raise SettingError(setting="degree", value=degree, allowed=allowed)
    check_size(nodes=nodes, edges=nodes * degree // 2, setting="nodes", value=nodes)
    graph = networkx.random_regular_graph(degree, nodes, seed=seed)
    # networkx adds nodes as edges come; their numbers are wanted in order.
    ordered = networkx.empty_graph(nodes)
    ordered.add_edges_from(graph.edges())
    return mask_of_graph(ordered, name="random_regular")
