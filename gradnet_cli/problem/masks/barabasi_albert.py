"""Barabasi-Albert graph: growth with preferential attachment."""

from __future__ import annotations

from gradnet_cli.problem.graphs import mask_of_graph
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import integer


def build(*, nodes: int, attachment: int, graph_seed: int) -> Mask:
    """Grow a graph (Barabasi and Albert 1999), the same as networkx grows from this seed. It is connected.

    Args:
        nodes: > attachment
        attachment: edges that each new node brings, >= 1
        graph_seed: >= 0
    """
    import networkx

    nodes = integer(setting="nodes", value=nodes, minimum=2)
    attachment = integer(setting="attachment", value=attachment, minimum=1, maximum=nodes - 1)
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    check_size(nodes=nodes, edges=nodes * attachment, setting="nodes", value=nodes)
    graph = networkx.barabasi_albert_graph(nodes, attachment, seed=seed)
    return mask_of_graph(graph, name="barabasi_albert")
