"""Spanning trees and resistances: against determinants, pseudo-inverses, and a list of all trees."""

import itertools

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.trees.tree_count import TreeCounter

GRAPHS = {
    "pair": nx.path_graph(2),
    "path": nx.path_graph(150),
    "star": nx.star_graph(120),
    "cycle": nx.cycle_graph(130),
    "complete": nx.complete_graph(50),
    "grid": nx.convert_node_labels_to_integers(nx.grid_2d_graph(14, 17)),
    "hypercube": nx.convert_node_labels_to_integers(nx.hypercube_graph(7)),
    "scale-free": nx.barabasi_albert_graph(200, 3, seed=1),
    "tree": nx.random_labeled_tree(200, seed=2),
}


def pattern_of(graph: nx.Graph) -> LaplacianPattern:
    edges = np.array(sorted(tuple(sorted(edge)) for edge in graph.edges)).T
    return LaplacianPattern(edge_index=edges, nodes=len(graph))


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("name", GRAPHS)
def test_determinant_and_pseudo_inverse(name: str, dense: bool) -> None:
    pattern = pattern_of(GRAPHS[name])
    weights = np.random.default_rng(0).lognormal(sigma=2.0, size=len(pattern.source))
    counter = TreeCounter(pattern, dense=dense)
    for scaled in (weights, weights[::-1]):  # the fronts serve for any weights
        laplacian = pattern.assemble(scaled).toarray()
        count = counter.count(scaled, embedded=dense)
        assert count.logarithm == pytest.approx(np.linalg.slogdet(laplacian[1:, 1:]).logabsdet, rel=1e-10)
        inverse = np.linalg.inv(laplacian[1:, 1:])
        inverse = np.pad(inverse, ((1, 0), (1, 0)))
        distances = inverse.diagonal()[:, None] + inverse.diagonal() - 2 * inverse
        expected = distances[pattern.source, pattern.target]
        np.testing.assert_allclose(count.resistances, expected, rtol=1e-7)
        if count.embedding is not None:
            rows = count.embedding
            own = np.square(rows[:, None] - rows).sum(axis=2)
            np.testing.assert_allclose(own, distances, rtol=1e-7, atol=1e-9 * distances.max())


def test_all_trees_one_by_one() -> None:
    graph = nx.complete_graph(5)
    pattern = pattern_of(graph)
    weights = np.random.default_rng(1).uniform(0.5, 2.0, 10)
    total, with_edge = 0.0, np.zeros(10)
    for chosen in itertools.combinations(range(10), 4):
        if nx.is_tree(nx.Graph(pattern.edge_index[:, chosen].T.tolist())):
            product = float(weights[list(chosen)].prod())
            total += product
            with_edge[list(chosen)] += product
    count = TreeCounter(pattern).count(weights)
    assert count.logarithm == pytest.approx(np.log(total), rel=1e-12)
    # Kirchhoff: a random tree has the edge with probability w R.
    np.testing.assert_allclose(weights * count.resistances, with_edge / total, rtol=1e-10)


@pytest.mark.parametrize("dense", [True, False])
def test_without_a_tree(dense: bool) -> None:
    pattern = pattern_of(nx.path_graph(4))
    count = TreeCounter(pattern, dense=dense).count(np.array([1.0, 0.0, 1.0]))
    assert count.logarithm == -np.inf
    np.testing.assert_array_equal(count.resistances, [0.0, np.inf, 0.0])


def test_a_large_grid_is_counted_without_dense_matrices() -> None:
    """Temperley (1974): tau = prod of the nonzero eigenvalues / N, which are known of a grid."""
    rows = 60
    pattern = pattern_of(nx.convert_node_labels_to_integers(nx.grid_2d_graph(rows, rows)))
    counter = TreeCounter(pattern)
    assert not counter.dense
    count = counter.count(np.ones(len(pattern.source)))
    along = 2 - 2 * np.cos(np.pi * np.arange(rows) / rows)
    values = (along[:, None] + along).ravel()[1:]
    assert count.logarithm == pytest.approx(np.log(values).sum() - np.log(rows**2), rel=1e-12)
    assert count.resistances.sum() == pytest.approx(rows**2 - 1, rel=1e-11)  # Foster (1949)
