"""Sketches of the low spectrum: valid slopes at every network, and the same when resumed."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers.conjugate_gradient import ConjugateGradientSolver
from gradnet_cli.numerics.spectra.eigencluster import EigenCluster
from gradnet_cli.numerics.spectra.spectrum_sketch import CROWDED, SpectrumSketch
from gradnet_cli.problem import Mask
from tests.samples import mask_of

NODES = 600


@pytest.fixture(scope="module")
def mask() -> Mask:
    return mask_of(nx.barabasi_albert_graph(NODES, 3, seed=0))


@pytest.fixture(scope="module")
def pattern(mask: Mask) -> LaplacianPattern:
    return LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)


def spectrum(laplacian: sp.csr_array) -> np.ndarray:
    found: np.ndarray = np.linalg.eigvalsh(laplacian.toarray())[1:]
    return found


def slopes(mixture: np.ndarray, mask: Mask) -> np.ndarray:
    source, target = mask.edge_index
    centred = mixture - mixture.mean(axis=0)
    found: np.ndarray = ((centred[source] - centred[target]) ** 2).sum(axis=1) / (centred**2).sum()
    return found


def advance(sketch: SpectrumSketch, laplacian: sp.csr_array, known: np.ndarray | None = None):
    return sketch.advance(laplacian, ConjugateGradientSolver(laplacian), known=known)


def test_values_and_slopes_are_never_below_the_least_eigenvalue(mask, pattern):
    sketch = SpectrumSketch(nodes=NODES, generator=np.random.default_rng(0))
    generator = np.random.default_rng(1)
    weights, known = np.ones(mask.edges), None
    for _ in range(4):
        laplacian = pattern.assemble(weights)
        truth = spectrum(laplacian)
        pairs = advance(sketch, laplacian, known)
        known = pairs.vectors
        assert (pairs.values >= truth[: len(pairs.values)] * (1 - 1e-12)).all()
        for other in (weights, generator.exponential(size=mask.edges)):
            limit = float(slopes(sketch.mixture, mask) @ other)
            assert limit >= spectrum(pattern.assemble(other))[0] * (1 - 1e-9)
        weights = weights * generator.uniform(0.95, 1.05, mask.edges)
    # With the vectors of the network before, and a shift, the least one is known well.
    assert pairs.values[0] <= truth[0] * 1.05


def test_the_mixture_is_what_the_whole_spectrum_gives_on_average(mask, pattern):
    """norm(y_i - y_j)^2 over many draws against sum_k (lambda_k - sigma)^-4 (v_ki - v_kj)^2."""
    laplacian = pattern.assemble(np.ones(mask.edges))
    values, vectors = np.linalg.eigh(laplacian.toarray())
    sketch = SpectrumSketch(nodes=NODES, generator=np.random.default_rng(0))
    sigma = 0.7 * values[1]
    drawn = np.zeros(mask.edges)
    for _ in range(40):
        sketch.memory = sketch.memory | {"_latest": sigma}
        advance(sketch, laplacian)
        drawn += slopes(sketch.mixture, mask)
    source, target = mask.edge_index
    exact = ((vectors[source, 1:] - vectors[target, 1:]) ** 2) @ (values[1:] - sigma) ** -4.0
    ratio = (drawn / drawn.mean()) / (exact / exact.mean())
    # 40 draws of 32 columns leave sqrt(2 / 1280) = 4 % of noise; solves to a residual of 0.1 add their own.
    assert np.corrcoef(np.log(drawn), np.log(exact))[0, 1] > 0.98
    assert np.abs(np.log(np.median(ratio))) < 0.1


def test_a_graph_with_few_low_eigenvalues_is_left_to_the_cluster():
    mask = mask_of(nx.convert_node_labels_to_integers(nx.grid_graph([9, 9, 9])))
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    laplacian = pattern.assemble(np.ones(mask.edges))
    assert spectrum(laplacian)[31] > CROWDED * spectrum(laplacian)[0]
    sketch = SpectrumSketch(nodes=mask.nodes, generator=np.random.default_rng(0))
    known = advance(sketch, laplacian).vectors
    assert not sketch.over
    advance(sketch, laplacian, known)
    assert sketch.over


def test_it_ends_where_nothing_is_gained_and_the_cluster_takes_over():
    mask = mask_of(nx.random_regular_graph(4, 1500, seed=0))
    pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=mask.nodes)
    laplacian = pattern.assemble(np.ones(mask.edges))
    generator = np.random.default_rng(0)
    cluster = EigenCluster(nodes=1500, rank=64, most=64, generator=generator, sketched=True)
    exponents = []
    for _ in range(40):
        cluster.advance(laplacian, ConjugateGradientSolver(laplacian), tolerance=1e-2)
        if cluster.sketch is None:
            break
        exponents.append(cluster.sketch.exponent)
    assert cluster.sketch is None
    assert exponents == sorted(exponents, reverse=True)
    assert exponents[0] > exponents[-1]
    assert cluster.pairs is not None
    assert cluster.pairs.values[0] <= spectrum(laplacian)[0] * (1 + 1e-2)
    assert cluster.mixture.shape[1] >= 64


def test_a_shift_above_the_least_eigenvalue_does_no_harm(mask, pattern):
    laplacian = pattern.assemble(np.ones(mask.edges))
    sketch = SpectrumSketch(nodes=NODES, generator=np.random.default_rng(0))
    for share in (1.001, 1.1, 100.0):
        sketch.memory = sketch.memory | {"_latest": share * spectrum(laplacian)[0]}
        pairs = advance(sketch, laplacian)
        assert np.isfinite(sketch.mixture).all()
        assert np.linalg.norm(sketch.mixture) == pytest.approx(1)
        assert pairs.values[0] >= spectrum(laplacian)[0] * (1 - 1e-12)


@pytest.mark.parametrize("at", [0, 2, 39])
def test_it_goes_on_from_its_memory_to_the_last_bit(mask, pattern, at):
    def cluster(seed):
        generator = np.random.default_rng(seed)
        return EigenCluster(nodes=NODES, rank=48, most=48, generator=generator, sketched=True)

    laplacian = pattern.assemble(np.random.default_rng(3).uniform(0.5, 1.5, mask.edges))
    solver = ConjugateGradientSolver(laplacian)
    first, second = cluster(0), cluster(1)
    for _ in range(at):
        if first.sketch is None or first.sketch.over:  # where the cluster is about to take over
            break
        first.advance(laplacian, solver, tolerance=1e-2)
    second.memory = first.memory
    for _ in range(2):
        pairs = [each.advance(laplacian, solver, tolerance=1e-2) for each in (first, second)]
        assert np.array_equal(pairs[0].vectors, pairs[1].vectors)
        assert np.array_equal(first.mixture, second.mixture)
