"""Inverse and its square on edges: against an inverse in extended precision, and against dense matrices."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from gradnet_cli.numerics.elimination.dense_core import core_size, sparse_fronts, thins_out
from gradnet_cli.numerics.elimination.laplacian_fronts import LaplacianFronts, mirrored
from gradnet_cli.numerics.flows.dissipation import connected, dense_dissipation, fronts_dissipation
from gradnet_cli.numerics.graphs import components
from gradnet_cli.numerics.laplacian import LaplacianPattern


def pattern_of(graph: nx.Graph) -> LaplacianPattern:
    edges = np.array(sorted(tuple(sorted(edge)) for edge in graph.edges)).T
    return LaplacianPattern(edge_index=edges, nodes=len(graph))


def pseudo_inverse(pattern: LaplacianPattern, weights: np.ndarray) -> np.ndarray:
    """(L + s J/N)^-1 - J / (s N) by Gauss and Jordan in extended precision."""
    nodes = pattern.nodes
    matrix = np.zeros((nodes, nodes), dtype=np.longdouble)
    for one, other, weight in zip(*pattern.edge_index, weights, strict=True):
        matrix[[one, other], [one, other]] += weight
        matrix[[one, other], [other, one]] -= weight
    scale = np.longdouble(matrix.diagonal().mean())
    table = np.hstack([matrix + scale / nodes, np.eye(nodes, dtype=np.longdouble)])
    for column in range(nodes):
        pivot = column + int(np.abs(table[column:, column]).argmax())
        table[[column, pivot]] = table[[pivot, column]]
        table[column] /= table[column, column]
        factors = table[:, column].copy()
        factors[column] = 0
        table -= np.outer(factors, table[column])
    inverse: np.ndarray = table[:, nodes:] - 1 / (scale * nodes)
    return inverse


def random_graph(seed: int) -> tuple[LaplacianPattern, np.ndarray]:
    """Of six kinds, with weights over six decades, of which some are zero that do not hold it together."""
    kinds = (
        lambda: nx.barabasi_albert_graph(90, 3, seed=seed),
        lambda: nx.connected_watts_strogatz_graph(90, 6, 0.1, seed=seed),
        lambda: nx.grid_2d_graph(8, 11),
        lambda: nx.gnm_random_graph(70, 320, seed=seed),
        lambda: nx.random_geometric_graph(90, 0.2, seed=seed),
        lambda: nx.random_labeled_tree(90, seed=seed),
    )
    graph = kinds[seed % len(kinds)]()
    part = graph.subgraph(max(nx.connected_components(graph), key=len))
    pattern = pattern_of(nx.convert_node_labels_to_integers(nx.Graph(part)))
    generator = np.random.default_rng(seed)
    weights = 10 ** generator.uniform(-3, 3, len(pattern.source))
    for edge in generator.permutation(len(weights))[: len(weights) // 4]:
        lost = weights[edge]
        weights[edge] = 0.0
        if components(pattern.edge_index[:, weights > 0], nodes=pattern.nodes).max() > 0:
            weights[edge] = lost
    return pattern, weights


@pytest.mark.parametrize("seed", range(20))
def test_sparse_and_dense_agree_with_extended_precision(seed: int) -> None:
    pattern, weights = random_graph(seed)
    inverse = pseudo_inverse(pattern, weights)
    differences = inverse[pattern.source] - inverse[pattern.target]
    slopes = pattern.nodes * np.square(differences).sum(axis=1)
    resistances = differences[np.arange(len(weights)), pattern.source]
    resistances = resistances - differences[np.arange(len(weights)), pattern.target]
    loads = sp.csc_array(sp.eye_array(pattern.nodes) * np.sqrt(pattern.nodes))
    sparse = fronts_dissipation(LaplacianFronts(pattern), pattern, weights)
    dense = dense_dissipation(pattern.assemble(weights), pattern, loads)
    # Strengths lose 1e-16 of the largest weight, six decades above the least, which shows at a bridge.
    accuracy = 1e-9 if len(weights) == pattern.nodes - 1 else 1e-10
    for found in (sparse, dense):
        assert found is not None
        assert found.total == pytest.approx(float(pattern.nodes * np.trace(inverse)), rel=accuracy)
        expected = pattern.nodes * inverse.diagonal().astype(float)
        np.testing.assert_allclose(found.terms, expected, rtol=accuracy)
        np.testing.assert_allclose(found.slopes, slopes.astype(float), rtol=0, atol=accuracy * slopes.max())
        wanted = resistances.astype(float)
        np.testing.assert_allclose(found.resistances, wanted, rtol=0, atol=accuracy * wanted.max())


def test_a_grid_whose_eigenvalues_are_known() -> None:
    rows = 70
    pattern = pattern_of(nx.convert_node_labels_to_integers(nx.grid_2d_graph(rows, rows)))
    fronts = sparse_fronts(pattern)
    assert fronts is not None
    found = fronts_dissipation(fronts, pattern, np.ones(len(pattern.source)))
    along = 2 - 2 * np.cos(np.pi * np.arange(rows) / rows)
    values = np.sort((along[:, None] + along).ravel())[1:]
    assert found is not None
    assert found.total == pytest.approx(rows**2 * (1 / values).sum(), rel=1e-11)
    assert found.slopes.sum() == pytest.approx(found.total, rel=1e-11)  # <w, slopes> is the total
    assert found.resistances is not None
    assert found.resistances.sum() == pytest.approx(rows**2 - 1, rel=1e-11)  # Foster (1949)


@pytest.mark.parametrize(
    ("graph", "sparse"),
    [
        (nx.grid_2d_graph(25, 25), True),
        (nx.barabasi_albert_graph(1200, 3, seed=0), True),
        (nx.connected_watts_strogatz_graph(1000, 6, 0.1, seed=0), True),
        (nx.gnm_random_graph(700, 6000, seed=0), False),
        (nx.complete_graph(250), False),
        (nx.grid_2d_graph(10, 10), False),  # so few nodes that calls cost more than multiplications
    ],
)
def test_what_is_less_work(graph: nx.Graph, sparse: bool) -> None:
    pattern = pattern_of(nx.convert_node_labels_to_integers(graph))
    assert (sparse_fronts(pattern) is not None) == sparse


def test_core() -> None:
    tree = pattern_of(nx.random_labeled_tree(300, seed=1))
    assert core_size(tree.edge_index, nodes=300, degree=1) == 0
    cycle = pattern_of(nx.cycle_graph(50))
    assert core_size(cycle.edge_index, nodes=50, degree=1) == 50
    assert core_size(cycle.edge_index, nodes=50, degree=2) == 0
    complete = pattern_of(nx.complete_graph(30))
    assert core_size(complete.edge_index, nodes=30, degree=28) == 30
    assert core_size(complete.edge_index, nodes=30, degree=29) == 0
    assert thins_out(tree.edge_index, nodes=300)


def test_weights_that_hardly_connect_are_left_to_others() -> None:
    """A path of 300 whose middle edge is 1e-17 of the others: rounding has cut it."""
    pattern = pattern_of(nx.path_graph(300))
    weights = np.ones(299)
    weights[150] = 1e-17
    assert connected(pattern, weights)
    assert fronts_dissipation(LaplacianFronts(pattern), pattern, weights) is None
    weights[150] = 0.0
    assert not connected(pattern, weights)


def test_mirrored() -> None:
    whole = np.random.default_rng(0).standard_normal((700, 700))
    whole = whole + whole.T
    np.testing.assert_array_equal(mirrored(np.asfortranarray(np.tril(whole))), whole)
