"""What is written keeps to what was asked, and no bound lies short of a network that does."""

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError


def weighted(graph: nx.Graph) -> nx.Graph:
    nx.set_edge_attributes(graph, 1.0, "weight")
    return graph


@pytest.mark.parametrize("change", ["any", "decrease"])
def test_a_base_above_its_limits_comes_down(change: str) -> None:
    result = gn.optimize(
        weighted(nx.complete_graph(4)),
        base=True,
        budget={"kind": "total", "value": 20, "rule": "at_most"},
        limits={"weight": 0.5},
        signs={"change": change},
        progress="none",
    )
    assert result.problem.allows(result.weights)
    assert result.score == pytest.approx(2.0)
    assert result.bound >= result.score * (1 - 1e-9)


def test_a_uniform_network_within_strengths_and_least_weights() -> None:
    graph = nx.complete_graph(6)
    nx.set_edge_attributes(graph, 0.0, "low")
    graph[0][1]["low"] = graph[0][2]["low"] = 0.45
    result = gn.optimize(graph, budget="none", limits={"strength": 1, "least": "low"}, progress="none")
    assert result.problem.allows(result.weights)
    assert result.score <= result.bound * (1 + 1e-9)


def test_least_weights_and_whole_edges_exclude_each_other() -> None:
    with pytest.raises(SettingError, match="select=edges chooses whether it is there"):
        gn.optimize(nx.complete_graph(6), select=5, limits={"least": 0.2}, progress="none")


@pytest.mark.parametrize("objective", ["algebraic_connectivity", "effective_resistance"])
def test_no_design_falls_apart(objective: str) -> None:
    graph = nx.gnp_random_graph(7, 0.7, seed=2)
    with pytest.raises(SettingError, match=r"^select.count = 3: must be 6 or more"):
        gn.optimize(graph, select=3, objective=objective, progress="none")
    result = gn.optimize(graph, select=6, objective=objective, progress="none")
    assert nx.is_connected(result.graph())


def test_a_base_that_breaks_a_limit_is_told_so() -> None:
    result = gn.optimize(
        weighted(nx.complete_graph(6)),
        base=True,
        budget="none",
        limits={"strength": 4},
        signs={"change": "any"},
        progress="none",
    )
    assert result.problem.allows(result.weights)
    assert result.references["base"] > result.score
    assert any("signs or limits do not allow it" in note for note in result.notes)


def test_numbers_of_numpy_count_edges() -> None:
    result = gn.optimize(nx.complete_graph(5), select=np.int64(5), progress="none")
    assert result.edges_used == 5
