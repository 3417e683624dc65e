"""Rates, steps and integrals of dynamics against loops, exact solutions and polynomials."""

import itertools

import numpy as np
import pytest
import scipy.linalg
import torch

from gradnet_cli.numerics.coupling import DenseCoupling, SparseCoupling, SparsePattern
from gradnet_cli.numerics.dynamics.rates import (
    Dynamics,
    PairwiseRates,
    change,
    integral_stencils,
    squared_error,
)

NODES = 6
PAIRS = torch.as_tensor(np.stack(np.triu_indices(NODES, 1)))


def rates(dynamics: Dynamics, weights: torch.Tensor, *, sparse: bool = False) -> PairwiseRates:
    matrix = torch.zeros(*weights.shape[:-1], NODES, NODES, dtype=weights.dtype)
    matrix[..., PAIRS[0], PAIRS[1]] = weights
    strengths = (matrix + matrix.mT).sum(-1)
    if sparse:
        pattern = SparsePattern(PAIRS, nodes=NODES, directed=False)
        return PairwiseRates(dynamics, weights, SparseCoupling(weights.detach(), pattern), strengths)
    coupling = DenseCoupling(weights.detach(), PAIRS, nodes=NODES, directed=False)
    return PairwiseRates(dynamics, weights, coupling, strengths)


def sample(seed: int = 0, batch: tuple[int, ...] = ()) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    weights = torch.rand(*batch, PAIRS.shape[1], generator=generator, dtype=torch.float64)
    return weights, 3 * torch.randn(NODES, 4, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("dynamics", ["kuramoto", "diffusion"])
def test_rates_are_the_sums_of_the_formula(dynamics: Dynamics, sparse: bool) -> None:
    weights, states = sample()
    expected = torch.zeros_like(states)
    for weight, (i, j) in zip(weights, PAIRS.T, strict=True):
        pull = states[j] - states[i]
        pull = pull.sin() if dynamics == "kuramoto" else pull
        expected[i] += weight * pull
        expected[j] -= weight * pull
    torch.testing.assert_close(rates(dynamics, weights, sparse=sparse)(states), expected)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("dynamics", ["kuramoto", "diffusion"])
def test_gradients(dynamics: Dynamics, sparse: bool) -> None:
    weights, states = sample()

    def stepped(weights: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        return rates(dynamics, weights, sparse=sparse).step(
            states, constant=torch.ones(NODES, 1, dtype=torch.float64), interval=0.1, substeps=2
        )

    assert torch.autograd.gradcheck(stepped, (weights.requires_grad_(), states.requires_grad_()))


def test_a_batch_is_its_samples() -> None:
    weights, states = sample(batch=(3,))
    constant = torch.zeros(NODES, 1, dtype=torch.float64)
    both = rates("kuramoto", weights).step(states, constant=constant, interval=0.1, substeps=1)
    for one, result in zip(weights, both, strict=True):
        single = rates("kuramoto", one).step(states, constant=constant, interval=0.1, substeps=1)
        torch.testing.assert_close(single, result)


def test_steps_converge_to_the_exact_solution_with_their_fourth_order() -> None:
    weights, states = sample()
    matrix = torch.zeros(NODES, NODES, dtype=torch.float64)
    matrix[PAIRS[0], PAIRS[1]] = weights
    matrix = matrix + matrix.T
    laplacian = torch.diag(matrix.sum(1)) - matrix
    exact = torch.as_tensor(scipy.linalg.expm(-0.5 * laplacian.numpy())) @ states
    constant = torch.zeros(NODES, 1, dtype=torch.float64)
    errors = [
        float(
            (rates("diffusion", weights).step(states, constant=constant, interval=0.5, substeps=n) - exact)
            .abs()
            .max()
        )
        for n in (4, 8, 16)
    ]
    for coarse, fine in itertools.pairwise(errors):
        assert np.log2(coarse / fine) == pytest.approx(4, abs=0.4)


@pytest.mark.parametrize("lengths", [[2], [3], [4], [9], [2, 5, 3]])
def test_integrals_of_polynomials_are_exact(lengths: list[int]) -> None:
    index, weight = integral_stencils(lengths)
    offset = row = 0
    for length in lengths:
        degree = min(4, length) - 1
        samples = np.full(sum(lengths), 1e6)  # the others do not count
        samples[offset : offset + length] = (np.arange(length) - 0.3) ** degree
        integral = (samples[index] * weight).sum(axis=1)[row : row + length - 1]
        edges = (np.arange(length) - 0.3) ** (degree + 1) / (degree + 1)
        np.testing.assert_allclose(integral, np.diff(edges), rtol=1e-10, atol=1e-12)
        offset, row = offset + length, row + length - 1


def test_phases_are_compared_on_the_circle() -> None:
    one, other = torch.tensor([[3.1, 0.0]]), torch.tensor([[-3.1, 0.5 + 2 * torch.pi]])
    assert change("kuramoto", one, other).abs().max() < 0.51
    expected = (one.cos() - other.cos()) ** 2 + (one.sin() - other.sin()) ** 2
    torch.testing.assert_close(squared_error("kuramoto", one, other), expected)
    torch.testing.assert_close(squared_error("diffusion", one, other), (one - other) ** 2)
