"""Phase-locked states against long integration and closed forms; the theory of uniform frequencies."""

import networkx as nx
import numpy as np
import pytest
import torch

from gradnet_cli.numerics.coupling import DenseCoupling, SparseCoupling, SparsePattern
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, order_parameter
from gradnet_cli.numerics.locking import phase_locking
from gradnet_cli.numerics.locking.phase_locking import locked_state, steady_order
from gradnet_cli.numerics.locking.uniform_locking import (
    best_order,
    best_profile,
    half_width,
    locked_profile,
    partner,
    strength_at_large_budget,
)
from tests.quick import quick


def field_of(
    seed: int, *, nodes: int, lag: float, directed: bool, sparse: bool = False
) -> tuple[KuramotoField, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    graph = nx.random_regular_graph(4, nodes, seed=seed)
    index = torch.tensor(sorted(tuple(sorted(edge)) for edge in graph.edges)).T
    if directed:
        index = torch.cat([index, index.flip(0)], dim=1)
    weights = 0.5 + torch.rand(index.shape[1], generator=generator, dtype=torch.float64)
    omega = 0.5 * torch.randn(nodes, 1, generator=generator, dtype=torch.float64)

    def coupling(values: torch.Tensor) -> DenseCoupling | SparseCoupling:
        if sparse:
            return SparseCoupling(values, SparsePattern(index, nodes=nodes, directed=directed))
        return DenseCoupling(values, index, nodes=nodes, directed=directed)

    field = KuramotoField(coupling(weights), omega, lag=lag)
    field.of = lambda values: KuramotoField(coupling(values), omega, lag=lag)  # type: ignore[attr-defined]
    return field, weights, omega


@pytest.mark.parametrize(
    ("lag", "directed", "krylov"),
    quick(
        [
            (lag, directed, krylov)
            for krylov in (False, True)
            for lag, directed in ((0.0, False), (0.2, False), (0.0, True), (0.1, True))
        ],
        0,
        2,
        3,
        5,
    ),
)
def test_state_is_locked_and_its_gradient_right(
    lag: float, directed: bool, krylov: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if krylov:
        monkeypatch.setattr(phase_locking, "DENSE_NODES", 0)
    field, weights, omega = field_of(1, nodes=20, lag=lag, directed=directed, sparse=krylov)
    symmetric = lag == 0.0 and not directed

    def order(values: torch.Tensor) -> torch.Tensor:
        there = field.of(values.detach())  # type: ignore[attr-defined]
        state = locked_state(there, torch.zeros_like(omega), lag=lag, symmetric=symmetric)
        assert state is not None
        velocity, _ = there.value(state.phases)
        assert float((velocity - state.speed).abs().max()) < 1e-9
        assert float(order_parameter(state.phases, dim=0)) == pytest.approx(
            float(steady_order(values.detach(), there, state)), rel=1e-14
        )
        return steady_order(values, there, state)

    variable = weights.clone().requires_grad_()
    order(variable).backward()
    assert variable.grad is not None
    for edge in range(0, len(weights), 7):
        step = torch.zeros_like(weights)
        step[edge] = 1e-4
        difference = float(order(weights + step) - order(weights - step)) / 2e-4
        assert float(variable.grad[edge]) == pytest.approx(difference, rel=1e-5, abs=1e-9)


def test_two_oscillators() -> None:
    """sin(theta_2 - theta_1) = (omega_2 - omega_1) / 2 w: r = cos of half the angle; no state beyond."""
    index = torch.tensor([[0], [1]])
    for weight, gap in ((1.0, 0.5), (0.3, 0.59), (2.0, 3.9)):
        coupling = DenseCoupling(torch.tensor([weight], dtype=torch.float64), index, nodes=2, directed=False)
        omega = torch.tensor([[0.0], [gap]], dtype=torch.float64)
        field = KuramotoField(coupling, omega, lag=0.0)
        state = locked_state(field, torch.zeros_like(omega), lag=0.0, symmetric=True)
        assert state is not None
        angle = np.arcsin(gap / (2 * weight))
        assert float(state.phases[1] - state.phases[0]) == pytest.approx(angle, rel=1e-9)
        assert state.speed == pytest.approx(gap / 2)
    field = KuramotoField(coupling, torch.tensor([[0.0], [4.1]], dtype=torch.float64), lag=0.0)
    assert locked_state(field, torch.zeros_like(omega), lag=0.0, symmetric=True) is None


TABLE = {
    0.55: 0.8823, 0.6: 0.9114, 0.75: 0.9507, 1: 0.9744, 1.5: 0.9892,
    2: 0.99401, 3: 0.99737, 4: 0.998524, 6: 0.999346,
}  # fmt: skip


@pytest.mark.parametrize("ratio", TABLE)
def test_theory_of_uniform_frequencies(ratio: float) -> None:
    profile = locked_profile(ratio)
    assert profile.order == pytest.approx(TABLE[ratio], abs=6e-5 if ratio < 2 else 6e-6)
    # The budget is spent, and flow balances between partners: strength times the sine is the frequency.
    u = profile.frequency
    weight = np.gradient(u)
    assert float((profile.strength * weight).sum()) == pytest.approx(ratio, rel=1e-2)
    other = np.interp(partner(u), u, profile.phase)
    middle = slice(20, -20)
    np.testing.assert_allclose(
        (profile.strength * np.sin(profile.phase + other))[middle], u[middle], rtol=1e-3
    )


def test_theory_at_its_limits() -> None:
    assert locked_profile(0.5 + 1e-9).order == pytest.approx(np.pi / 4, abs=1e-3)
    large = locked_profile(40.0)
    assert (1 - large.order) * 40**2 == pytest.approx(0.02351, rel=1e-3)
    np.testing.assert_allclose(large.strength / 40, strength_at_large_budget(large.frequency), rtol=1e-3)
    with pytest.raises(ValueError, match="more than"):
        locked_profile(0.5)


def test_synchrony_at_every_budget() -> None:
    ratios = np.geomspace(0.01, 6, 40)
    orders = np.array([best_order(float(ratio)) for ratio in ratios])
    assert (orders > 0).all()
    assert (np.diff(orders) > 0).all()
    assert best_order(0.04) == pytest.approx(2 * best_order(0.01), rel=1e-9)
    assert best_profile(0.1).frequency.max() == pytest.approx(np.sqrt(0.1 / 0.54849), rel=1e-3)


def test_half_width() -> None:
    assert half_width((np.arange(1000) + 0.5) / 1000) == pytest.approx(0.5, rel=1e-5)
    assert half_width(np.linspace(-2, 2, 100)) == pytest.approx(2.0, rel=0.02)
    assert half_width(np.random.default_rng(0).uniform(-1, 1, 500)) == pytest.approx(1.0, rel=0.05)
    assert half_width(np.random.default_rng(0).normal(size=500)) is None
    assert half_width(np.zeros(10)) is None
