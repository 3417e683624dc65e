"""Networks to compare with: feasible, and the trees are trees."""

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.model import FeasibleSet
from gradnet_cli.problem import Problem
from gradnet_cli.result.references import SEVERAL_UP_TO, reference_networks, spanning_tree
from tests.assertions import assert_feasible
from tests.plugins import Logarithm
from tests.samples import mask_of, random_problem


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"budget": {"kind": "total", "value": 7.0, "p": 2.0}},
        {"base": "positive"},
        {"budget": {"kind": "none", "value": None}, "base": "positive", "signs": {"change": "decrease"}},
        {"signs": {"result": "any"}},
    ],
    ids=["simplex", "p-norm", "base", "no budget", "free signs"],
)
def test_all_are_feasible(settings: dict) -> None:
    for seed in range(5):
        problem = random_problem(seed, **settings)
        networks = dict(reference_networks(FeasibleSet(problem), Logarithm(), seed=seed))
        assert ("base" in networks) == bool(problem.base.any())
        assert ("uniform" in networks) == (problem.budget_total is not None)
        for name, weights in networks.items():
            if name == "base":
                np.testing.assert_array_equal(weights, problem.base)
            else:
                assert_feasible(problem, weights - problem.base)


def test_without_budget_and_base_there_is_the_empty_network_alone() -> None:
    problem = random_problem(0, budget={"kind": "none", "value": None})
    ((name, weights),) = reference_networks(FeasibleSet(problem), Logarithm(), seed=0)
    assert name == "empty"
    assert not weights.any()


def test_a_uniform_change_is_the_same_on_every_edge_of_a_base() -> None:
    problem = random_problem(0, base="positive")
    change = dict(reference_networks(FeasibleSet(problem), Logarithm(), seed=0))["uniform"] - problem.base
    np.testing.assert_allclose(change, change[0], rtol=1e-12)


def test_spanning_tree_is_the_cheapest_and_spends_the_budget() -> None:
    for seed in range(10):
        problem = random_problem(seed)
        weights = spanning_tree(problem)
        assert weights is not None
        graph = nx.Graph()
        graph.add_weighted_edges_from(zip(*problem.edge_index.tolist(), problem.cost.tolist(), strict=True))
        expected = nx.minimum_spanning_tree(graph).size(weight="weight")
        used = weights > 0
        assert problem.cost[used].sum() == pytest.approx(expected)
        assert used.sum() == problem.nodes - 1
        assert np.ptp(weights[used]) == 0
        assert problem.spent(weights) == pytest.approx(problem.budget_total)


def test_no_tree_where_there_is_none() -> None:
    parts = nx.Graph([(0, 1), (2, 3)])
    problem = Problem.build(mask=mask_of(parts), budget={"kind": "total", "value": 1.0}, signs={})
    assert spanning_tree(problem) is None
    assert spanning_tree(random_problem(0, base="positive")) is None


def test_large_masks_have_the_uniform_one_only() -> None:
    graph = nx.path_graph(SEVERAL_UP_TO + 3)
    problem = Problem.build(mask=mask_of(graph), budget={"kind": "total", "value": 1.0}, signs={})
    assert [name for name, _ in reference_networks(FeasibleSet(problem), Logarithm(), seed=0)] == ["uniform"]
