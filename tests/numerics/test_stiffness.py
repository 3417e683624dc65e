"""Bounds on the rates of linearised dynamics, against eigenvalues by NumPy."""

import numpy as np
import pytest
import torch

from gradnet_cli.numerics.dynamics.runge_kutta import RK4
from gradnet_cli.numerics.dynamics.stiffness import GRID, STABLE, fastest_rate, steps_for
from gradnet_cli.numerics.topology import Topology

NODES = 14


def topology(*, directed: bool, seed: int = 0, share: float = 0.5) -> Topology:
    random = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(random.random((NODES, NODES)) < share, 1)).T
    if directed:
        pairs = np.concatenate([pairs, pairs[::-1, ::2]], axis=1)
    return Topology(edge_index=torch.as_tensor(np.ascontiguousarray(pairs)), nodes=NODES, directed=directed)


def spectral_radius(edges: Topology, weights: torch.Tensor, phases: np.ndarray, lag: float) -> float:
    matrix = edges.coupling(weights, form="dense").matrix().numpy()
    jacobian = matrix * np.cos(phases[None, :] - phases[:, None] - lag)
    jacobian -= np.diag(jacobian.sum(axis=1))
    return float(np.abs(np.linalg.eigvals(jacobian)).max())


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("form", ["dense", "sparse"])
def test_no_jacobian_is_faster(directed: bool, signed: bool, form: str) -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        edges = topology(directed=directed, seed=seed)
        weights = torch.as_tensor(random.lognormal(sigma=1.5, size=edges.edges))
        weights *= torch.as_tensor(random.random(edges.edges) < 0.7)
        if signed:
            weights *= torch.as_tensor(random.choice([-1.0, 1.0], edges.edges))
        bound = fastest_rate(edges, weights, form=form)
        for phases in (np.zeros(NODES), *random.uniform(-np.pi, np.pi, (5, NODES))):
            assert bound >= spectral_radius(edges, weights, phases, lag=0.3) * (1 - 1e-12)


def test_the_bound_is_near_where_it_counts() -> None:
    """A star's largest rate is its strength and one weight; twice the strength says nearly twice as much."""
    star = Topology(
        edge_index=torch.stack([torch.zeros(13, dtype=torch.int64), torch.arange(1, 14)]), nodes=14
    )
    weights = torch.full((13,), 2.0, dtype=torch.float64)
    assert fastest_rate(star, weights) == pytest.approx(28.0, rel=1e-9)
    assert fastest_rate(star, weights, enough=60.0) == 52.0  # no product was asked for


def test_nothing_and_batches() -> None:
    edges = topology(directed=False)
    assert fastest_rate(edges, torch.zeros(edges.edges, dtype=torch.float64)) == 0.0
    samples = torch.rand(3, edges.edges, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    together = fastest_rate(edges, samples, form="dense")
    assert together == pytest.approx(max(fastest_rate(edges, sample) for sample in samples), rel=0.02)


def test_runge_kutta_is_stable_within_the_half_disc() -> None:
    """The amplification of RK4, from its own coefficients."""
    a = np.zeros((4, 4))
    for row, coefficients in enumerate(RK4.a):
        a[row, : len(coefficients)] = coefficients
    angles = np.linspace(np.pi / 2, np.pi, 500)
    for radius in (0.5 * STABLE, STABLE):
        for z in radius * np.exp(1j * angles):
            growth = 1 + z * np.array(RK4.b) @ np.linalg.solve(np.eye(4) - z * a, np.ones(4))
            assert abs(growth) <= 1.0


def test_numbers_of_steps() -> None:
    assert steps_for(3.0, least=16) == 16
    assert steps_for(16.0, least=16) == 16
    found = [steps_for(needed, least=16) for needed in np.linspace(16.1, 400, 300)]
    assert all(steps >= needed for steps, needed in zip(found, np.linspace(16.1, 400, 300), strict=True))
    assert (
        max(f / n for f, n in zip(found, np.linspace(16.1, 400, 300), strict=True)) < 2 ** (1 / GRID) * 1.07
    )
    assert len(set(found)) < 25
