"""Lowest eigenpairs: by residual, and against numpy."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import LaplacianSolverFactory
from gradnet_cli.numerics.linear_solvers.conjugate_gradient import ConjugateGradientSolver
from gradnet_cli.numerics.spectra.eigenpairs import (
    dense_eigenpairs,
    lanczos_eigenpairs,
    lowest_eigenpairs,
    rayleigh_ritz,
)
from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks import barabasi_albert, grid, random_geometric
from tests.samples import connected_graph, mask_of

TIGHT = 1e-7


def laplacian_of(mask: Mask, weights: np.ndarray | None = None) -> tuple[LaplacianPattern, sp.csr_array]:
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    return pattern, pattern.assemble(np.ones(mask.edges) if weights is None else weights)


def true_values(laplacian: sp.csr_array) -> np.ndarray:
    """All eigenvalues but that of the vector of ones."""
    return np.linalg.eigvalsh(laplacian.toarray())[1:]


def rounding(laplacian: sp.csr_array) -> float:
    """What a backward stable eigensolver may be off by."""
    return 1e-13 * float(laplacian.diagonal().sum())


@given(seed=st.integers(0, 10**6), nodes=st.integers(3, 40), decades=st.sampled_from([0.0, 2.0, 6.0]))
def test_dense_ones_are_those_of_numpy(seed: int, nodes: int, decades: float) -> None:
    mask = mask_of(connected_graph(seed, nodes=nodes))
    weights = 10 ** np.random.default_rng(seed).uniform(-decades, 0, mask.edges)
    _, laplacian = laplacian_of(mask, weights)
    count = min(4, nodes - 1)
    pairs = dense_eigenpairs(laplacian, count)
    np.testing.assert_allclose(pairs.values, true_values(laplacian)[:count], atol=rounding(laplacian), rtol=0)
    np.testing.assert_allclose(pairs.vectors.T @ pairs.vectors, np.eye(count), atol=1e-12)
    np.testing.assert_allclose(pairs.vectors.sum(axis=0), 0, atol=1e-9)
    errors = laplacian @ pairs.vectors - pairs.vectors * pairs.values
    assert np.abs(errors).max() <= rounding(laplacian)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), nodes=st.integers(5, 40), columns=st.integers(1, 4))
def test_values_are_never_too_small(seed: int, nodes: int, columns: int) -> None:
    """Rayleigh-Ritz on any block: its k-th value is no less than the k-th eigenvalue."""
    _, laplacian = laplacian_of(mask_of(connected_graph(seed, nodes=nodes)))
    block = np.random.default_rng(seed).normal(size=(nodes, columns))
    pairs = rayleigh_ritz(laplacian, block)
    assert (pairs.values >= true_values(laplacian)[:columns] - rounding(laplacian)).all()
    assert (np.diff(pairs.values) >= 0).all()


MASKS = {
    "grid": lambda: grid.build(rows=29, cols=31),
    "square": lambda: grid.build(rows=30, cols=30),  # lambda_2 is double
    "torus": lambda: grid.build(rows=26, cols=26, periodic=True),  # fourfold
    "path": lambda: grid.build(rows=600, cols=1),
    "geometric": lambda: random_geometric.build(nodes=700, graph_seed=0),
    "barabasi_albert": lambda: barabasi_albert.build(nodes=700, attachment=3, graph_seed=0),
    "star": lambda: mask_of(nx.star_graph(599)),  # 598-fold
    "complete": lambda: mask_of(nx.complete_graph(530)),
}


@pytest.mark.parametrize("kind", ["factorised", "multigrid", "conjugate_gradient"])
@pytest.mark.parametrize("name", MASKS)
def test_iterated_ones_meet_the_residual(name: str, kind: str) -> None:
    """Above the size where a dense eigendecomposition is taken, from a random block."""
    mask = MASKS[name]()
    weights = np.random.default_rng(1).uniform(0.5, 1.5, mask.edges) if name == "geometric" else None
    pattern, laplacian = laplacian_of(mask, weights)
    guess = np.random.default_rng(0).normal(size=(mask.nodes, 6))
    solver = LaplacianSolverFactory(kind=kind, pattern=pattern)(laplacian)
    pairs = lowest_eigenpairs(laplacian, solver, guess=guess, tolerance=TIGHT)
    vector, value = pairs.vectors[:, 0], pairs.values[0]
    assert np.linalg.norm(vector) == pytest.approx(1.0, rel=1e-9)
    assert abs(vector.sum()) <= 1e-7
    assert value == pytest.approx(float(vector @ (laplacian @ vector)), rel=1e-9)
    residual = np.linalg.norm(laplacian @ vector - value * vector) / value
    assert residual <= TIGHT
    assert pairs.residual == pytest.approx(residual, rel=1e-6, abs=1e-9)
    # The residual says that it is an eigenvalue; that it is the lowest one says numpy.
    assert value == pytest.approx(true_values(laplacian)[0], rel=1e-9)


def test_lanczos_goes_on_where_blocks_stand_still() -> None:
    """A network with hubs and random weights, against ARPACK on the Laplacian itself."""
    graph = nx.barabasi_albert_graph(800, 8, seed=0)
    weights = np.random.default_rng(0).exponential(size=graph.number_of_edges())
    for (_, _, data), weight in zip(graph.edges(data=True), weights, strict=True):
        data["weight"] = weight
    laplacian = sp.csr_array(nx.laplacian_matrix(graph).astype(float))
    guess = np.random.default_rng(1).standard_normal((800, 3))
    guess, _ = np.linalg.qr(guess - guess.mean(axis=0))
    pairs = lanczos_eigenpairs(laplacian, ConjugateGradientSolver(laplacian, multigrid=False), guess=guess)
    expected = np.linalg.eigvalsh(laplacian.toarray())[1:3]
    np.testing.assert_allclose(pairs.values[:2], expected, rtol=1e-8)
    assert pairs.residual < 1e-4


def test_a_value_next_to_zero_is_rounding_and_no_error() -> None:
    """Two cliques that next to nothing joins: the residual is that of rounding in the cliques."""
    graph = nx.disjoint_union(nx.complete_graph(12), nx.complete_graph(12))
    nx.set_edge_attributes(graph, 30.0, "weight")
    graph.add_edge(0, 12, weight=1e-14)
    pairs = dense_eigenpairs(sp.csr_array(nx.laplacian_matrix(graph).astype(float)), 2)
    assert 0 <= pairs.values[0] < 1e-12
    assert pairs.residual == 0.0
