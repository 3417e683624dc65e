"""Facts of graphs, as networkx tells them."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradnet_cli.numerics.graphs import (
    adjacency,
    components,
    directed_strengths,
    edge_keys,
    edge_places,
    minimum_spanning_tree,
    strengths,
    used_edges,
)

SEEDS = st.integers(0, 2**32 - 1)


def random_edges(seed: int, *, directed: bool = False) -> tuple[np.ndarray, int]:
    """Sorted edges (2, E), E >= 1, of a graph that often falls into parts, and its number of nodes."""
    generator = np.random.default_rng(seed)
    nodes = int(generator.integers(2, 15))
    pairs = [(i, j) for i in range(nodes) for j in range(nodes) if i < j or (directed and i != j)]
    chosen = generator.random(len(pairs)) < 1.5 / nodes
    chosen[generator.integers(len(pairs))] = True
    return np.array(pairs, dtype=np.int64)[chosen].T, nodes


def graph_of(edge_index: np.ndarray, nodes: int, weights: np.ndarray, *, directed: bool = False) -> nx.Graph:
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_weighted_edges_from(zip(*edge_index.tolist(), weights.tolist(), strict=True))
    return graph


@given(seed=SEEDS)
def test_adjacency_and_strengths(seed: int) -> None:
    edges, nodes = random_edges(seed)
    weights = np.random.default_rng(seed).integers(-8, 9, edges.shape[1]).astype(float)  # sums are exact
    matrix = adjacency(edges, weights, nodes=nodes)
    assert matrix.nnz == 2 * edges.shape[1]
    assert matrix.has_sorted_indices
    expected = nx.to_numpy_array(graph_of(edges, nodes, weights), nodelist=range(nodes))
    np.testing.assert_array_equal(matrix.toarray(), expected)
    np.testing.assert_array_equal(strengths(edges, weights, nodes=nodes), expected.sum(axis=1))


@given(seed=SEEDS)
def test_strengths_of_directed_edges(seed: int) -> None:
    edges, nodes = random_edges(seed, directed=True)
    weights = np.arange(1.0, edges.shape[1] + 1)
    matrix = nx.to_numpy_array(graph_of(edges, nodes, weights, directed=True), nodelist=range(nodes))
    outward, inward = directed_strengths(edges, weights, nodes=nodes)
    np.testing.assert_array_equal(outward, matrix.sum(axis=1))
    np.testing.assert_array_equal(inward, matrix.sum(axis=0))


@given(seed=SEEDS, directed=st.booleans(), strong=st.booleans())
def test_components(seed: int, directed: bool, strong: bool) -> None:
    edges, nodes = random_edges(seed, directed=directed)
    graph = graph_of(edges, nodes, np.ones(edges.shape[1]), directed=directed)
    label = components(edges, nodes=nodes, directed=directed, strong=strong)
    if not directed:
        expected = nx.connected_components(graph)
    else:
        expected = (
            nx.strongly_connected_components(graph) if strong else nx.weakly_connected_components(graph)
        )
    found = {frozenset(np.flatnonzero(label == part).tolist()) for part in range(label.max() + 1)}
    assert found == {frozenset(part) for part in expected}


@given(seed=SEEDS)
def test_spanning_trees_are_the_cheapest(seed: int) -> None:
    edges, nodes = random_edges(seed)
    cost = np.random.default_rng(seed).integers(-5, 6, edges.shape[1]).astype(float)  # zeros and ties
    tree = minimum_spanning_tree(edges, cost, nodes=nodes)
    assert (np.diff(cost[tree]) >= 0).all()
    np.testing.assert_array_equal(
        components(edges[:, tree], nodes=nodes), components(edges, nodes=nodes), strict=True
    )
    graph = graph_of(edges, nodes, cost)
    assert len(tree) == nodes - nx.number_connected_components(graph)
    assert cost[tree].sum() == nx.minimum_spanning_tree(graph).size(weight="weight")


def test_of_equal_edges_the_first_is_taken() -> None:
    triangle = np.array([[0, 0, 1], [1, 2, 2]])
    np.testing.assert_array_equal(minimum_spanning_tree(triangle, np.ones(3), nodes=3), [0, 1])


@given(seed=SEEDS)
def test_places_of_pairs(seed: int) -> None:
    edges, nodes = random_edges(seed)
    assert (np.diff(edge_keys(edges, nodes=nodes)) > 0).all()
    every = np.stack(np.triu_indices(nodes, 1))
    place = edge_places(edges, every, nodes=nodes)
    np.testing.assert_array_equal(edges[:, place[place >= 0]], every[:, place >= 0])
    assert (place >= 0).sum() == edges.shape[1]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [([], []), ([0.0, 0.0], [False, False]), ([-1.0, 1e-3, 0.0011], [True, False, True])],
)
def test_used_edges(weights: list[float], expected: list[bool]) -> None:
    np.testing.assert_array_equal(used_edges(np.array(weights)), np.array(expected, dtype=bool))
