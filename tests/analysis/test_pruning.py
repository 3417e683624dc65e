"""Pruning: which edges stay, what they weigh, and what a run writes of it."""

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.report.panel import panel_rows
from gradnet_cli.result.pruning import kept_edges, pruned
from gradnet_cli.settings.sections import Prune
from tests.assertions import assert_feasible
from tests.quick import quick
from tests.runs import run, settings
from tests.samples import random_problem


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ({"below": 0.3}, [1, 3]),
        ({"to": 3}, [1, 2, 3]),
        ({"to": 2}, [1, 3]),
        ({"to": 99}, [0, 1, 2, 3]),
        ({"share": 0.5}, [3]),
        ({"share": 0.95}, [1, 2, 3]),
    ],
    ids=str,
)
def test_what_stays(rule: dict, kept: list[int]) -> None:
    problem = random_problem(0, spread=0.0)
    weights = np.zeros(problem.edges)
    weights[:4] = [0.5, 3.0, 1.0, 5.5]
    chosen = kept_edges(Prune(**rule), problem, weights)
    left = pruned(Prune(**rule, rescale=False), FeasibleSet(problem), weights, kept=chosen)
    np.testing.assert_array_equal(np.flatnonzero(left), kept)
    np.testing.assert_array_equal(left[kept], weights[kept])
    scaled = pruned(Prune(**rule), FeasibleSet(problem), weights, kept=chosen)
    assert problem.spent(scaled) == pytest.approx(problem.budget_total, rel=1e-12)
    np.testing.assert_allclose(scaled / left.max(), left / left.max() * (scaled.max() / left.max()))


def test_equal_edges_are_kept_from_the_first_and_costs_count() -> None:
    problem = random_problem(1)
    weights = 1 / problem.cost  # every edge costs the same
    assert kept_edges(Prune(to=3), problem, np.ones(problem.edges)).nonzero()[0].tolist() == [0, 1, 2]
    half = kept_edges(Prune(share=0.5), problem, weights)
    assert half.sum() == -(-problem.edges // 2)
    assert weights[half].min() >= weights[~half].max()


def test_what_a_run_writes(tmp_path: Path) -> None:
    result = run(tmp_path, "mask=complete", "nodes=8", "objective=spectral_radius", "prune.to=9", "updates=3")
    pruned = read_edges(tmp_path / "edges_pruned.csv", result.problem)
    assert np.count_nonzero(pruned) == 9
    assert result.problem.spent(pruned) == pytest.approx(result.problem.budget_total)
    matrix = np.zeros((8, 8))
    matrix[tuple(result.problem.edge_index)] = pruned
    metrics = json.loads((tmp_path / "summary.json").read_text())["metrics"]
    assert metrics["pruned_edges"] == 9
    told = f"{metrics['score_pruned']:.7g} with 9 edges: edges_pruned.csv"
    assert ("pruned", told) in panel_rows(result, tmp_path)
    assert metrics["score_pruned"] == pytest.approx(np.linalg.eigvalsh(matrix + matrix.T)[-1], rel=1e-9)
    assert {"score_uniform", "score_spanning_tree", "score_random"} <= set(metrics)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("prune.below=1", r"prune\.below = 1: must be a number between 0 and 1"),
        ("prune.to=0", r"prune\.to = 0: must be an integer >= 1, or null"),
        ("prune.share=x", r"prune\.share = x: must be"),
        ("prune.rescale=1", r"prune\.rescale = 1: must be true or false"),
    ],
)
def test_bad_input_is_told_in_one_line(override: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        settings(override)


def test_one_rule_at_a_time() -> None:
    with pytest.raises(SettingError, match=r"prune\.share = 0.9: must be null where prune\.to is given"):
        settings("prune.to=3", "prune.share=0.9")


def test_of_a_base_network_the_additions_are_pruned() -> None:
    graph = nx.karate_club_graph()
    result = gn.optimize(graph, base=True, budget="+20%", prune={"to": 5}, progress="none")
    added = result.pruned - result.problem.base
    assert np.count_nonzero(added) == 5
    assert_feasible(result.problem, added)
    assert result.metrics["pruned_edges"] == 5
    assert connectivity(result.problem, result.problem.base) < result.metrics["score_pruned"] <= result.score
    assert result.metrics["score_pruned"] == pytest.approx(
        connectivity(result.problem, result.pruned), rel=1e-7
    )


@pytest.mark.parametrize("rule", [{"to": 11}, {"below": 0.5}, {"share": 0.5}], ids=str)
def test_what_has_to_be_connected_stays_so(rule: dict) -> None:
    result = gn.optimize(
        "complete", nodes=12, seed=1, initial="random", updates=3, prune=rule, progress="none"
    )
    assert connectivity(result.problem, result.pruned) > 0
    assert result.metrics["score_pruned"] > 0
    if "to" in rule:
        assert np.count_nonzero(result.pruned) == 11


def test_too_few_edges_to_connect_are_refused() -> None:
    with pytest.raises(
        SettingError, match=r"prune\.to = 10: must be 11 or more: with fewer the network falls apart"
    ):
        gn.optimize("complete", nodes=12, prune={"to": 10}, progress="none")


@pytest.mark.parametrize("objective", quick(["effective_resistance", "kuramoto_synchrony"], 0))
def test_training_again_is_no_loss(objective: str) -> None:
    settings = {"nodes": 10, "objective": objective, "updates": 15, "progress": "none"}
    whole = gn.optimize("complete", initial="random", **settings, prune={"to": 20})
    alone = gn.optimize("complete", initial="random", **settings, prune={"to": 20, "retrain": False})
    sign = 1 if whole.sense == "maximize" else -1
    assert sign * whole.metrics["score_pruned"] >= sign * alone.metrics["score_pruned"]
    assert_feasible(whole.problem, whole.pruned)
    np.testing.assert_array_equal(whole.pruned > 0, alone.pruned > 0)


def test_removals_are_made_up_for_where_there_is_weight_to_remove() -> None:
    """Three removals of a fifth of a network: the budget is spent on those three edges as far as they go."""
    result = gn.optimize(
        nx.karate_club_graph(), base=True, objective="spectral_radius", signs={"change": "decrease"},
        budget={"kind": "relative", "value": 0.02}, prune={"to": 3, "retrain": False}, progress="none",
    )  # fmt: skip
    removed = result.problem.base - result.pruned
    assert np.count_nonzero(removed) == 3
    assert (removed <= result.problem.base).all()
    most = min(result.problem.edge_budget, result.problem.base[removed > 0].sum())
    assert removed.sum() == pytest.approx(most, rel=1e-9)


def test_of_no_change_nothing_is_pruned() -> None:
    result = gn.optimize(
        nx.karate_club_graph(), base=True, objective="spectral_radius", signs={"change": "increase"},
        budget={"kind": "relative", "value": 0.2, "rule": "at_most"}, prune={"to": 3}, progress="none",
    )  # fmt: skip
    np.testing.assert_array_equal(result.pruned, result.problem.base)


def connectivity(problem: Problem, weights: np.ndarray) -> float:
    graph = nx.Graph()
    graph.add_nodes_from(range(problem.nodes))
    graph.add_weighted_edges_from(zip(*problem.edge_index.tolist(), weights.tolist(), strict=True))
    return float(np.linalg.eigvalsh(nx.laplacian_matrix(graph).toarray())[1])
