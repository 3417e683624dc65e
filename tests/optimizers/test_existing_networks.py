"""Changes of an existing network: proven to be close to the best, and freedom never is a loss."""

from itertools import product
from typing import Any

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.problem import Problem
from tests.quick import quick
from tests.reference.semidefinite import largest_connectivity

OBJECTIVES = ("algebraic_connectivity", "effective_resistance", "spectral_radius")
CHANGES = ("any", "increase", "decrease")
GOOD = 5e-3  # relative gap
TRIFLE = 2e-3  # relative difference between two results that both end at a proven gap of 1e-3


def weighted(graph: nx.Graph, seed: int, *, spread: float) -> nx.Graph:
    """The largest connected part, with lognormal weights."""
    generator = np.random.default_rng(seed)
    graph = nx.convert_node_labels_to_integers(graph.subgraph(max(nx.connected_components(graph), key=len)))
    for i, j in graph.edges:
        graph[i][j]["weight"] = float(generator.lognormal(sigma=spread))
    return graph


def network(name: str) -> nx.Graph:
    if name == "karate":
        return nx.karate_club_graph()
    if name == "les_miserables":
        return nx.les_miserables_graph()
    kind, number = name.rsplit("_", 1)
    seed = int(number)
    if kind == "hubs":  # like flights: few with many, of very different weights
        return weighted(nx.barabasi_albert_graph(60 + 30 * seed, 3, seed=seed), seed, spread=1.2)
    return weighted(nx.gnp_random_graph(24 + 6 * seed, 0.25, seed=seed), seed, spread=0.5)


SMALL = ["karate", "random_0"]
LARGE = ["les_miserables", "hubs_0", "hubs_1", "hubs_2", "random_1", "random_2"]
NETWORKS = [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)]


def changed(name: str, objective: str, change: str, **budget: Any) -> gn.Result:
    wanted = {"kind": "relative", "value": 0.2, **budget}
    return gn.optimize(
        network(name),
        base=True,
        objective=objective,
        budget=wanted,
        signs={"change": change},
        progress="none",
    )


def gap_of(result: gn.Result) -> float:
    return np.inf if result.gap is None else result.gap


@pytest.mark.parametrize(("name", "objective"), quick(product(NETWORKS, OBJECTIVES), 0, 2, 4))
def test_gaps_are_small_and_freedom_is_no_loss(name: str, objective: str) -> None:
    results = {change: changed(name, objective, change) for change in CHANGES}
    for change, result in results.items():
        assert gap_of(result) <= GOOD, change
    free = results["any"]
    sign = 1.0 if free.sense == "maximize" else -1.0
    for change in ("increase", "decrease"):
        assert sign * free.score >= sign * results[change].score - TRIFLE * abs(free.score)
        assert sign * free.bound >= sign * results[change].bound - TRIFLE * abs(free.bound)


@pytest.mark.parametrize(
    ("budget", "objective"),
    quick(product([{"p": 2.0}, {"rule": "at_most"}, {"p": 2.0, "rule": "at_most"}], OBJECTIVES), 0, 4, 8),
)
def test_other_budgets(objective: str, budget: dict[str, Any]) -> None:
    """Where a budget may stay unspent, nothing is done that does harm."""
    for change in CHANGES:
        result = changed("karate", objective, change, **budget)
        harm = (change == "decrease") != (objective == "spectral_radius") and change != "any"
        if harm and budget.get("rule") == "at_most":
            np.testing.assert_array_equal(result.weights, result.problem.base)
        if not (harm and budget.get("p") == 2.0):  # spending on harm under a norm is no convex problem
            assert gap_of(result) <= GOOD, change


@pytest.mark.parametrize("change", ["any", "increase"])
def test_connectivity_is_that_of_the_semidefinite_program(change: str) -> None:
    result = changed("random_0", "algebraic_connectivity", change)
    problem = result.problem
    best = largest_connectivity(problem)
    assert result.score <= best * (1 + 1e-6)
    assert result.bound >= best * (1 - 1e-6)
    assert result.score >= best * (1 - GOOD)


def test_a_norm_on_a_complete_mask() -> None:
    """All edges alike is the best: lambda_2 of weights w on K_N is N w."""
    result = gn.optimize("complete", nodes=12, budget={"p": 2.0}, progress="none")
    problem: Problem = result.problem
    level = problem.budget_total / np.sqrt(12 * 11)
    assert result.score == pytest.approx(12 * level, rel=1e-9)
    assert gap_of(result) < 1e-9
