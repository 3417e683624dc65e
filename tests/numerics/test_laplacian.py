"""Laplacians and level widths against networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.problem.masks import grid
from tests.samples import connected_graph, mask_of


def pattern_of(graph: nx.Graph) -> LaplacianPattern:
    mask = mask_of(graph)
    return LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)


@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 30))
def test_the_same_matrix_as_networkx(seed: int, nodes: int) -> None:
    graph = connected_graph(seed, nodes=nodes)
    pattern = pattern_of(graph)
    generator = np.random.default_rng(seed)
    for _ in range(2):  # assembled twice from one pattern
        weights = generator.exponential(size=len(pattern.source)) * (
            generator.random(len(pattern.source)) < 0.8
        )
        for i, j, weight in zip(pattern.source, pattern.target, weights, strict=True):
            graph.edges[int(i), int(j)]["weight"] = weight
        expected = nx.laplacian_matrix(graph, nodelist=range(nodes)).toarray()
        laplacian = pattern.assemble(weights)
        np.testing.assert_allclose(laplacian.toarray(), expected, rtol=0, atol=1e-14 * nodes)
        np.testing.assert_allclose(pattern.strengths(weights), expected.diagonal(), atol=1e-14 * nodes)
        assert laplacian.has_sorted_indices
        assert laplacian.nnz == nodes + 2 * len(weights)  # zeros stay stored, so that patterns agree


@pytest.mark.parametrize(
    ("graph", "width"),
    [
        (nx.path_graph(20), 1),
        (nx.cycle_graph(21), 2),
        (nx.star_graph(9), 8),  # seen from a leaf: the leaf, the hub, the other leaves
        (nx.complete_graph(12), 11),
        (nx.complete_bipartite_graph(3, 5), 5),
        (nx.balanced_tree(2, 4), 8),
    ],
)
def test_level_width(graph: nx.Graph, width: int) -> None:
    assert pattern_of(graph).level_width() == width


def test_level_width_of_a_grid_is_its_shorter_side() -> None:
    mask = grid.build(rows=7, cols=40)
    assert LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes).level_width() == 7


@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 40))
def test_level_width_is_that_of_a_breadth_first_search(seed: int, nodes: int) -> None:
    """Of some node; which one is the method's own choice."""
    graph = connected_graph(seed, nodes=nodes)
    widths = set()
    for start in graph:
        levels = nx.single_source_shortest_path_length(graph, start)
        widths.add(int(np.bincount(list(levels.values())).max()))
    assert pattern_of(graph).level_width() in widths
