"""Noise: its moments, its unit, its end, its seed."""

import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model import ConstrainedWeights, FeasibleSet, Noise
from gradnet_cli.model.noise import SCHEDULES
from tests.samples import random_problem

SAMPLES = 20_000  # a mean is off by 1/sqrt(SAMPLES) = 0.7 % standard deviations, so that 4 % are > 5 of them


def noise(
    *,
    additive: float = 0.0,
    multiplicative: float = 0.0,
    samples: int = SAMPLES,
    schedule: str = "constant",
    seed: int = 0,
) -> Noise:
    return Noise(
        additive=additive, multiplicative=multiplicative, samples=samples, schedule=schedule, seed=seed
    )


def test_multiplicative_noise_is_relative_to_each_weight() -> None:
    weights = torch.tensor([0.0, 1.0, 10.0], dtype=torch.float64)
    drawn = noise(multiplicative=0.2).disturb(weights, amplitude=0.5, unit=7.0)
    assert drawn.shape == (SAMPLES, 3)
    np.testing.assert_allclose(drawn.mean(0), weights, atol=0.04 * 10)
    np.testing.assert_allclose(drawn.std(0), 0.1 * weights, rtol=0.04)


def test_additive_noise_is_in_units_of_the_uniform_weight() -> None:
    weights = torch.tensor([0.0, 1.0, 10.0], dtype=torch.float64)
    drawn = noise(additive=0.2).disturb(weights, amplitude=0.5, unit=7.0)
    np.testing.assert_allclose(drawn.std(0), 0.7, rtol=0.04)
    correlation = np.corrcoef(drawn.T.numpy()) - np.eye(3)
    assert np.abs(correlation).max() < 0.04


def test_the_unit_grows_with_the_budget() -> None:
    deviations = []
    for value in (1.0, 100.0):
        problem = random_problem(0, budget={"kind": "total", "value": value}, signs={"result": "any"})
        feasible = FeasibleSet(problem)
        model = ConstrainedWeights(
            feasible, delta=feasible.uniform(), noise=noise(additive=0.1, samples=500), updates=5
        )
        deviations.append(float(model(0).weights.detach().std(0).mean()))
        assert deviations[-1] == pytest.approx(0.1 * float(feasible.uniform().mean()), rel=0.04)
    assert deviations[1] / deviations[0] == pytest.approx(100, rel=1e-9)  # the same numbers are drawn


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_anneals(schedule: str) -> None:
    amplitudes = [noise(additive=0.1, schedule=schedule).amplitude(step=step, updates=8) for step in range(9)]
    assert amplitudes[0] == 1.0
    assert amplitudes[-1] == (1.0 if schedule == "constant" else 0.0)
    assert (np.diff(amplitudes) <= 0).all()
    assert amplitudes[4] == pytest.approx(1.0 if schedule == "constant" else 0.5, abs=1e-12)


def test_the_last_network_and_evaluation_are_without_noise() -> None:
    feasible = FeasibleSet(random_problem(0))
    model = ConstrainedWeights(
        feasible, delta=feasible.uniform(), noise=noise(additive=0.1, samples=3, schedule="linear"), updates=4
    )
    assert model(3).weights.shape == (3, len(feasible.cost))
    assert model.disturbed(3)
    assert not model.disturbed(4)
    torch.testing.assert_close(model(4).weights, model.weights, rtol=0, atol=0)
    model.eval()
    torch.testing.assert_close(model(0).weights, model.weights, rtol=0, atol=0)


def test_seed() -> None:
    weights = torch.ones(5, dtype=torch.float64)
    first, same, other = (
        noise(additive=0.1, multiplicative=0.1, samples=2, seed=seed).disturb(weights, amplitude=1, unit=1)
        for seed in (3, 3, 4)
    )
    torch.testing.assert_close(first, same, rtol=0, atol=0)
    assert not torch.equal(first, other)
    assert not torch.equal(first[0], first[1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"additive": -0.1}, r"noise\.additive = -0\.1"),
        ({"multiplicative": float("nan")}, r"noise\.multiplicative = \.nan"),
        ({"additive": 0.1, "samples": 0}, r"noise\.samples = 0"),
        ({"samples": 2}, r"noise\.samples = 2: .*alike"),
        ({"schedule": "lineal"}, r"noise\.schedule = lineal: .*Did you mean linear\?"),
    ],
)
def test_refuses(settings: dict, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        noise(**{"samples": 1, **settings})
