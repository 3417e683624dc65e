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
