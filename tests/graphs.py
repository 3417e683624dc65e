"""Masks beside networkx's graphs."""

import networkx as nx

from gradnet_cli.problem import Mask


def graph_of(mask: Mask) -> nx.Graph:
    """The mask's edges between nodes 0 .. N-1."""
    graph = nx.DiGraph() if mask.directed else nx.Graph()
    graph.add_nodes_from(range(mask.nodes))
    graph.add_edges_from(mask.edge_index.T.tolist())
    return graph


def edges_of(graph: nx.Graph) -> set[tuple[int, int]]:
    """Its edges; undirected ones with the smaller number first."""
    if graph.is_directed():
        return set(graph.edges())
    return {(min(edge), max(edge)) for edge in graph.edges()}


def same_edges(mask: Mask, graph: nx.Graph) -> bool:
    """Whether a mask keeps its promises and has the graph's nodes and edges."""
    mask.check()
    return mask.nodes == len(graph) and set(zip(*mask.edge_index.tolist(), strict=True)) == edges_of(graph)
