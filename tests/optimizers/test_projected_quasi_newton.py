"""Projected quasi-Newton steps: against convex programs, and against what less freedom gives."""

from typing import Any

import cvxpy as cp
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.numerics.convex.curvature import Curvature
from gradnet_cli.problem import Problem
from tests.assertions import assert_feasible
from tests.samples import random_problem

CASES: dict[str, dict[str, Any]] = {
    "base, free signs": {"base": "positive"},
    "base, nothing below zero": {"base": "positive", "signs": {"result": "any"}},
    "decrease": {"base": "positive", "signs": {"change": "decrease"}},
    "at most": {},
    "ball": {"signs": {"result": "any"}, "p": 2.0},
    "no budget": {"kind": "none"},
}


def misfit(network: gn.Network, *, goal: torch.Tensor, stiffness: torch.Tensor) -> torch.Tensor:
    """A badly conditioned quadratic function of the weights."""
    away = network.weights - goal
    return (stiffness * away.square()).sum() + 0.5 * (away.sum()) ** 2


def problem_of(case: str) -> Problem:
    settings = dict(CASES[case])
    kind, p = settings.pop("kind", "total"), settings.pop("p", 1.0)
    rule = "at_most"
    budget = {"kind": "none"} if kind == "none" else {"kind": kind, "value": 3.0, "rule": rule, "p": p}
    return random_problem(11, nodes=9, budget=budget, **settings)


def least(problem: Problem, goal: np.ndarray, stiffness: np.ndarray) -> float:
    """The same by a convex program."""
    delta = cp.Variable(problem.edges)
    away = problem.base + delta - goal
    rules = []
    lower, upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    rules += [delta[lower] >= problem.lower[lower]] if lower.any() else []
    rules += [delta[upper] <= problem.upper[upper]] if upper.any() else []
    if problem.edge_budget is not None:
        rules += [cp.pnorm(cp.multiply(problem.cost, delta), problem.budget.p) <= problem.edge_budget]
    program = cp.Problem(
        cp.Minimize(cp.sum(cp.multiply(stiffness, cp.square(away))) + 0.5 * cp.square(cp.sum(away))), rules
    )
    program.solve(solver="CLARABEL")
    return float(program.value)


@pytest.mark.parametrize("case", CASES)
def test_reaches_the_optimum_of_a_convex_program(case: str) -> None:
    problem = problem_of(case)
    generator = np.random.default_rng(5)
    goal = generator.normal(size=problem.edges)
    stiffness = 10.0 ** generator.uniform(-1, 2, problem.edges)
    result = gn.optimize(
        problem,
        objective=lambda network: misfit(
            network, goal=torch.as_tensor(goal), stiffness=torch.as_tensor(stiffness)
        ),
        sense="minimize",
        concave=True,
        smooth=True,
        optimizer="projected_quasi_newton",
        updates=300,
        stop={"gap": None},
        progress="none",
    )
    best = least(problem, goal, stiffness)
    assert_feasible(problem, result.weights - problem.base)
    assert result.score == pytest.approx(best, rel=1e-4)
    assert result.score >= best * (1 - 1e-6)
    if result.bound is not None:
        assert result.bound <= best * (1 + 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("wider", [{"signs": {"result": "any"}}, {"budget": {"rule": "at_most"}}])
def test_freedom_is_no_loss_for_oscillators(wider: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        "nodes": 20, "directed": True, "objective": "kuramoto_synchrony", "updates": 300, "progress": "none"
    }  # fmt: skip
    strict = gn.optimize("complete", **arguments)
    free = gn.optimize("complete", **arguments, **wider)
    assert free.score >= strict.score - 1e-7


def test_the_matrix_is_that_of_bfgs() -> None:
    """Updates one by one, B <- B - B s s' B / s' B s + y y' / y' s (Nocedal and Wright 2006)."""
    generator = np.random.default_rng(0)
    hessian = generator.normal(size=(8, 8))
    hessian = hessian @ hessian.T + np.eye(8)
    moved = generator.normal(size=(3, 8))
    turned = moved @ hessian
    matrix = np.eye(8) * (turned[-1] @ turned[-1]) / (turned[-1] @ moved[-1])
    for s, y in zip(moved, turned, strict=True):
        matrix = matrix - np.outer(matrix @ s, matrix @ s) / (s @ matrix @ s) + np.outer(y, y) / (y @ s)
    curvature = Curvature(
        [(torch.as_tensor(s), torch.as_tensor(y)) for s, y in zip(moved, turned, strict=True)]
    )
    vector = generator.normal(size=8)
    np.testing.assert_allclose(curvature.times(torch.as_tensor(vector)).numpy(), matrix @ vector, rtol=1e-10)
