"""Kuramoto trajectories and their gradients, against SciPy, finite differences and each other."""

from itertools import product

import numpy as np
import pytest
import scipy.integrate
import torch
from torch import Tensor

from gradnet_cli.numerics.coupling import Coupling, DenseCoupling, SparseCoupling, SparsePattern
from gradnet_cli.numerics.dynamics.accurate_phases import accurate_phases
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, magnitude
from gradnet_cli.numerics.dynamics.runge_kutta import (
    DORMAND_PRINCE,
    RK4,
    SDIRK3,
    Tableau,
    adaptive_mesh,
    graded_mesh,
    split,
)
from gradnet_cli.numerics.dynamics.trajectory import SEGMENT, Trajectory, observed_means
from tests.quick import quick

NODES, REPLICATES = 7, 3
HORIZON = 4.0
TIMES = np.linspace(0.0, HORIZON, 23)
LAG = 0.3
TABLEAUS = {"rk4": RK4, "dormand_prince": DORMAND_PRINCE, "sdirk3": SDIRK3}


class Case:
    """A small network, directed or not, with its frequencies and initial phases."""

    def __init__(self, *, directed: bool, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        i, j = torch.triu_indices(NODES, NODES, 1)
        keep = torch.rand(len(i), generator=generator) < 0.7
        index = torch.stack([i, j])[:, keep]
        self.index = torch.cat([index, index.flip(0)[:, ::2]], dim=1) if directed else index
        self.directed = directed
        self.weights = torch.rand(self.index.shape[1], generator=generator, dtype=torch.float64)
        self.omega = torch.randn(NODES, REPLICATES, generator=generator, dtype=torch.float64)
        self.start = torch.randn(NODES, REPLICATES, generator=generator, dtype=torch.float64)

    def coupling(self, weights: Tensor, *, sparse: bool) -> Coupling:
        if sparse:
            return SparseCoupling(weights, SparsePattern(self.index, nodes=NODES, directed=self.directed))
        return DenseCoupling(weights, self.index, nodes=NODES, directed=self.directed)

    def trajectory(
        self, weights: Tensor, tableau: Tableau, *, steps: int, keep: bool = True, sparse: bool = False
    ) -> Trajectory:
        field = KuramotoField(self.coupling(weights.detach(), sparse=sparse), self.omega, lag=LAG)
        start = self.start.expand(*weights.shape[:-1], NODES, REPLICATES)
        mesh = np.linspace(0.0, HORIZON, steps + 1)
        return Trajectory(field, start, mesh=mesh, times=TIMES, tableau=tableau, keep=keep)

    def order(self, weights: Tensor, tableau: Tableau, **settings: bool | int) -> Tensor:
        means = observed_means(weights, self.trajectory(weights, tableau, **settings))  # type: ignore[arg-type]
        return magnitude(means[:, 0], means[:, 1]).mean((0, -1))

    def reference(self) -> np.ndarray:
        """Phases (P, N, R) by SciPy at tight tolerances, from the formula written as a loop."""
        matrix = np.zeros((NODES, NODES))
        for weight, (i, j) in zip(self.weights.tolist(), self.index.T.tolist(), strict=True):
            matrix[i, j] = weight
            if not self.directed:
                matrix[j, i] = weight
        found = []
        for replicate in range(REPLICATES):
            omega = self.omega[:, replicate].numpy()

            def velocity(_: float, theta: np.ndarray, omega: np.ndarray = omega) -> np.ndarray:
                return omega + (matrix * np.sin(theta[None, :] - theta[:, None] - LAG)).sum(1)

            solution = scipy.integrate.solve_ivp(
                velocity, (0, HORIZON), self.start[:, replicate].numpy(), method="DOP853",
                t_eval=TIMES, rtol=1e-12, atol=1e-12,
            )  # fmt: skip
            found.append(solution.y.T)
        return np.stack(found, axis=-1)


@pytest.mark.parametrize(
    ("name", "sparse", "directed"),
    quick(product(TABLEAUS, (False, True), (False, True)), *range(0, 12, 3), 5, 6),
)
def test_phases_are_those_of_scipy(name: str, sparse: bool, directed: bool) -> None:
    tableau = TABLEAUS[name]
    case = Case(directed=directed)
    phases = case.trajectory(case.weights, tableau, steps=200, sparse=sparse).phases()
    # Interpolation is of order 3, and so is the implicit method.
    np.testing.assert_allclose(phases.numpy(), case.reference(), atol=1e-4 if tableau is SDIRK3 else 1e-6)


@pytest.mark.parametrize("tableau", TABLEAUS.values(), ids=TABLEAUS)
def test_error_falls_with_the_order_that_the_tableau_declares(tableau: Tableau) -> None:
    case = Case(directed=False)
    end = case.reference()[-1]
    errors = []
    for steps in (16, 32, 64) if tableau is not SDIRK3 else (64, 128):
        trajectory = case.trajectory(case.weights, tableau, steps=steps)
        trajectory.means()
        errors.append(np.abs(trajectory.end.numpy() - end).max())
    slopes = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert slopes[-1] >= tableau.order - 0.3


def test_dormand_prince_is_scipys() -> None:
    # Two tables typed in by two people.
    rk45 = scipy.integrate.RK45
    np.testing.assert_allclose(DORMAND_PRINCE.dense, rk45.P, rtol=1e-15)
    np.testing.assert_allclose(DORMAND_PRINCE.error, -rk45.E, rtol=1e-12)
    np.testing.assert_allclose(DORMAND_PRINCE.b[:-1], rk45.B, rtol=1e-15)
    for row, expected in zip(DORMAND_PRINCE.a[:-1], rk45.A, strict=True):
        np.testing.assert_allclose(row, expected[: len(row)], rtol=1e-15)
    np.testing.assert_allclose(DORMAND_PRINCE.interpolation(np.array([1.0]))[0], DORMAND_PRINCE.b, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "directed"),
    quick(product(TABLEAUS, (False, True)), 1, 2, 4),
)
def test_gradients_are_those_of_finite_differences(name: str, directed: bool) -> None:
    tableau = TABLEAUS[name]
    case = Case(directed=directed)
    steps = (1 if tableau is SDIRK3 else 3) * SEGMENT + 5  # several segments, the last one shorter
    found = []
    for keep in (True, False):
        for sparse in (False, True):
            weights = case.weights.clone().requires_grad_()
            case.order(weights, tableau, steps=steps, keep=keep, sparse=sparse).backward()
            assert weights.grad is not None
            found.append(weights.grad.numpy())
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-11, atol=1e-14)
    for edge in range(0, len(case.weights), 4 if tableau is SDIRK3 else 1):
        step = torch.zeros_like(case.weights)
        step[edge] = 1e-5
        up, down = (float(case.order(case.weights + s * step, tableau, steps=steps)) for s in (1, -1))
        assert found[0][edge] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-8)


def test_a_batch_of_weights_is_a_loop() -> None:
    case = Case(directed=False)
    weights = torch.stack([case.weights, 2 * case.weights, case.weights.flip(0)]).requires_grad_()
    scores = case.order(weights, RK4, steps=40)
    assert scores.shape == (3,)
    (scores * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert weights.grad is not None
    for row, (sample, factor) in enumerate(zip(weights.detach(), (1.0, 2.0, 3.0), strict=True)):
        alone = sample.clone().requires_grad_()
        score = case.order(alone, RK4, steps=40)
        score.backward()
        assert alone.grad is not None
        assert float(scores[row].detach()) == pytest.approx(float(score.detach()), rel=1e-13)
        np.testing.assert_allclose(weights.grad[row], factor * alone.grad, rtol=1e-11, atol=1e-14)


def test_checkpoints_keep_few_states() -> None:
    case = Case(directed=False)
    kept = []
    for steps in (40 * SEGMENT, 400 * SEGMENT):
        trajectory = case.trajectory(case.weights, RK4, steps=steps, keep=False)
        trajectory.means()
        kept.append(len(trajectory._snapshots))
        assert trajectory._tapes == []
    assert max(kept) <= 24


def test_adaptive_mesh_keeps_to_its_tolerance() -> None:
    case = Case(directed=False)
    field = KuramotoField(case.coupling(case.weights, sparse=False), case.omega, lag=LAG)
    counts, errors = [], []
    for tolerance in (1e-4, 1e-6, 1e-8):
        mesh = adaptive_mesh(
            lambda phases: field.value(phases)[0], case.start, horizon=HORIZON, tolerance=tolerance
        )
        assert mesh[0] == 0.0
        assert mesh[-1] == HORIZON
        assert (np.diff(mesh) > 0).all()
        trajectory = Trajectory(
            field, case.start, mesh=mesh, times=TIMES[-1:], tableau=DORMAND_PRINCE, keep=False
        )
        trajectory.means()
        error = np.abs(trajectory.end.numpy() - case.reference()[-1]).max()
        counts.append(len(mesh))
        errors.append(error)
        assert error <= 30 * tolerance * len(mesh) ** 0.5
    assert counts == sorted(counts)
    assert errors == sorted(errors, reverse=True)


def test_sdirk3_keeps_the_conditions_of_third_order_and_is_l_stable() -> None:
    stages = SDIRK3.stages
    a = SDIRK3.diagonal * np.eye(stages)
    for row, coefficients in enumerate(SDIRK3.a):
        a[row, : len(coefficients)] = coefficients
    b, c = np.array(SDIRK3.b), a.sum(axis=1)
    for x in (0.3, 1.0):  # the polynomial within a step integrates slopes up to x^2 exactly
        shares = SDIRK3.interpolation(np.array([x]))[0]
        for power in range(3):
            assert shares @ c**power == pytest.approx(x ** (power + 1) / (power + 1), rel=1e-12)
    np.testing.assert_allclose(SDIRK3.interpolation(np.array([1.0]))[0], b, rtol=1e-12)
    assert b @ a @ c == pytest.approx(1 / 6, rel=1e-12)
    for z in (*(-np.logspace(-2, 12, 60)), *(1j * np.logspace(-2, 4, 60))):
        growth = abs(1 + z * b @ np.linalg.solve(np.eye(stages) - z * a, np.ones(stages)))
        assert growth <= 1 + 1e-12
    assert growth < 1e-3


def test_implicit_steps_need_not_follow_fast_modes() -> None:
    """Rates up to 3,000 over a time of 4: explicit steps would be 4,500 for stability alone."""
    case = Case(directed=False)
    coupling = case.coupling(600.0 * case.weights, sparse=False)
    mesh = graded_mesh(horizon=HORIZON, steps=20, first=1e-4)
    assert len(mesh) < 60
    field = KuramotoField(coupling, case.omega, lag=0.0)
    trajectory = Trajectory(field, 0.5 * case.start, mesh=mesh, times=TIMES[1:], tableau=SDIRK3, keep=False)
    expected = accurate_phases(
        coupling.matrix().numpy(),
        case.omega.numpy(),
        0.5 * case.start.numpy(),
        lag=0.0,
        times=TIMES[1:],
        tolerance=1e-11,
    )
    np.testing.assert_allclose(trajectory.phases().numpy(), expected, atol=1e-4)


def test_meshes() -> None:
    mesh = graded_mesh(horizon=5.0, steps=50, first=1e-3)
    lengths = np.diff(mesh)
    assert (mesh[0], mesh[-1]) == (0.0, 5.0)
    assert lengths[0] == pytest.approx(1e-3)
    assert lengths.max() <= 0.1 + 1e-12
    assert (lengths[1:] / lengths[:-1]).max() <= 1.5 + 1e-9
    np.testing.assert_allclose(
        graded_mesh(horizon=5.0, steps=50, first=0.1), np.linspace(0, 5, 51), atol=1e-12
    )
    finer = split(mesh, parts=4)
    np.testing.assert_array_equal(finer[::4], mesh)
    np.testing.assert_allclose(np.diff(finer), np.repeat(lengths / 4, 4), rtol=1e-9)


@pytest.mark.parametrize("tolerance", [1e-6, 1e-10])
def test_accurate_phases_are_those_of_another_method(tolerance: float) -> None:
    case = Case(directed=True)
    found = accurate_phases(
        case.coupling(case.weights, sparse=False).matrix().numpy(),
        case.omega.numpy(),
        case.start.numpy(),
        lag=LAG,
        times=TIMES,
        tolerance=tolerance,
    )
    np.testing.assert_allclose(found, case.reference(), atol=100 * tolerance)
