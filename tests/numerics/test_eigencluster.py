"""The cluster of lambda_2: never too small a value, and it converges on every kind of graph."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import LaplacianSolverFactory
from gradnet_cli.numerics.spectra.eigencluster import SETTLING, EigenCluster
from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks import barabasi_albert, grid
from tests.samples import mask_of

TOLERANCE = 1e-2
SOLVERS = ["dense", "factorised", "conjugate_gradient", "multigrid"]
MASKS: dict[str, Callable[[], Mask]] = {
    "pair": lambda: mask_of(nx.path_graph(2)),
    "triangle": lambda: mask_of(nx.complete_graph(3)),
    "path": lambda: mask_of(nx.path_graph(50)),
    "star": lambda: mask_of(nx.star_graph(40)),
    "complete": lambda: mask_of(nx.complete_graph(30)),
    "grid": lambda: grid.build(rows=12, cols=12),
    "torus": lambda: grid.build(rows=8, cols=8, periodic=True),
    "barabasi_albert": lambda: barabasi_albert.build(nodes=120, attachment=3, graph_seed=0),
    "large grid": lambda: grid.build(rows=30, cols=25),
}


def cluster_of(mask: Mask, *, seed: int = 0, most: int = 16) -> EigenCluster:
    return EigenCluster(nodes=mask.nodes, rank=4, most=most, generator=np.random.default_rng(seed))


def second(laplacian: sp.csr_array) -> float:
    return float(np.linalg.eigvalsh(laplacian.toarray())[1])


def slopes(cluster: EigenCluster, mask: Mask) -> np.ndarray:
    """g_e = norm(y_i - y_j)^2 / norm(Y)^2."""
    centred = cluster.embedding - cluster.embedding.mean(axis=0)
    source, target = mask.edge_index
    return ((centred[source] - centred[target]) ** 2).sum(axis=1) / (centred**2).sum()


@pytest.mark.parametrize("kind", SOLVERS)
@pytest.mark.parametrize("name", MASKS)
def test_follows_changing_weights(name: str, kind: str) -> None:
    mask = MASKS[name]()
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    factory = LaplacianSolverFactory(kind=kind, pattern=pattern)
    cluster = cluster_of(mask)
    generator = np.random.default_rng(0)
    weights = np.ones(mask.edges)
    for _ in range(4):
        laplacian = pattern.assemble(weights)
        pairs = cluster.advance(laplacian, factory(laplacian), tolerance=TOLERANCE)
        truth = second(laplacian)
        rounding = 1e-13 * float(laplacian.diagonal().sum())
        assert pairs.values[0] >= truth - rounding
        assert pairs.residual <= TOLERANCE
        # A residual of 1 % of a vector that lies near lambda_2's: the value is off by its square, some times.
        assert pairs.values[0] <= truth * (1 + 1e-2)
        assert cluster.rank <= max(1, min(16, mask.nodes - 1))
        assert np.isfinite(cluster.embedding).all()
        for other in (weights, generator.exponential(size=mask.edges)):
            limit = float(slopes(cluster, mask) @ other)
            assert limit >= second(pattern.assemble(other)) * (1 - 1e-9)
        weights = weights * generator.uniform(0.8, 1.25, mask.edges)


@pytest.mark.parametrize("kind", SOLVERS)
def test_a_disconnected_network_scores_zero(kind: str) -> None:
    """The weights of a cut may fade to exactly zero while they are trained."""
    mask = grid.build(rows=9, cols=10)
    across = (mask.edge_index[1] - mask.edge_index[0] == 1) & (mask.edge_index[0] % 10 == 4)
    weights = np.where(across, 0.0, 1.0)
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    factory = LaplacianSolverFactory(kind=kind, pattern=pattern)
    cluster = cluster_of(mask)
    for _ in range(3):
        laplacian = pattern.assemble(weights)
        pairs = cluster.advance(laplacian, factory(laplacian), tolerance=TOLERANCE)
        assert abs(pairs.values[0]) <= 1e-9
        assert np.isfinite(cluster.embedding).all()
    gradient = slopes(cluster, mask)
    assert gradient[across].min() > 1e3 * np.median(gradient[~across])  # what joins the parts is wanted


@pytest.mark.parametrize("kind", SOLVERS)
def test_and_recovers_from_it(kind: str) -> None:
    mask = grid.build(rows=9, cols=10)
    across = (mask.edge_index[1] - mask.edge_index[0] == 1) & (mask.edge_index[0] % 10 == 4)
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    factory = LaplacianSolverFactory(kind=kind, pattern=pattern)
    cluster = cluster_of(mask)
    for weights in (np.ones(mask.edges), np.where(across, 0.0, 1.0), np.ones(mask.edges)):
        laplacian = pattern.assemble(weights)
        pairs = cluster.advance(laplacian, factory(laplacian), tolerance=TOLERANCE)
    assert pairs.values[0] == pytest.approx(second(laplacian), rel=1e-2)


def test_the_cluster_grows_with_the_multiplicity() -> None:
    """On the complete graph all N - 1 eigenvalues are lambda_2."""
    mask = mask_of(nx.complete_graph(30))
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=30)
    laplacian = pattern.assemble(np.full(mask.edges, 1 / 29))
    solver = LaplacianSolverFactory(kind="dense", pattern=pattern)(laplacian)
    cluster = cluster_of(mask, most=64)
    for _ in range(20):
        pairs = cluster.advance(laplacian, solver, tolerance=TOLERANCE)
    assert cluster.rank == 29
    assert pairs.values[0] == pytest.approx(30 / 29, rel=1e-12)
    # All slopes are alike when the whole space is mixed: it is the proof of 10/9 and its like.
    gradient = slopes(cluster, mask)
    assert gradient.max() / gradient.mean() <= 1 + 1e-2


def test_the_same_seed_gives_the_same_numbers() -> None:
    mask = grid.build(rows=12, cols=11)
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    laplacian = pattern.assemble(np.ones(mask.edges))
    solver = LaplacianSolverFactory(kind="factorised", pattern=pattern)(laplacian)
    embeddings = []
    for seed in (0, 0, 1):
        cluster = cluster_of(mask, seed=seed)
        for _ in range(3):
            cluster.advance(laplacian, solver, tolerance=TOLERANCE)
        embeddings.append(cluster.embedding)
    np.testing.assert_array_equal(embeddings[0], embeddings[1])
    assert not np.array_equal(embeddings[0], embeddings[2])


def test_a_block_that_is_too_wide_becomes_narrower_and_keeps_the_cluster() -> None:
    mask = grid.build(rows=40, cols=30)
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    factory = LaplacianSolverFactory(kind="factorised", pattern=pattern)
    cluster = EigenCluster(nodes=mask.nodes, rank=100, most=100, generator=np.random.default_rng(0))
    weights = np.ones(mask.edges)
    laplacian = pattern.assemble(weights)
    for _ in range(SETTLING + 2):
        pairs = cluster.advance(laplacian, factory(laplacian), tolerance=TOLERANCE)
    assert cluster.rank < 50
    assert pairs.values[0] == pytest.approx(2 - 2 * np.cos(np.pi / 40), rel=1e-4)
    assert float(slopes(cluster, mask) @ weights) >= pairs.values[0] * (1 - 1e-9)
    # The mixture becomes the one eigenvector: nothing of it was lost.
    assert float(slopes(cluster, mask) @ weights) == pytest.approx(pairs.values[0], rel=1e-2)
