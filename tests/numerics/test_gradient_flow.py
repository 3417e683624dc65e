"""The theory of features that flow: energy falls, and repulsion leads to the highest frequency."""

import networkx
import numpy as np
import pytest
import scipy.sparse
import torch
from torch import Tensor

from gradnet_cli.numerics.dropout import drop
from gradnet_cli.numerics.dynamics.gradient_flow import (
    as_rows,
    dirichlet_energy,
    energy,
    flow,
    normalized_adjacency,
    spread,
    step_lengths,
)
from gradnet_cli.numerics.sparse_rows import SparseRows

DOUBLE = torch.zeros((), dtype=torch.float64)


def graph(seed: int, nodes: int = 18) -> networkx.Graph:
    """Connected, with a triangle, so that it is not bipartite."""
    made = networkx.connected_watts_strogatz_graph(nodes, 4, 0.4, seed=seed)
    made.add_edges_from([(0, 1), (1, 2), (0, 2)])
    assert not networkx.is_bipartite(made)
    return made


def rows(made: networkx.Graph) -> SparseRows:
    edges = np.array(made.edges).T
    return as_rows(normalized_adjacency(edges, nodes=len(made))).to(DOUBLE)


def symmetric(random: np.random.Generator, values: np.ndarray) -> Tensor:
    """With these eigenvalues, in random directions."""
    directions, _ = np.linalg.qr(random.normal(size=(len(values), len(values))))
    return torch.as_tensor(directions @ np.diag(values) @ directions.T)


@pytest.mark.parametrize("seed", range(3))
def test_the_normalised_adjacency_is_that_of_networkx(seed: int) -> None:
    made = graph(seed)
    edges = np.array(made.edges).T
    wanted = np.eye(len(made)) - networkx.normalized_laplacian_matrix(made, sorted(made)).toarray()
    np.testing.assert_allclose(normalized_adjacency(edges, nodes=len(made)).toarray(), wanted, atol=1e-12)
    with_loops = made.copy()
    with_loops.add_edges_from((node, node) for node in made)
    scale = np.diag([(made.degree[node] + 1) ** -0.5 for node in sorted(made)])
    adjacency = networkx.to_numpy_array(with_loops, nodelist=sorted(made))
    looped = normalized_adjacency(edges, nodes=len(made), loops=True).toarray()
    np.testing.assert_allclose(looped, scale @ adjacency @ scale, atol=1e-12)


def test_a_node_without_edges_is_alone() -> None:
    matrix = normalized_adjacency(np.array([[0], [1]]), nodes=3)
    np.testing.assert_array_equal(matrix.toarray(), [[0, 1, 0], [1, 0, 0], [0, 0, 0]])


class TestProducts:
    matrix = scipy.sparse.csr_array(np.random.default_rng(0).uniform(-1.5, 1, (9, 7)).clip(0))  # 40 % filled

    def made(self) -> SparseRows:
        matrix = self.matrix
        return SparseRows(
            indptr=matrix.indptr, indices=matrix.indices, values=matrix.data, width=matrix.shape[1]
        )

    def test_they_are_those_of_scipy_and_so_are_their_slopes(self) -> None:
        block = torch.randn(7, 3, dtype=torch.float64, requires_grad=True)
        product = self.made().product(block)
        np.testing.assert_allclose(product.detach().numpy(), self.matrix @ block.detach().numpy(), atol=1e-12)
        assert torch.autograd.gradcheck(self.made().product, (block,))

    def test_dropout_leaves_entries_out_and_keeps_the_mean(self) -> None:
        torch.manual_seed(0)
        ones = torch.ones(200_000)
        dropped = drop(ones, 0.3)
        assert set(dropped.unique().tolist()) == {0.0, float(torch.tensor(1 / 0.7))}
        assert float((dropped == 0).double().mean()) == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 200_000))
        assert torch.equal(drop(ones, 0.3, training=False), ones)
        block = torch.eye(7, dtype=torch.float64)
        whole = self.made().product(block)
        part = self.made().product(block, dropout=0.5)
        kept = part != 0
        np.testing.assert_allclose(part[kept], 2 * whole[kept])
        assert 0 < kept.sum() < (whole != 0).sum()


@pytest.mark.parametrize("seed", range(4))
def test_energy_is_its_sum_over_pairs_and_steps_descend_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    made = graph(seed)
    adjacency = rows(made)
    mixing = symmetric(random, random.uniform(-2, 2, 5))
    omega = torch.as_tensor(random.uniform(-1, 1, 5))
    state = torch.as_tensor(random.normal(size=(len(made), 5))).requires_grad_()
    pull = torch.as_tensor(random.normal(size=(len(made), 5)))
    weights = np.eye(len(made)) - networkx.normalized_laplacian_matrix(made, sorted(made)).toarray()
    f, w = state.detach().numpy(), mixing.numpy()
    wanted = 0.5 * sum(float(row @ (omega.numpy() * row)) for row in f)
    wanted -= 0.5 * sum(weights[i, j] * float(f[i] @ w @ f[j]) for i in range(len(f)) for j in range(len(f)))
    wanted -= float((f * pull.numpy()).sum())
    settings = {"mixing": mixing, "adjacency": adjacency, "omega": omega, "source": pull}
    assert energy(state.detach(), **settings) == pytest.approx(wanted, rel=1e-6)
    # What the flow adds is the negative slope of that energy.
    total = 0.5 * (state.square() * omega).sum() - 0.5 * (state * spread(state, mixing, adjacency)).sum()
    (slope,) = torch.autograd.grad(total - (state * pull).sum(), state)
    (after,) = flow(state.detach(), lengths=[0.1], **settings)
    torch.testing.assert_close((after - state.detach()) / 0.1, -slope, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_energy_never_rises_for_small_steps(seed: int) -> None:
    """tau < 2 over the largest curvature, which max Omega + max |W| is not below."""
    random = np.random.default_rng([seed, 1])
    adjacency = rows(graph(seed))
    values = random.uniform(-2, 2, 6)
    omega = torch.as_tensor(random.uniform(-1, 1, 6))
    state = torch.as_tensor(random.normal(size=(18, 6)))
    settings = {
        "mixing": symmetric(random, values),
        "adjacency": adjacency,
        "omega": omega,
        "source": 0.3 * state,
    }
    length = 1.99 / (float(omega.max()) + np.abs(values).max())
    states = [state, *flow(state, lengths=[length] * 12, **settings)]
    course = np.array([energy(each, **settings) for each in states])
    assert (np.diff(course) <= 1e-6 * np.abs(course[1:])).all()
    assert course[-1] < course[0]


def limit(adjacency: SparseRows, mixing: Tensor, *, length: float, residual: bool) -> float:
    """Dirichlet energy of F / |F| after many steps, from features in general position."""
    state = torch.as_tensor(np.random.default_rng(9).normal(size=(adjacency.shape[0], mixing.shape[0])))
    for _ in range(1500):
        if residual:
            (state,) = flow(
                state, mixing=mixing, adjacency=adjacency, omega=0.0, source=0.0, lengths=[length]
            )
        else:
            state = spread(state, mixing, adjacency)
        state = state / state.norm()
    return dirichlet_energy(state, adjacency)


@pytest.mark.parametrize("seed", range(2))
def test_high_and_low_frequencies(seed: int) -> None:
    """Di Giovanni et al. (2022): the eigenvector of I - Abar that features end in, whatever they were.

    With a residual, and lambda_+ / (rho - 1) < |lambda_-| < 2 / (tau (2 - rho)), it is that of the largest
    eigenvalue rho; where attraction is stronger, lambda_+ > |lambda_-| (rho - 1), the lowest; without a
    residual the lowest whatever W.
    """
    random = np.random.default_rng([seed, 2])
    made = graph(seed)
    adjacency = rows(made)
    frequencies = np.linalg.eigvalsh(networkx.normalized_laplacian_matrix(made).toarray())
    rho, length, attraction = float(frequencies[-1]), 0.2, 0.5
    assert 1 < rho < 2
    repulsion = 2 * attraction / (rho - 1)
    assert repulsion < 2 / (length * (2 - rho))
    inner = random.uniform(-0.5 * repulsion, 0.5 * attraction, 3)
    signed = symmetric(random, np.array([-repulsion, *inner, attraction]))
    assert limit(adjacency, signed, length=length, residual=True) == pytest.approx(rho / 2, abs=1e-4)
    assert limit(adjacency, signed, length=length, residual=False) == pytest.approx(0.0, abs=1e-4)
    weaker = symmetric(random, np.array([-0.5 * attraction * (rho - 1), *np.abs(inner) * 0.1, attraction]))
    assert limit(adjacency, weaker, length=length, residual=True) == pytest.approx(0.0, abs=1e-4)


def test_steps_end_at_the_time() -> None:
    assert step_lengths(2.0, 0.5) == [0.5] * 4
    assert step_lengths(2.985, 0.5) == pytest.approx([0.5] * 5 + [0.485])
    assert step_lengths(0.3, 1.0) == pytest.approx([0.3])
    assert step_lengths(0.3, 0.1) == pytest.approx([0.1] * 3)
