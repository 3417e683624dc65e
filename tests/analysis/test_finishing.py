"""From the best network of training to the one that is written: the best that is known, without residues."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.errors import NumericalError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.objectives import Evaluation
from gradnet_cli.problem import Problem
from gradnet_cli.result.allowance import Allowance
from gradnet_cli.result.finishing import finish, without_residues
from gradnet_cli.result.references import reference_networks, spanning_tree
from tests.assertions import assert_feasible
from tests.plugins import Logarithm
from tests.samples import mask_of, random_problem


class Judge:
    """Stands for a Scorer: says what a function says."""

    def __init__(self, score: Callable[[np.ndarray], float]) -> None:
        self._score = score

    def evaluate(self, weights: np.ndarray) -> Evaluation:
        return Evaluation(score=torch.tensor(self._score(weights), dtype=torch.float64))

    accurate = evaluate


def finished(problem: Problem, weights: np.ndarray, score: Callable[[np.ndarray], float]) -> Any:
    judge: Any = Judge(score)
    return finish(
        weights,
        feasible=FeasibleSet(problem),
        objective=Logarithm(),
        scorer=judge,
        seed=0,
        allowance=Allowance(None),
    )


def test_a_better_reference_is_the_result_and_that_is_said() -> None:
    problem = random_problem(0)
    tree = spanning_tree(problem)
    assert tree is not None
    uniform = FeasibleSet(problem).uniform().numpy()
    final = finished(problem, uniform, lambda weights: float((weights == 0).sum()))
    np.testing.assert_array_equal(final.weights, tree)
    assert final.trained == 0.0
    assert final.notes == (
        "the spanning tree network is better than the one that training found (0): it is the result",
    )


def test_the_network_found_stays_where_none_is_better() -> None:
    problem = random_problem(0)
    found = FeasibleSet(problem).random(torch.Generator().manual_seed(7)).numpy()
    final = finished(problem, found, lambda weights: -float(np.abs(weights - found).sum()))
    np.testing.assert_array_equal(final.weights, found)
    assert final.notes == ()


def test_scores_that_are_not_finite_are_left_out() -> None:
    problem = random_problem(0)
    tree = spanning_tree(problem)
    final = finished(
        problem, FeasibleSet(problem).uniform().numpy(),
        lambda weights: float("inf") if np.array_equal(weights, tree) else 1.0,
    )  # fmt: skip
    assert (dict(final.references), final.notes) == ({"uniform": 1.0, "random": 1.0}, ())


def test_what_cannot_be_scored_is_left_out_with_a_word() -> None:
    problem = random_problem(0)
    tree = spanning_tree(problem)

    def score(weights: np.ndarray) -> float:
        if np.array_equal(weights, tree):
            raise NumericalError("too fast")
        return 1.0

    final = finished(problem, FeasibleSet(problem).uniform().numpy(), score)
    assert dict(final.references) == {"uniform": 1.0, "random": 1.0}
    assert final.notes == ("the spanning tree network could not be scored: too fast",)


def test_a_base_that_the_signs_forbid_is_no_result() -> None:
    """Negative base weights, a result that must have none, and a judge who likes the base best."""
    signs = {"result": "nonnegative"}
    problem = random_problem(2, base="any", budget={"kind": "none"}, signs=signs)
    assert (problem.base < 0).any()
    found = FeasibleSet(problem).uniform().numpy() + problem.base
    final = finished(problem, found, lambda weights: float((weights < 0).any()))
    np.testing.assert_array_equal(final.weights, found)


class TestResidues:
    def change(self, problem: Problem) -> np.ndarray:
        """Half of the edges carry all, the others next to nothing."""
        delta = np.where(np.arange(problem.edges) % 2 == 0, 1.0, 1e-9)
        return FeasibleSet(problem).scaled(torch.as_tensor(delta)).numpy()

    @pytest.mark.parametrize("p", [1.0, 2.0])
    def test_are_cut_and_the_budget_is_spent(self, p: float) -> None:
        problem = random_problem(3, budget={"kind": "total", "value": 5.0, "p": p})
        delta = self.change(problem)
        rest = without_residues(delta, FeasibleSet(problem), share=1e-6)
        assert rest is not None
        np.testing.assert_array_equal(rest != 0, np.arange(problem.edges) % 2 == 0)
        assert_feasible(problem, rest)
        np.testing.assert_allclose(rest[::2], delta[::2], rtol=1e-5)

    def test_of_a_base_network_are_cut_too(self) -> None:
        problem = random_problem(3, base="positive", budget={"kind": "relative", "value": 0.2})
        rest = without_residues(self.change(problem), FeasibleSet(problem), share=1e-6)
        assert rest is not None
        assert_feasible(problem, rest)
        assert (rest[1::2] == 0).all()

    def test_stay_where_the_score_needs_them(self) -> None:
        problem = random_problem(3)
        delta = self.change(problem)
        kept = finished(problem, delta, lambda weights: float((weights > 0).sum()))
        np.testing.assert_array_equal(kept.weights, delta)
        cut = finished(problem, delta, lambda weights: 1.0)
        assert (cut.weights[1::2] == 0).all()

    def test_nothing_is_left_out_where_nothing_is_small(self) -> None:
        problem = random_problem(3)
        assert (
            without_residues(FeasibleSet(problem).uniform().numpy(), FeasibleSet(problem), share=1e-6) is None
        )


def test_a_flight_network_has_no_residues() -> None:
    """Additions to a network of 34: those that matter, and no 10^-142."""
    result = gn.optimize(nx.karate_club_graph(), base=True, budget="+20%", progress="none")
    added = (result.weights - result.problem.base)[result.weights != result.problem.base]
    assert added.min() > 1e-9 * added.sum()


def test_single_precision_keeps_the_budget_and_the_bound() -> None:
    result = gn.optimize("grid", rows=12, dtype="float32", progress="none")
    assert_feasible(result.problem, result.weights, tolerance=1e-12)
    assert result.score <= result.bound


@pytest.mark.parametrize("radius", [2.0, None])
def test_quantum_networks_never_end_below_a_tree(radius: float | None) -> None:
    """Points within the unit square, where the gradient from equal weights leads to less than a tree."""
    settings: dict[str, Any] = {} if radius is None else {"radius": radius}
    result = gn.optimize(
        "random_geometric", nodes=30, cost="distance", objective="quantum_capacity", updates=20,
        progress="none", **settings,
    )  # fmt: skip
    assert result.score >= max(result.references.values())
    names = [name for name, _ in reference_networks(FeasibleSet(result.problem), result_objective(), seed=0)]
    assert names == ["uniform", "trimmed_tree", "spanning_tree", "random"]


def result_objective() -> Any:
    from gradnet_cli.objectives.quantum_capacity import QuantumCapacity

    return QuantumCapacity(routing="single")


def test_the_trimmed_tree_is_the_best_of_all_parts() -> None:
    """By trying every subtree of a small tree, against the formula for equal weights."""
    problem = Problem.build(
        mask=mask_of(nx.star_graph(5), cost=np.array([1.0, 1.2, 1.5, 6.0, 30.0])),
        budget={"kind": "total", "value": 20.0}, signs={},
    )  # fmt: skip
    objective = result_objective()
    weights = objective.known(problem)["trimmed_tree"]
    best, kept = -np.inf, None
    for choice in range(1, 2**5):
        chosen = np.array([choice >> edge & 1 for edge in range(5)], dtype=bool)
        level = problem.edge_budget / problem.cost[chosen].sum()
        pairs = chosen.sum() * (chosen.sum() + 1) / 2
        worth = pairs * np.log2((1 + np.exp(2 * level)) / 2)
        if worth > best:
            best, kept = worth, chosen
    np.testing.assert_array_equal(weights > 0, kept)
