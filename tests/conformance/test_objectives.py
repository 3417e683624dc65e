"""Every YAML of conf/objective, found by globbing, is built on small problems and held to what it declares.

Quick tests look at one problem, with each objective at another; slow ones at all that it takes.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.linear_solvers import SOLVERS
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem
from tests.assertions import assert_written
from tests.conformance.material import (
    PROBLEMS,
    STEMS,
    accepted,
    asked,
    built,
    candidates,
    config_of,
    draws,
    network,
    problems,
    slope,
    value,
)
from tests.runs import choices, composed, execute

POINTS = 20


QUICK = 1  # problem

everywhere = [
    pytest.param((name, None), marks=pytest.mark.slow, id=f"{name} everywhere")
    for name in choices("objective")
]


@pytest.fixture(params=[*(pytest.param((name, QUICK), id=name) for name in STEMS), *everywhere])
def asked_of(request: pytest.FixtureRequest) -> tuple[str, int | None]:
    """An objective, and on how many problems."""
    return request.param


@pytest.fixture
def stem(asked_of: tuple[str, int | None]) -> str:
    return asked_of[0]


@pytest.fixture
def taken(asked_of: tuple[str, int | None]) -> list[Problem]:
    name, most = asked_of
    found = problems(name, most=most)
    assert found, f"{name} takes none of the sample problems: add one to PROBLEMS"
    return found


@pytest.fixture
def cases(stem: str, taken: list[Problem]) -> list[tuple[Objective, Problem]]:
    return [(built(stem, problem), problem) for problem in taken]


def test_gradients_are_those_of_finite_differences(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        f = value(objective, problem)
        weights = next(draws(problem, 1, sparse=False))
        _, gradient = slope(objective, problem, weights)
        with torch.no_grad():
            error = objective(network(problem, weights), 0).error or 0.0
        for edge in np.random.default_rng(0).choice(problem.edges, size=min(8, problem.edges), replace=False):
            step = np.zeros(problem.edges)
            step[edge] = 1e-4 * weights[edge]
            difference = (f(weights + step) - f(weights - step)) / (2 * step[edge])
            # Truncation 1e-8, rounding 1e-12 / 1e-4, each relative to the curvature and the score; and what
            # the score itself may be off by.
            noise = 1e-5 * np.abs(gradient).max() + error / step[edge]
            assert gradient[edge] == pytest.approx(difference, rel=1e-4, abs=noise)


def test_concave(cases: list[tuple[Objective, Problem]]) -> None:
    """On segments, and by the slopes of evaluation: no network is above (below) any linear model."""
    for objective, problem in cases:
        if not objective.concave:
            pytest.skip("not declared")
        f, points = value(objective, problem), draws(problem, 2)
        for _ in range(POINTS):
            a, b = next(points), next(points)
            share = np.random.default_rng(0).uniform(0.2, 0.8)
            ends = (1 - share) * f(a) + share * f(b)
            if not np.isfinite(ends):
                continue  # a network in parts may be infinitely bad
            middle = f((1 - share) * a + share * b)
            assert objective.sign * middle >= objective.sign * ends - 1e-9 * abs(ends)


def test_several_optima_are_none_of_a_concave_score(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, _ in cases:
        assert not (objective.several_optima and objective.concave)


def test_relaxations_are_concave_and_no_worse(cases: list[tuple[Objective, Problem]]) -> None:
    """Whatever the network: what is proved of them is told of the objective."""
    for objective, problem in cases:
        relaxation = objective.relaxation()
        if relaxation is None:
            pytest.skip("has none")
        relaxation.prepare(problem)
        assert relaxation.concave
        assert relaxation.sign == objective.sign
        f, bound, points = value(objective, problem), value(relaxation.eval(), problem), draws(problem, 15)
        for _ in range(POINTS):
            weights = next(points)
            if np.isfinite(score := f(weights)):
                assert objective.sign * (bound(weights) - score) >= -1e-9 * abs(score)


def test_homogeneous(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        if not (objective.homogeneous or objective.reciprocal):
            pytest.skip("not declared")
        f = value(objective, problem)
        for weights, factor in zip(draws(problem, 3, sparse=False), (1e-3, 0.5, 7.0), strict=False):
            expected = f(weights) / factor if objective.reciprocal else f(weights) * factor
            assert f(factor * weights) == pytest.approx(expected, rel=1e-9)


def test_fractional(cases: list[tuple[Objective, Problem]]) -> None:
    """Slopes of numerator and denominator touch at their own network, and bound all others."""
    for objective, problem in cases:
        if not objective.fractional:
            pytest.skip("not declared")
        assert objective.sense == "minimize"
        f, points = value(objective, problem), draws(problem, 14, sparse=False)
        for _ in range(3):
            weights = next(points)
            fraction = objective.fraction(network(problem, weights))
            above, below = fraction.numerators, fraction.denominators
            assert (above @ weights).max() / (below @ weights).min() == pytest.approx(f(weights), rel=1e-9)
            for _ in range(POINTS):
                other = next(points)
                assert f(other) >= (above @ other).max() / (below @ other).min() * (1 - 1e-9)


def test_reciprocal(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        if not objective.reciprocal:
            pytest.skip("not declared")
        f, points = value(objective, problem), draws(problem, 4, sparse=False)
        for _ in range(POINTS):
            a, b = next(points), next(points)
            assert 1 / f((a + b) / 2) >= (1 / f(a) + 1 / f(b)) / 2 * (1 - 1e-9)


def test_curved(cases: list[tuple[Objective, Problem]]) -> None:
    """The diagonal of the Hessian, against differences of gradients."""
    for objective, problem in cases:
        if not objective.curved:
            pytest.skip("not declared")
        assert objective.concave
        objective.train()
        weights = next(draws(problem, 16, sparse=False))
        slope(objective, problem, weights)
        told = objective.curvature()
        for edge in np.random.default_rng(1).choice(problem.edges, size=min(8, problem.edges), replace=False):
            step = np.zeros(problem.edges)
            step[edge] = 1e-4 * weights[edge]
            above, below = (slope(objective, problem, at)[1] for at in (weights + step, weights - step))
            bent = -objective.sign * (above - below)[edge] / (2 * step[edge])
            assert told[edge] == pytest.approx(bent, rel=1e-5)


def test_logarithmic(cases: list[tuple[Objective, Problem]]) -> None:
    """exp(f/d) is homogeneous, and concave."""
    for objective, problem in cases:
        degree = objective.logarithmic
        if degree is None:
            pytest.skip("not declared")
        f, points = value(objective, problem), draws(problem, 15, sparse=False)
        for _ in range(POINTS):
            a, b = next(points), next(points)
            assert f(3.0 * a) == pytest.approx(f(a) + degree * np.log(3.0), rel=1e-9)
            assert np.exp(f((a + b) / 2) / degree) >= np.exp([f(a) / degree, f(b) / degree]).mean() - 1e-9


def test_monotone(cases: list[tuple[Objective, Problem]]) -> None:
    """Always up with weight, or always down."""
    for objective, problem in cases:
        if not objective.monotone:
            pytest.skip("not declared")
        f, points = value(objective, problem), draws(problem, 5, sparse=False)
        directions = set()
        for _ in range(POINTS):
            weights = next(points)
            before, gradient = slope(objective, problem, weights)
            after = f(weights + next(points))
            directions |= {np.sign(after - before)} | set(np.sign(gradient[np.abs(gradient) > 1e-12]))
        assert directions in ({1.0}, {-1.0})


def test_slopes_of_training_bound_every_network(stem: str, cases: list[tuple[Objective, Problem]]) -> None:
    """The promise that bounds are built on, however few inexact iterations have been made."""
    for exact, problem in cases:
        if not exact.concave:
            pytest.skip("not declared")
        f, sign = value(exact, problem), exact.sign
        objective = built(stem, problem).train()
        points = draws(problem, 6, sparse=False)
        for update in range(6):
            weights = next(points)
            tensor = torch.as_tensor(weights).clone().requires_grad_()
            evaluation = objective(network(problem, tensor), update)
            evaluation.score.backward()
            assert tensor.grad is not None
            score, gradient = float(evaluation.score.detach()), tensor.grad.numpy()
            offset = score - gradient @ weights if evaluation.offset is None else evaluation.offset
            for _ in range(POINTS):
                other = next(points)
                truth = sign * f(other)
                if objective.homogeneous:
                    limit = sign * float(gradient @ other)
                elif objective.reciprocal:
                    limit = -score * score / float(-gradient @ other)
                elif objective.logarithmic is not None:
                    limit = score + objective.logarithmic * np.log(
                        float(gradient @ other) / objective.logarithmic
                    )
                else:
                    limit = sign * (offset + float(gradient @ other))
                assert truth <= limit + 1e-9 * max(abs(truth), abs(limit))


def test_limits_bound_every_network_that_they_speak_of(cases: list[tuple[Objective, Problem]]) -> None:
    """What the problem alone proves, of networks of any weights that spend the budget."""
    known = 0
    for objective, problem in cases:
        limit = objective.limit(problem)
        if limit is None or limit.value is None:
            assert limit is None or limit.reason
            continue
        known += 1
        points = draws(problem, 8)
        for _ in range(POINTS):
            weights = next(points)
            if problem.budget_total is not None:
                weights *= problem.budget_total / problem.spent(weights)
            with torch.no_grad():
                found = objective(network(problem, weights), 0)
            if found.limited:
                short = objective.sign * (limit.value - float(found.score))
                assert short >= -objective.accuracy
    if not known:
        pytest.skip("knows none of these problems")


def test_starts_are_feasible(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        objective.limit(problem)
        feasible = FeasibleSet(problem)
        start = objective.start(problem, problem.base + feasible.uniform().numpy())
        assert start is None or problem.allows(start)


def test_solvers_agree(stem: str, taken: list[Problem]) -> None:
    if "solver" not in composed(*asked(stem)).objective:
        pytest.skip("has no solver to choose")
    for problem in taken:
        found = {}
        for solver in SOLVERS:
            try:
                objective = built(stem, problem, solver=solver)
            except SettingError:
                continue  # not one of this objective's
            weights = next(draws(problem, 7, sparse=False))
            found[solver] = slope(objective, problem, weights)
        assert len(found) >= 2
        (score, gradient), *others = found.values()
        for other_score, other_gradient in others:
            assert other_score == pytest.approx(score, rel=1e-8)
            np.testing.assert_allclose(other_gradient, gradient, atol=1e-4 * np.abs(gradient).max())


def test_a_batch_is_its_samples(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        batch = np.stack([next(draws(problem, seed, sparse=False)) for seed in (8, 9, 10)])
        with torch.no_grad():
            scores = objective(network(problem, batch), 0).score
        assert scores.shape == (3,)
        singles = [value(objective, problem)(weights) for weights in batch]
        np.testing.assert_allclose(scores.numpy(), singles, rtol=1e-7)


def test_the_same_seed_gives_the_same_number(stem: str, cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        if not objective.deterministic:
            pytest.skip("not declared")
        weights = next(draws(problem, 11, sparse=False))
        for mode in (True, False):
            first, second = (slope(built(stem, problem).train(mode), problem, weights) for _ in range(2))
            assert first[0] == second[0]
            np.testing.assert_array_equal(first[1], second[1])


def test_evaluation_does_not_depend_on_what_came_before(cases: list[tuple[Objective, Problem]]) -> None:
    for objective, problem in cases:
        f, points = value(objective, problem), draws(problem, 12, sparse=False)
        weights = next(points)
        before = f(weights)
        objective.train()
        for step in range(3):
            slope(objective, problem, next(points), step)
        objective.eval()
        assert f(weights) == pytest.approx(before, rel=1e-9)


def test_edges_may_change_from_one_call_to_the_next(cases: list[tuple[Objective, Problem]]) -> None:
    """The same network with its edges in another order: what was kept of the edges before would not fit."""
    for objective, problem in cases:
        order = np.random.default_rng(0).permutation(problem.edges)
        ends = torch.as_tensor(problem.edge_index[:, order])
        other = Topology(edge_index=ends, nodes=problem.nodes, directed=problem.directed)
        for weights in (next(draws(problem, seed, sparse=False)) for seed in (13, 14)):
            score, gradient = slope(objective, problem, weights)
            tensor = torch.as_tensor(weights[order]).requires_grad_()
            again = objective(Network(weights=tensor, topology=other, problem=problem), 0).score
            again.backward()
            assert float(again.detach()) == pytest.approx(score, rel=1e-9)
            assert tensor.grad is not None
            close = 1e-6 * np.abs(gradient).max()
            np.testing.assert_allclose(tensor.grad.numpy(), gradient[order], atol=close)


@pytest.mark.parametrize("name", STEMS)
def test_runs(name: str, tmp_path: Path) -> None:
    for overrides in candidates(name):
        if (problem := accepted(name, *overrides)) is not None:
            assert_runs(name, overrides, problem, tmp_path)
            return
    pytest.fail(f"{name} takes none of the sample problems")


@pytest.mark.slow
@pytest.mark.parametrize("overrides", PROBLEMS, ids=" ".join)
@pytest.mark.parametrize("name", STEMS)
def test_runs_everywhere(name: str, overrides: tuple[str, ...], tmp_path: Path) -> None:
    problem = accepted(name, *overrides)
    if problem is None:
        pytest.skip("not for this objective")
    assert_runs(name, overrides, problem, tmp_path)


def assert_runs(stem: str, overrides: tuple[str, ...], problem: Problem, directory: Path) -> None:
    config = config_of(stem, "updates=4", "initial=random", "stop.gap=null", *overrides)
    result = execute(config, problem, directory)
    assert_written(result, directory)
    objective = built(stem, problem)
    objective.take_back(result.learned)
    assert result.sense == objective.sense
    assert result.score == pytest.approx(value(objective, problem)(result.weights), rel=1e-9)
    proved = objective.concave or objective.fractional or objective.relaxation() is not None
    assert result.bound is None or proved or objective.limit(problem) is not None
    assert result.certified == (result.bound not in (None, 0.0) or result.bound == result.score)
    limit = result.bound
    assert limit is None or objective.sign * (result.score - limit) <= 1e-12 * abs(limit)
