"""Every solver of Laplacian systems against the dense pseudo-inverse."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from gradnet_cli.numerics.graphs import minimum_spanning_tree
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import SOLVERS, LaplacianSolverFactory
from gradnet_cli.numerics.linear_solvers.conjugate_gradient import ConjugateGradientSolver
from gradnet_cli.problem.masks import barabasi_albert, grid
from tests.samples import connected_graph, mask_of

TIGHT = 1e-11
KINDS = pytest.mark.parametrize("kind", SOLVERS)


def laplacian_of(seed: int, *, decades: float, nodes: int = 60) -> tuple[LaplacianPattern, sp.csr_array]:
    mask = mask_of(connected_graph(seed, nodes=nodes))
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=nodes)
    weights = 10 ** np.random.default_rng(seed).uniform(-decades / 2, decades / 2, mask.edges)
    return pattern, pattern.assemble(weights)


def right_side(seed: int, nodes: int) -> np.ndarray:
    block = np.random.default_rng([seed, 7]).normal(size=(nodes, 3))
    return block - block.mean(axis=0)


@KINDS
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("guessed", [False, True])
def test_the_pseudo_inverse(kind: str, seed: int, guessed: bool) -> None:
    pattern, laplacian = laplacian_of(seed, decades=2)
    right = right_side(seed, pattern.nodes)
    guess = np.random.default_rng(seed).normal(size=right.shape) if guessed else None
    found = LaplacianSolverFactory(kind=kind, pattern=pattern)(laplacian).solve(
        right, guess=guess, tolerance=TIGHT
    )
    expected = np.linalg.pinv(laplacian.toarray(), hermitian=True) @ right
    # Residuals of 1e-11, or rounding, are magnified by the condition number, some 1e4 here.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * np.abs(expected).max())
    np.testing.assert_allclose(found.sum(axis=0), 0, atol=1e-9 * np.abs(expected).max())


@KINDS
@pytest.mark.parametrize("seed", range(4))
def test_wildly_scaled_weights(kind: str, seed: int) -> None:
    """Weights over eight decades: the residual is what a solver can promise."""
    pattern, laplacian = laplacian_of(seed, decades=8)
    right = right_side(seed, pattern.nodes)
    tolerance = 1e-6
    found = LaplacianSolverFactory(kind=kind, pattern=pattern)(laplacian).solve(right, tolerance=tolerance)
    residual = np.linalg.norm(laplacian @ found - right, axis=0)
    # Direct solvers shift the matrix by 1e-13 of the mean strength, which shows beside a tiny lambda_2; held
    # at one node, a solution may be N times as large as a centred one.
    second = np.linalg.eigvalsh(laplacian.toarray())[1]
    shift = 1e-13 * pattern.nodes * laplacian.diagonal().mean() / second
    assert (residual <= (tolerance + shift) * np.linalg.norm(right, axis=0)).all()


@KINDS
def test_columns_are_centred_first(kind: str) -> None:
    pattern, laplacian = laplacian_of(0, decades=1)
    right = right_side(0, pattern.nodes)
    solver = LaplacianSolverFactory(kind=kind, pattern=pattern)(laplacian)
    shifted = solver.solve(right + 5.0, tolerance=TIGHT)
    expected = solver.solve(right, tolerance=TIGHT)
    np.testing.assert_allclose(shifted, expected, atol=1e-7 * np.abs(expected).max())


@KINDS
def test_a_network_in_two_parts(kind: str) -> None:
    """Weights of exactly zero cut it; a right side that sums to zero on each part has a solution."""
    mask = mask_of(nx.compose(nx.path_graph(20), nx.relabel_nodes(nx.cycle_graph(20), lambda i: i + 20)))
    graph = nx.Graph(zip(*mask.edge_index.tolist(), strict=True))
    graph.add_edge(19, 20)
    mask = mask_of(graph)
    weights = np.ones(mask.edges)
    weights[(mask.edge_index[0] == 19) & (mask.edge_index[1] == 20)] = 0.0
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=40)
    laplacian = pattern.assemble(weights)
    right = right_side(0, 40)
    right[:20] -= right[:20].mean(axis=0)
    right[20:] -= right[20:].mean(axis=0)
    found = LaplacianSolverFactory(kind=kind, pattern=pattern)(laplacian).solve(right, tolerance=1e-8)
    assert np.isfinite(found).all()
    # Rounding in the null space comes back multiplied by 1e13 in direct solvers, and L takes it away again.
    residual = np.linalg.norm(laplacian @ found - right, axis=0)
    assert (residual <= 1e-2 * np.linalg.norm(right, axis=0)).all()


def test_a_column_of_zeros_stays_zero() -> None:
    pattern, laplacian = laplacian_of(0, decades=1)
    right = right_side(0, pattern.nodes)
    right[:, 1] = 0.0
    for kind in SOLVERS:
        found = LaplacianSolverFactory(kind=kind, pattern=pattern)(laplacian).solve(right, tolerance=TIGHT)
        assert np.isfinite(found).all()
        assert np.abs(found[:, 1]).max() <= 1e-12


class TestChoice:
    def chosen(self, mask) -> str:
        pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
        return LaplacianSolverFactory(kind="auto", pattern=pattern).kind

    def test_small_ones_are_dense(self) -> None:
        assert self.chosen(grid.build(rows=5, cols=5)) == "dense"

    def test_meshes_are_factorised(self) -> None:
        assert self.chosen(grid.build(rows=40, cols=40)) == "factorised"

    def test_expanders_are_iterated(self) -> None:
        mask = barabasi_albert.build(nodes=3000, attachment=3, graph_seed=0)
        assert self.chosen(mask) == "conjugate_gradient"

    def test_unknown(self) -> None:
        pattern, _ = laplacian_of(0, decades=1)
        with pytest.raises(ValueError, match="cholesky"):
            LaplacianSolverFactory(kind="cholesky", pattern=pattern)


def test_a_tree_within_a_dense_mask_is_solved_by_elimination() -> None:
    graph = nx.random_regular_graph(12, 1600, seed=0)
    edges = np.array(sorted(tuple(sorted(edge)) for edge in graph.edges)).T
    pattern = LaplacianPattern(edge_index=edges, nodes=1600)
    weights = np.zeros(edges.shape[1])
    weights[minimum_spanning_tree(edges, np.ones(len(weights)), nodes=1600)] = 1.0
    factory = LaplacianSolverFactory(kind="auto", pattern=pattern)
    assert factory.kind == "conjugate_gradient"
    right = right_side(0, 1600)
    laplacian = pattern.assemble(weights)
    solution = factory(laplacian).solve(right)
    # The shift of 1e-13 a node that keeps the matrix definite, times the potentials of a deep tree.
    assert laplacian @ solution == pytest.approx(right - right.mean(axis=0), abs=1e-7)
    # The next network has cycles again.
    assert isinstance(factory(pattern.assemble(weights + 1)), ConjugateGradientSolver)
