"""Limits as numbers and columns, from files and graphs, and what contradicts itself."""

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.problem.masks.edge_list import build

EDGES = "Source,Target,Weight,capacity,kept,name\n0,1,1,2.5,1,a\n1,2,2,,0,b\n0,2,0.5,1,1,c\n"


@pytest.fixture
def mask(tmp_path: Path) -> gn.Mask:
    path = tmp_path / "net.csv"
    path.write_text(EDGES)
    return build(path=str(path), base="Weight")


def problem(mask: gn.Mask, *, budget: float | None = 2.0, rule: str = "at_most", **further: Any) -> Problem:
    given = (
        {"kind": "none", "value": None}
        if budget is None
        else {"kind": "total", "value": budget, "rule": rule}
    )
    signs = {"change": further.pop("change", "any"), "result": further.pop("result", "nonnegative")}
    return Problem.build(mask=mask, budget=given, signs=signs, limits=further)


def test_columns_of_a_file(mask: gn.Mask) -> None:
    found = problem(mask, weight="capacity", fixed="kept")
    # The mask's edges are 0-1, 0-2 and 1-2, sorted; an empty cell sets no limit.
    np.testing.assert_array_equal(found.room.most, [2.5, 1.0, np.inf])
    np.testing.assert_array_equal(found.room.fixed, [True, True, False])
    np.testing.assert_array_equal(found.lower, [0, 0, -2])
    np.testing.assert_array_equal(found.upper, [0, 0, np.inf])


def test_numbers_bound_changes(mask: gn.Mask) -> None:
    found = problem(mask, weight=3.0, least=0.25)
    np.testing.assert_allclose(found.lower, [0.25 - 1, 0.25 - 0.5, 0.25 - 2])
    np.testing.assert_allclose(found.upper, [2, 2.5, 1])


def test_weights_of_either_sign_have_a_largest_size(mask: gn.Mask) -> None:
    found = problem(mask, weight=3.0, result="any")
    np.testing.assert_allclose(found.lower, [-4, -3.5, -5])


def test_edges_are_named_either_way(mask: gn.Mask) -> None:
    found = problem(mask, fixed=["2-1", "0-1"])
    np.testing.assert_array_equal(found.room.fixed, [True, False, True])


def test_strengths_count_both_directions() -> None:
    arrows = gn.Mask.from_edges(name="a", nodes=3, edges=np.array([[0, 1, 2], [1, 2, 0]]), directed=True)
    found = problem(arrows, strength=1.0)
    assert found.strengths is not None
    np.testing.assert_array_equal(found.strengths.matrix.sum(axis=1), np.ones(6))
    assert found.strengths.excess(np.array([1.5, 0.0, 0.0])) == pytest.approx(0.5)


def test_attributes_of_a_graph() -> None:
    graph = nx.path_graph(4)
    for i, j in graph.edges:
        graph[i][j]["lanes"] = 1.0 + i
    result = gn.optimize(graph, budget=3, limits={"weight": "lanes"}, progress="none", updates=30)
    assert (result.weights <= [1, 2, 3]).all()
    assert result.metrics["edges_at_largest_weight"] >= 1


REFUSED = [
    (
        {"weight": "nothing"},
        "limits.weight = nothing: must be a number or a column of the edges (Weight, capacity",
    ),
    ({"weight": "name"}, "holds texts"),
    ({"strength": "nothing"}, "limits.strength = nothing: must be a number or a column of the nodes"),
    ({"least": 3, "weight": 2}, "asks 3 of edge 0-1, and limits.weight allows it 2"),
    ({"fixed": ["0-7"]}, "names the edge 0-7, which is not on the mask"),
    ({"fixed": "base", "weight": 1.5}, "keeps edge 1-2 at its weight 2, and limits.weight is 1.5"),
    ({"weight": 1.5, "change": "increase"}, "is 1.5 for edge 1-2, which has 2 and can only grow"),
    ({"least": 1.5, "change": "decrease"}, "asks 1.5 of edge 0-1, which has 1 and can only fall"),
    ({"strength": 2, "change": "increase"}, "is 2 for node 1, which keeps at least 3"),
    ({"strength": 2, "result": "any"}, "needs nonnegative weights"),
    ({"strength": 9, "rule": "exact"}, "needs changes of one sign with limits.strength"),
    ({"weight": 2.1, "change": "increase", "budget": 90.0, "rule": "exact"}, "the limits leave room for 5.6"),
    ({"strength": 3.5, "change": "increase", "budget": 9.0, "rule": "exact"}, "the limits leave room for"),
    ({"strength": 1.0, "budget": 0.1}, "must pay for at least"),
    ({"fixed": "base"}, "must leave something to change"),
]


@pytest.mark.parametrize(("limits", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_what_cannot_be_is_told(mask: gn.Mask, limits: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingError) as caught:
        problem(mask, **limits)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_limits_stand_for_a_budget() -> None:
    """Without a budget lambda_2 has a best network if no weight can grow for ever."""
    graph = nx.cycle_graph(5)
    with pytest.raises(SettingError, match="without a budget, or limits of all weights"):
        gn.optimize(graph, budget="none", progress="none")
    result = gn.optimize(graph, budget="none", limits={"weight": 2}, progress="none")
    assert result.score == pytest.approx(2 * (2 - 2 * np.cos(2 * np.pi / 5)))


def test_limits_survive_saving(tmp_path: Path) -> None:
    graph = nx.path_graph(4)
    nx.set_edge_attributes(graph, 2.0, "lanes")
    result = gn.optimize(
        graph, budget=2, limits={"weight": "lanes", "strength": 3}, progress="none", updates=3, figures=False
    )
    result.save(tmp_path / "run")
    again = gn.load(tmp_path / "run").problem
    assert again.limits == result.problem.limits
    np.testing.assert_array_equal(again.upper, result.problem.upper)
    np.testing.assert_array_equal(again.strength_room, result.problem.strength_room)
    rows = (tmp_path / "run" / "edges.csv").read_text().splitlines()
    assert rows[0] == "Source,Target,Type,Weight,Limit"
    assert rows[1].endswith(",2.0")
