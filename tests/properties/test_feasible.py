"""The feasible set: its members are feasible, and its support function bounds what any of them earns."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from gradnet_cli.errors import SettingError
from gradnet_cli.model import ConstrainedWeights, FeasibleSet, Noise
from gradnet_cli.problem import Problem
from tests.assertions import SINGLE_ROUNDING, assert_feasible
from tests.samples import random_problem

SILENT = Noise(additive=0.0, multiplicative=0.0, samples=1, schedule="constant", seed=0)


@st.composite
def problems(draw: st.DrawFn, *, p: float | None = None) -> Problem:
    """Random masks and costs with every combination of signs, base and budget that Problem accepts."""
    settings: dict[str, Any] = {
        "seed": draw(st.integers(0, 10**6)),
        "base": draw(st.sampled_from(["none", "positive", "any"])),
        "signs": {
            "change": draw(st.sampled_from(["any", "increase", "decrease"])),
            "result": draw(st.sampled_from(["nonnegative", "any"])),
        },
    }
    kind = draw(st.sampled_from(["total", "per_node", "none"]))
    if kind == "none":
        budget: dict[str, Any] = {"kind": "none"}
    else:
        budget = {
            "kind": kind,
            "value": 10 ** draw(st.floats(-2, 2)),
            "rule": draw(st.sampled_from(["exact", "at_most"])),
            "p": p or draw(st.sampled_from([1.0, 1.5, 2.0, 4.0])),
        }
    try:
        return random_problem(**settings, budget=budget)
    except SettingError:  # that budget and these signs are refused with this base
        return random_problem(settings["seed"], budget=budget)


def random_deltas(feasible: FeasibleSet, seed: int, count: int) -> list[torch.Tensor]:
    """Feasible points far and near: projections of random vectors of many sizes."""
    generator = np.random.default_rng(seed)
    sizes = 10.0 ** generator.uniform(-1, 3, count) * feasible.scale
    draws = (generator.normal(size=len(feasible.cost)) * size for size in sizes)
    return [feasible.project(torch.as_tensor(draw).to(feasible.cost)) for draw in draws]


@given(problem=problems(), seed=st.integers(0, 99))
def test_projections_are_feasible(problem: Problem, seed: int) -> None:
    for delta in random_deltas(FeasibleSet(problem), seed, 5):
        assert_feasible(problem, delta.numpy())


@given(
    seed=st.integers(0, 10**6),
    exponent=st.sampled_from([0.1, 0.3, 0.5, 0.9]),
    rule=st.sampled_from(["exact", "at_most"]),
    base=st.sampled_from(["none", "positive"]),
)
def test_projections_are_feasible_with_an_economy_of_scale(
    seed: int, exponent: float, rule: str, base: str
) -> None:
    budget = {"kind": "total", "value": 30.0, "rule": rule, "exponent": exponent}
    problem = random_problem(seed, base=base, budget=budget, signs={"change": "increase"})
    feasible = FeasibleSet(problem)
    for delta in [*random_deltas(feasible, seed, 5), feasible.uniform(), feasible.even()]:
        assert_feasible(problem, delta.numpy())


@given(problem=problems(), seed=st.integers(0, 99))
def test_projections_are_feasible_in_single_precision(problem: Problem, seed: int) -> None:
    for delta in random_deltas(FeasibleSet(problem, dtype=torch.float32), seed, 5):
        assert delta.dtype == torch.float32
        assert_feasible(problem, delta.numpy(), tolerance=SINGLE_ROUNDING)


@given(problem=problems(), seed=st.integers(0, 99))
def test_starts_are_feasible(problem: Problem, seed: int) -> None:
    feasible = FeasibleSet(problem)
    assert_feasible(problem, feasible.uniform().numpy())
    assert_feasible(problem, feasible.random(torch.Generator().manual_seed(seed)).numpy())


@given(problem=problems(), seed=st.integers(0, 99))
def test_random_starts_differ_and_repeat(problem: Problem, seed: int) -> None:
    feasible = FeasibleSet(problem)
    first, same, other = (feasible.random(torch.Generator().manual_seed(s)) for s in (seed, seed, seed + 1))
    torch.testing.assert_close(first, same, rtol=0, atol=0)
    if problem.budget.kind == "none" and (feasible.lower < feasible.upper).any():
        assert not torch.equal(first, other)  # with a budget, bounds may leave a single point


def test_random_starts_with_free_signs_have_both_at_all_sizes() -> None:
    problem = random_problem(1, nodes=60, signs={"result": "any"})
    delta = FeasibleSet(problem).random(torch.Generator().manual_seed(0)).numpy()
    up, down = delta[delta > 0], -delta[delta < 0]
    assert min(len(up), len(down)) > len(delta) / 4
    assert up.min() < np.median(down) < up.max()
    assert down.min() < np.median(up) < down.max()


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ({"kind": "per_node", "value": 2.0}, 2.0),
        ({"kind": "total", "value": 8.0, "rule": "at_most"}, 8.0 / 12),
    ],
)
def test_uniform_is_the_same_on_every_edge(budget: dict[str, Any], expected: float) -> None:
    """expected: mean over nodes of the summed cost * weight."""
    problem = random_problem(3, nodes=12, budget=budget)
    delta = FeasibleSet(problem).uniform().numpy()
    np.testing.assert_allclose(delta, delta[0], rtol=1e-12)
    assert 2 * float(problem.cost @ delta) / 12 == pytest.approx(expected, rel=1e-12)


class TestSupport:
    @given(problem=problems(), seed=st.integers(0, 99))
    def test_is_an_upper_bound(self, problem: Problem, seed: int) -> None:
        feasible = FeasibleSet(problem)
        generator = np.random.default_rng(seed)
        for _ in range(3):
            slope = generator.normal(size=problem.edges) * (generator.random(problem.edges) < 0.7)
            support = feasible.support(slope)
            for delta in random_deltas(feasible, seed, 5):
                earned = float(slope @ delta.numpy())
                size = float(np.abs(slope) @ np.abs(delta.numpy()))
                assert earned <= support + 1e-9 * size

    @given(problem=problems(p=1.0), seed=st.integers(0, 99))
    def test_is_the_linear_program(self, problem: Problem, seed: int) -> None:
        """At most: exact. On a simplex too. Else an exact budget may only make the true value smaller."""
        feasible = FeasibleSet(problem)
        generator = np.random.default_rng(seed)
        slope = generator.normal(size=problem.edges)
        up = np.clip(problem.upper, 0, 1e9)
        down = np.clip(-problem.lower, 0, 1e9)
        # delta = rise - fall; the parts that signs demand are paid too
        bounds = [
            *zip(np.clip(problem.lower, 0, None), up, strict=True),
            *zip(np.zeros(problem.edges), down, strict=True),
        ]
        paid = np.concatenate([problem.cost, problem.cost])
        limits: dict[str, Any] = {}
        if problem.edge_budget is not None:
            key = "eq" if feasible.simplex else "ub"
            limits = {f"A_{key}": paid[None], f"b_{key}": [problem.edge_budget]}
        solution = linprog(np.concatenate([-slope, slope]), bounds=bounds, method="highs", **limits)
        assert solution.status == 0
        support = feasible.support(slope)
        if np.isinf(support):
            assert -solution.fun > 1e6  # the box of the program is all that holds it
            return
        rounding = 1e-9 * float(np.abs(slope).max()) * (problem.edge_budget or 1.0) / problem.cost.min()
        assert support >= -solution.fun - rounding
        if not (problem.lower > 0).any():  # else what must be bought is counted as if it were a choice
            assert support == pytest.approx(-solution.fun, rel=1e-7, abs=rounding)

    @pytest.mark.parametrize("p", [1.5, 2.0, 4.0])
    def test_is_attained_with_free_signs(self, p: float) -> None:
        """Equality in Hoelder's inequality: cost * delta proportional to (slope / cost)^(q - 1)."""
        problem = random_problem(4, budget={"kind": "total", "value": 3.0, "p": p}, signs={"result": "any"})
        feasible = FeasibleSet(problem)
        slope = np.random.default_rng(0).normal(size=problem.edges)
        rate = slope / problem.cost
        delta = np.sign(rate) * np.abs(rate) ** (1 / (p - 1)) / problem.cost
        delta *= problem.budget_total / problem.spent(delta)
        assert feasible.support(slope) == pytest.approx(float(slope @ delta), rel=1e-12)


class TestBounds:
    """An edge at a bound still has its gradient."""

    def build(self, problem: Problem, delta: np.ndarray) -> ConstrainedWeights:
        feasible = FeasibleSet(problem)
        return ConstrainedWeights(feasible, delta=torch.as_tensor(delta), noise=SILENT, updates=10)

    def test_an_edge_at_zero_comes_back(self) -> None:
        problem = random_problem(2, nodes=6, spread=0.0)
        delta = np.ones(problem.edges)
        delta[0] = 0.0
        model = self.build(problem, delta * problem.edge_budget / delta.sum())
        assert float(model.delta[0].detach()) == 0.0
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        loss = -model(0).weights[0]
        loss.backward()
        assert float(model.parameter.grad[0]) < 0
        optimizer.step()
        model.project()
        assert float(model.delta[0].detach()) > 0
        assert_feasible(problem, model.delta.detach().numpy())

    def test_also_when_noise_has_pushed_it_below(self) -> None:
        problem = random_problem(2, nodes=6)
        noise = Noise(additive=0.5, multiplicative=0.0, samples=64, schedule="constant", seed=0)
        feasible = FeasibleSet(problem)
        delta = feasible.uniform()
        delta[0] = 0.0
        model = ConstrainedWeights(feasible, delta=delta, noise=noise, updates=10)
        network = model(0)
        assert network.weights.shape == (64, problem.edges)
        assert bool((network.weights >= 0).all())
        assert bool((network.weights[:, 0] == 0).any())
        network.weights.sum().backward()
        np.testing.assert_allclose(model.parameter.grad.numpy(), 64 * model.unit)

    def test_a_removed_base_edge_comes_back(self) -> None:
        problem = random_problem(
            5, nodes=8, base="positive", budget={"kind": "none"}, signs={"change": "decrease"}
        )
        model = self.build(problem, -problem.base)
        assert float(model.weights.detach().abs().max()) <= 1e-15
        loss = -model(0).weights.sum()
        loss.backward()
        torch.optim.SGD(model.parameters(), lr=1e-3).step()
        model.project()
        weights = model.weights.detach().numpy()
        assert (weights[problem.base > 1e-2] > 0).all()
        assert_feasible(problem, model.delta.detach().numpy())
