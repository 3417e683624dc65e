"""The projection onto a ball of a p-norm within bounds: against a cone program."""

import cvxpy as cp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradnet_cli.model.projections import project_ball
from tests.properties.test_projections import ROUNDING, SINGLE_ROUNDING, cases


@pytest.mark.parametrize("p", [1.5, 2.0, 4.0])
class TestBall:
    @given(data=st.data())
    def test_feasible(self, p: float, data: st.DataObject) -> None:
        case = data.draw(cases(p=p))
        delta = project_ball(**case._asdict(), p=p)
        assert case.within(delta)
        assert case.spent(delta, p) <= case.budget * (1 + ROUNDING)
        within = case.x.clamp(case.lower, case.upper)
        if case.spent(within, p) > case.budget:  # the nearest lies on the boundary
            assert case.spent(delta, p) >= case.budget * (1 - ROUNDING)

    def test_a_bracket_that_meets_the_budget_at_once(self, p: float) -> None:
        """v = 1 is the middle of the first bracket; rounding decides on which side of the budget it lies."""
        free = torch.full((3,), torch.inf, dtype=torch.float64)
        for seed in range(40):
            z = torch.rand(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
            x, cost = z + z ** (p - 1), torch.ones_like(z)
            budget = float(torch.linalg.vector_norm(z, ord=p))
            found = project_ball(x, cost=cost, budget=budget, lower=-free, upper=free, p=p)
            torch.testing.assert_close(found, z, rtol=1e-9, atol=1e-12)

    @given(data=st.data())
    def test_feasible_in_single_precision(self, p: float, data: st.DataObject) -> None:
        case = data.draw(cases(p=p)).single()
        delta = project_ball(**case._asdict(), p=p)
        assert case.within(delta)
        assert case.spent(delta, p) <= case.budget * (1 + SINGLE_ROUNDING)

    @given(data=st.data())
    def test_what_is_cheap_enough_stays(self, p: float, data: st.DataObject) -> None:
        case = data.draw(cases(p=p, bounds="nonnegative"))
        inside = case.x.abs() * (0.5 * case.budget / max(case.spent(case.x, p), 1e-300))
        delta = project_ball(**case._replace(x=inside)._asdict(), p=p)
        torch.testing.assert_close(delta, inside, rtol=0.0, atol=0.0)

    @pytest.mark.parametrize("seed", range(3))
    def test_nearest(self, p: float, seed: int) -> None:
        generator = np.random.default_rng(seed)
        x, cost = generator.normal(size=8) * 3, generator.lognormal(size=8)
        upper = np.where(generator.random(8) < 0.5, np.inf, generator.random(8))
        lower = np.where(generator.random(8) < 0.5, -np.inf, 0.0)
        found = project_ball(
            torch.as_tensor(x), cost=torch.as_tensor(cost), budget=2.0,
            lower=torch.as_tensor(lower), upper=torch.as_tensor(upper), p=p,
        ).numpy()  # fmt: skip
        delta = cp.Variable(8)
        low, high = np.isfinite(lower), np.isfinite(upper)
        rules = [
            delta[low] >= lower[low],
            delta[high] <= upper[high],
            cp.pnorm(cp.multiply(cost, delta), p) <= 2.0,
        ]
        program = cp.Problem(cp.Minimize(cp.sum_squares(delta - x)), rules)
        program.solve(solver="CLARABEL")
        assert float(((found - x) ** 2).sum()) == pytest.approx(program.value, rel=1e-6)
