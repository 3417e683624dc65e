"""What of a feasible set a monotone purpose needs, and the same set seen as money."""

import cvxpy as cp
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.simplex import BudgetSimplex
from gradnet_cli.problem import Problem
from tests.assertions import assert_feasible
from tests.properties.test_feasible import problems, random_deltas
from tests.samples import random_problem


@given(problem=problems(), grows=st.booleans(), seed=st.integers(0, 99))
def test_what_is_left_is_feasible(problem: Problem, grows: bool, seed: int) -> None:
    narrowed = FeasibleSet(problem).narrowed(grows)
    for delta in random_deltas(narrowed, seed, 3):
        assert_feasible(problem, delta.numpy())
    for start in (narrowed.uniform(), narrowed.even(), narrowed.random(torch.Generator().manual_seed(seed))):
        assert_feasible(problem, start.numpy())


@given(problem=problems(p=1.0), grows=st.booleans(), seed=st.integers(0, 99))
def test_nothing_better_is_left_out(problem: Problem, grows: bool, seed: int) -> None:
    """A monotone linear function reaches as much on what is left as on all that is allowed."""
    slope = np.random.default_rng(seed).exponential(size=problem.edges) * (1 if grows else -1)
    whole, narrowed = FeasibleSet(problem), FeasibleSet(problem).narrowed(grows)
    best = max((float(slope @ delta.numpy()) for delta in random_deltas(whole, seed, 8)), default=-np.inf)
    limit = narrowed.support(slope)
    size = float(np.abs(slope).max()) * (problem.edge_budget or 1.0) / problem.cost.min()
    assert best <= limit + 1e-9 * size
    assert limit <= whole.support(slope) + 1e-9 * size


@given(problem=problems(p=1.0), grows=st.booleans(), seed=st.integers(0, 99))
def test_support_of_one_sign_is_the_linear_program(problem: Problem, grows: bool, seed: int) -> None:
    """Also where the budget has to be spent on what does harm."""
    feasible = FeasibleSet(problem).narrowed(grows)
    simplex = feasible.simplex
    assume(simplex is not None and feasible.exact)
    assert simplex is not None
    slope = np.random.default_rng(seed).normal(size=problem.edges)
    room = np.full(problem.edges, 1e9) if simplex.most is None else simplex.most.numpy().clip(max=1e9)
    least = np.zeros(problem.edges) if simplex.least is None else simplex.least.numpy()
    solution = linprog(
        -simplex.sign * slope,
        A_eq=problem.cost[None],
        b_eq=[problem.edge_budget],
        bounds=list(zip(least, room, strict=True)),
        method="highs",
    )
    assert solution.status == 0
    rounding = 1e-9 * float(np.abs(slope).max()) * problem.edge_budget / problem.cost.min()
    assert feasible.support(slope) == pytest.approx(-solution.fun, rel=1e-7, abs=rounding)


@pytest.mark.parametrize("p", [1.5, 2.0, 4.0])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_support_with_limits_is_the_cone_program(p: float, share: float) -> None:
    problem = random_problem(
        7, nodes=10, base="positive", budget={"kind": "relative", "value": share, "p": p},
        signs={"change": "decrease"},
    )  # fmt: skip
    feasible = FeasibleSet(problem).narrowed(False)
    slope = -np.random.default_rng(1).exponential(size=problem.edges)
    removed = cp.Variable(problem.edges, nonneg=True)
    rules = [removed <= problem.base, cp.pnorm(cp.multiply(problem.cost, removed), p) <= problem.edge_budget]
    program = cp.Problem(cp.Maximize(-slope @ removed), rules)
    program.solve(solver="CLARABEL")
    assert feasible.support(slope) == pytest.approx(program.value, rel=1e-6)


def simplex_of(*, sign: float = 1.0, p: float = 1.0, most: torch.Tensor | None = None) -> BudgetSimplex:
    price = torch.tensor([1.0, 2.0, 0.5, 4.0], dtype=torch.float64)
    return BudgetSimplex(sign=sign, price=price, most=most, p=p)


class TestMoney:
    @pytest.mark.parametrize("sign", [1.0, -1.0])
    @pytest.mark.parametrize("p", [1.0, 1.5, 2.0])
    def test_slope_is_that_of_the_change(self, sign: float, p: float) -> None:
        simplex = simplex_of(sign=sign, p=p)
        money = torch.tensor([0.1, 0.7, 2.0, 1.3], dtype=torch.float64, requires_grad=True)

        def loss(delta: torch.Tensor) -> torch.Tensor:
            return (delta**2 @ torch.arange(1.0, 5.0).double()) + delta.sin().sum()

        loss(simplex.change(money)).backward()
        delta = simplex.change(money.detach()).requires_grad_()
        loss(delta).backward()
        torch.testing.assert_close(simplex.slope(delta.grad, money.detach()), money.grad)
        torch.testing.assert_close(simplex.money(delta.detach()), money.detach())

    @given(seed=st.integers(0, 10**4))
    def test_spends_the_total_within_limits(self, seed: int) -> None:
        generator = np.random.default_rng(seed)
        most = torch.as_tensor(generator.exponential(size=4) * (generator.random(4) < 0.8))
        simplex = simplex_of(most=most)
        money = torch.as_tensor(generator.exponential(size=4) * 10.0 ** generator.uniform(-6, 6))
        affordable = float(simplex.paid(most))
        total = affordable * generator.uniform(0.01, 0.99)
        spent = simplex.spend(money, total)
        assert float(simplex.paid(spent)) == pytest.approx(total, rel=1e-12)
        assert bool((spent <= most).all())
        # Those below their limit have kept their proportions, those at it would have more.
        free = spent < most * (1 - 1e-12)
        factors = (spent / money)[free]
        if len(factors):
            torch.testing.assert_close(factors, factors[:1].expand_as(factors))
            assert bool(((spent / money)[~free] <= factors[0] * (1 + 1e-9)).all())
        everything = simplex.spend(money, 2 * affordable)
        torch.testing.assert_close(everything, most)
