"""Projections keep to budget and bounds, and project_budget finds the nearest point."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gradnet_cli.model.projections import project_box, project_budget, project_tangent, scale_to_budget

ROUNDING = 1e-9
SINGLE_ROUNDING = 1e-5


class Case(NamedTuple):
    """x, cost, lower and upper (E,), and a budget that can be spent exactly."""

    x: Tensor
    cost: Tensor
    lower: Tensor
    upper: Tensor
    budget: float

    def spent(self, delta: Tensor, p: float = 1.0) -> float:
        return float(torch.linalg.vector_norm((self.cost * delta).double(), ord=p))

    def within(self, delta: Tensor, tolerance: float = 0.0) -> bool:
        return bool(((delta >= self.lower - tolerance) & (delta <= self.upper + tolerance)).all())

    def single(self) -> "Case":
        return Case(*(tensor.float() for tensor in self[:4]), self.budget)


@st.composite
def cases(draw: st.DrawFn, *, p: float = 1.0, bounds: str | None = None) -> Case:
    """Wild ones too: costs over four decades, x up to 10^6 times the budget's scale, entries at bounds."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    edges = draw(st.integers(1, 12))
    cost = 10 ** generator.uniform(-2, 2, edges) if draw(st.booleans()) else np.ones(edges)
    x = generator.normal(size=edges) * 10 ** draw(st.sampled_from([-6, -2, 0, 0, 2, 6]))
    x[generator.random(edges) < 0.2] = 0.0
    base = generator.exponential(size=edges) * (generator.random(edges) < 0.8)
    base[draw(st.integers(0, edges - 1))] = 1.0
    infinite = np.full(edges, np.inf)
    kind = bounds or draw(st.sampled_from(["nonnegative", "free", "base", "decrease", "mandatory"]))
    lower, upper = {
        "nonnegative": (np.zeros(edges), infinite),
        "free": (-infinite, infinite),
        "base": (-base, infinite),
        "decrease": (-base, np.zeros(edges)),
        "mandatory": (base * generator.choice([-1.0, 1.0], size=edges), infinite),
    }[kind]
    least = np.linalg.norm(cost * np.clip(0.0, lower, upper), ord=p)
    most = np.linalg.norm(cost * np.maximum(-lower, upper), ord=p)
    share = draw(st.floats(0.01, 0.99))
    budget = least + share * (most - least) if np.isfinite(most) else least + 10 ** (4 * share - 2)
    return Case(*(torch.as_tensor(array) for array in (x, cost, lower, upper)), float(budget))


def outward_is_up(case: Case) -> Tensor:
    """Which entries may only be, or want to be, positive."""
    return (case.lower >= 0) | ((case.upper > 0) & (case.x >= 0))


def random_feasible(case: Case, generator: np.random.Generator, *, exact: bool) -> Tensor:
    """Any feasible point with the signs of x: the boundary point on a line from the least to a large one."""
    sign = torch.where(outward_is_up(case), 1.0, -1.0).double()
    draws = torch.as_tensor(generator.exponential(size=len(sign)) * (generator.random(len(sign)) < 0.7))

    def point(size: float) -> Tensor:
        return (sign * draws * size).clamp(case.lower, case.upper)

    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if case.spent(point(middle)) <= case.budget else (low, middle)
    return point(low if exact else low * generator.random())


@given(case=cases(), exact=st.booleans())
def test_nearest_point_is_feasible(case: Case, exact: bool) -> None:
    delta = project_budget(**case._asdict(), exact=exact)
    assert case.within(delta)
    assert case.spent(delta) <= case.budget * (1 + ROUNDING)
    if exact:
        assert case.spent(delta) >= case.budget * (1 - ROUNDING)


@given(case=cases(), exact=st.booleans())
def test_nearest_point_in_single_precision(case: Case, exact: bool) -> None:
    single = case.single()
    delta = project_budget(**single._asdict(), exact=exact)
    assert delta.dtype == torch.float32
    assert single.within(delta)
    assert single.spent(delta) <= case.budget * (1 + SINGLE_ROUNDING)
    if exact:
        assert single.spent(delta) >= case.budget * (1 - SINGLE_ROUNDING)


@given(case=cases(), exact=st.booleans())
def test_no_feasible_point_is_nearer(case: Case, exact: bool) -> None:
    delta = project_budget(**case._asdict(), exact=exact)
    distance = float((delta - case.x).norm())
    generator = np.random.default_rng(0)
    for _ in range(10):
        other = random_feasible(case, generator, exact=exact)
        if exact and case.spent(other) < case.budget * (1 - ROUNDING):
            continue  # its zeros leave no room for the budget
        # Distances from a far x are rounded to its own last digits.
        assert distance <= float((other - case.x).norm()) * (1 + 1e-12) + 1e-9 * case.budget


@given(case=cases(), exact=st.booleans())
def test_the_multiplier_is_one_for_all(case: Case, exact: bool) -> None:
    """KKT: entries strictly inside have x - d = tau c sign(d) with one tau; >= 0 if less may be spent."""
    delta = project_budget(**case._asdict(), exact=exact)
    sign = delta.sign()
    tau = sign * (case.x - delta) / case.cost
    inside = (delta != 0) & (delta > case.lower) & (delta < case.upper)
    if not inside.any():
        return
    rounding = 1e-12 * float(case.x.abs().max() + case.budget / case.cost.min()) / float(case.cost.min())
    level = float(tau[inside].mean())
    assert float((tau[inside] - level).abs().max()) <= rounding
    if not exact:
        assert level >= -rounding
        if case.spent(delta) < case.budget * (1 - ROUNDING):
            assert abs(level) <= rounding
    # What is off would want to go further out of bounds, or is too expensive to begin with.
    outward = torch.where(outward_is_up(case), case.x, -case.x)
    off = (delta == 0) & (torch.where(outward_is_up(case), case.upper, -case.lower) > 0)
    assert bool((outward[off] / case.cost[off] <= level + rounding).all())


@given(case=cases(), exact=st.booleans())
def test_a_feasible_point_stays(case: Case, exact: bool) -> None:
    delta = project_budget(**case._asdict(), exact=exact)
    again = project_budget(**case._replace(x=delta)._asdict(), exact=exact)
    scale = case.budget / float(case.cost.min())
    torch.testing.assert_close(again, delta, rtol=1e-9, atol=1e-9 * scale)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("bounds", ["nonnegative", "free", "base", "decrease", "mandatory"])
def test_the_same_as_a_quadratic_program(bounds: str, exact: bool) -> None:
    cvxpy = pytest.importorskip("cvxpy")
    generator = np.random.default_rng(5)
    edges = 15
    cost = generator.lognormal(size=edges)
    x = generator.normal(size=edges)
    base = generator.exponential(size=edges)
    lower, upper = {
        "nonnegative": (np.zeros(edges), np.full(edges, 50.0)),
        "free": (np.full(edges, -50.0), np.full(edges, 50.0)),
        "base": (-base, np.full(edges, 50.0)),
        "decrease": (-base, np.zeros(edges)),
        "mandatory": (0.01 * base, np.full(edges, 50.0)),
    }[bounds]
    budget = 0.4 * float(cost @ np.abs(np.clip(x, lower, upper)))
    if exact and bounds in ("nonnegative", "decrease", "mandatory"):
        budget *= 3  # more than x costs, so that entries have to grow
        budget = min(budget, 0.9 * float(cost @ np.maximum(-lower, upper)))
    delta = cvxpy.Variable(edges)
    paid = cost @ cvxpy.abs(delta)
    if exact and bounds in ("nonnegative", "decrease", "mandatory"):
        sign = -1.0 if bounds == "decrease" else 1.0
        budget_rule = sign * cost @ delta == budget  # of one sign: convex
    else:
        budget_rule = paid <= budget  # x costs more, so that the budget is spent
    program = cvxpy.Problem(
        cvxpy.Minimize(cvxpy.sum_squares(delta - x)), [budget_rule, delta >= lower, delta <= upper]
    )
    program.solve(solver="CLARABEL")
    tensors = {"x": x, "cost": cost, "lower": lower, "upper": upper}
    found = project_budget(
        **{name: torch.as_tensor(value) for name, value in tensors.items()}, budget=budget, exact=exact
    )
    # Clarabel's own tolerance is 1e-8 on the squared distance.
    np.testing.assert_allclose(found.numpy(), delta.value, atol=1e-4)
    assert float(((found.numpy() - x) ** 2).sum()) <= program.value * (1 + 1e-7)


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 4.0])
class TestScaling:
    @given(data=st.data(), exact=st.booleans())
    def test_feasible(self, p: float, data: st.DataObject, exact: bool) -> None:
        case = data.draw(cases(p=p))
        delta = scale_to_budget(**case._asdict(), exact=exact, p=p)
        assert case.within(delta)
        assert case.spent(delta, p) <= case.budget * (1 + ROUNDING)
        if exact:
            assert case.spent(delta, p) >= case.budget * (1 - ROUNDING)

    @given(data=st.data(), exact=st.booleans())
    def test_feasible_in_single_precision(self, p: float, data: st.DataObject, exact: bool) -> None:
        case = data.draw(cases(p=p)).single()
        delta = scale_to_budget(**case._asdict(), exact=exact, p=p)
        assert case.within(delta)
        assert case.spent(delta, p) <= case.budget * (1 + SINGLE_ROUNDING)
        if exact:
            assert case.spent(delta, p) >= case.budget * (1 - SINGLE_ROUNDING)

    @given(data=st.data())
    def test_without_bounds_the_direction_stays(self, p: float, data: st.DataObject) -> None:
        case = data.draw(cases(p=p, bounds="free"))
        if not case.x.any():
            return
        delta = scale_to_budget(**case._asdict(), exact=True, p=p)
        expected = case.x * (case.budget / case.spent(case.x, p))
        torch.testing.assert_close(delta, expected, rtol=1e-9, atol=0.0)

    @given(data=st.data())
    def test_what_is_cheap_enough_stays(self, p: float, data: st.DataObject) -> None:
        case = data.draw(cases(p=p, bounds="nonnegative"))
        inside = case.x.abs() * (0.5 * case.budget / max(case.spent(case.x, p), 1e-300))
        delta = scale_to_budget(**case._replace(x=inside)._asdict(), exact=False, p=p)
        torch.testing.assert_close(delta, inside, rtol=0.0, atol=0.0)


def test_few_steps_where_bounds_leave_one_cheap_entry() -> None:
    """The bracket has to reach far beyond all x / cost: only an entry of tiny cost can spend the rest."""
    case = Case(
        x=torch.tensor([-2e6, 1e3], dtype=torch.float64),
        cost=torch.tensor([1.0, 1e-3], dtype=torch.float64),
        lower=torch.tensor([-0.1, 0.0], dtype=torch.float64),
        upper=torch.full((2,), torch.inf, dtype=torch.float64),
        budget=100.0,
    )
    delta = project_budget(**case._asdict(), exact=True)
    np.testing.assert_allclose(delta.numpy(), [-0.1, 99.9e3], rtol=1e-9)


@pytest.mark.parametrize("size", [1e-300, 1e20, 1e100, 1e200])
@pytest.mark.parametrize("exact", [True, False])
def test_comes_home_from_anywhere(size: float, exact: bool) -> None:
    """A learning rate may be absurd; the constraints hold all the same."""
    generator = np.random.default_rng(0)
    case = Case(
        x=torch.as_tensor(size * generator.normal(size=10)),
        cost=torch.as_tensor(generator.lognormal(size=10)),
        lower=torch.zeros(10, dtype=torch.float64),
        upper=torch.full((10,), torch.inf, dtype=torch.float64),
        budget=3.0,
    )
    for delta in (
        project_budget(**case._asdict(), exact=exact),
        scale_to_budget(**case._asdict(), exact=exact, p=2.0),
    ):
        assert case.within(delta)
    spent = case.spent(project_budget(**case._asdict(), exact=exact))
    assert spent <= 3.0 * (1 + ROUNDING)
    if exact or size > 1:
        assert spent >= 3.0 * (1 - ROUNDING)


@given(case=cases(bounds="base"), generator=st.integers(0, 2**32 - 1).map(np.random.default_rng))
def test_no_point_of_the_box_is_nearer(case: Case, generator: np.random.Generator) -> None:
    nearest = project_box(case.x, lower=case.lower, upper=case.upper)
    assert case.within(nearest)
    other = (case.lower + torch.as_tensor(generator.exponential(size=len(case.x)))).clamp(max=case.upper)
    assert float((nearest - case.x).norm()) <= float((other - case.x).norm())


@given(seed=st.integers(0, 2**32 - 1))
def test_the_tangent_is_the_nearest_direction_that_is_free(seed: int) -> None:
    """By the conditions of optimality: t - g is a multiple of n where t is free, and pushes outwards else."""
    generator = np.random.default_rng(seed)
    gradient, normal = (torch.as_tensor(generator.normal(size=12)) for _ in range(2))
    normal = normal.sign() * (normal.abs() + 0.1)
    place = torch.as_tensor(generator.integers(3, size=12))
    at_lower, at_upper = place == 1, place == 2
    tangent = project_tangent(gradient, normal=normal, at_lower=at_lower, at_upper=at_upper)
    assert float(normal @ tangent) == pytest.approx(0, abs=1e-12)
    assert bool((tangent[at_lower] <= 0).all())
    assert bool((tangent[at_upper] >= 0).all())
    free = tangent != 0
    if not bool(free.any()):
        return
    multiples = ((gradient - tangent) / normal)[free]
    torch.testing.assert_close(multiples, multiples.mean().expand_as(multiples), rtol=0, atol=1e-10)
    rest = gradient - multiples.mean() * normal
    assert bool((rest[at_lower & ~free] >= -1e-10).all())
    assert bool((rest[at_upper & ~free] <= 1e-10).all())
