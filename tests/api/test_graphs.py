"""Networkx graphs as input: names of any type, attributes, and what is left out."""

import logging
from typing import Any

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.problem.graphs import labels_of, mask_of_graph
from tests.api.material import EVEN, labels, optimize, roads


class TestGraphs:
    """A networkx graph comes back as it was, with weights."""

    def test_names_and_attributes_of_any_kind_come_back(self) -> None:
        given = roads()
        found = optimize(given).graph()
        assert list(found) == list(given)
        assert found.graph == given.graph
        assert {name: found.nodes[name] for name in found} == {name: given.nodes[name] for name in given}
        for source, target, data in found.edges(data=True):
            kept = {key: data[key] for key in ("lanes", "kind")}
            assert kept == {key: given[source][target][key] for key in kept}

    def test_the_graph_given_is_left_alone_and_may_change_later(self) -> None:
        given = roads()
        before = nx.Graph(given)
        result = optimize(given, base=True)
        assert nx.utils.graphs_equal(given, before)
        given.remove_node("a")
        given.add_node("else")
        assert set(result.graph()) == set(before)

    @pytest.mark.parametrize(
        "names",
        [[0, 1, 2, 3], [3, 2, 1, 0], [7, 1, 5, 99], list("dcba"), [(0, 0), (0, 1), (1, 0), (1, 1)]],
        ids=str,
    )
    def test_the_same_network_whatever_nodes_are_called(self, names: list[Any]) -> None:
        shape = nx.Graph([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
        result = optimize(labels(shape, names))
        plain = optimize(shape)
        back = {name: k for k, name in enumerate(names)}
        for source, target, weight in result.graph().edges(data="weight"):
            assert weight == pytest.approx(plain.graph()[back[source]][back[target]]["weight"], rel=1e-6)

    def test_names_that_are_written_alike_stay_apart(self) -> None:
        found = optimize(nx.Graph([(1, "1"), ("1", 2), (2, 1)]))
        assert found.problem.mask.labels.tolist() == ["1", "'1'", "2"]
        assert set(found.graph()) == {1, "1", 2}

    def test_names_that_nobody_can_tell_apart_are_refused(self) -> None:
        class Nameless:
            def __repr__(self) -> str:
                return "?"

        with pytest.raises(gn.SettingError, match=r"network = \?: is the name of two nodes"):
            labels_of([Nameless(), Nameless()])

    def test_positions_are_found(self) -> None:
        assert optimize(roads()).problem.mask.positions.tolist() == [[0, 0], [3, 0], [3, 4], [0, 4]]

    @pytest.mark.parametrize(
        "names", [("x", "y"), ("lon", "lat"), ("longitude", "latitude"), ("x", "y", "z")]
    )
    def test_positions_by_other_names(self, names: tuple[str, ...]) -> None:
        graph = nx.path_graph(4)
        for node in graph:
            graph.nodes[node].update({name: float(node + k) for k, name in enumerate(names)})
        assert mask_of_graph(graph).positions.tolist() == [
            [float(node + k) for k in range(len(names))] for node in graph
        ]

    def test_numbers_and_texts_become_columns_and_the_rest_stays_out_of_the_files(self) -> None:
        data = mask_of_graph(roads()).node_data
        assert data["people"].tolist() == [5, 7, 2, 1]
        assert "mayor" not in data
        assert "pos" not in data

    def test_distance_is_a_cost(self) -> None:
        assert sorted(optimize(roads(), cost="distance").problem.cost) == [3, 3, 4, 4, 5]

    def test_an_attribute_is_a_cost(self) -> None:
        result = optimize(roads(), cost="lanes")
        assert {tuple(sorted(map(str, edge))): cost for *edge, cost in result.graph().edges(data="cost")} == {
            tuple(sorted(map(str, edge))): lanes
            for *edge, lanes in roads().edges(data="lanes")
            if result.graph().has_edge(*edge)
        }

    def test_numbers_beside_the_edges_are_a_cost(self) -> None:
        graph = nx.path_graph(3, create_using=nx.DiGraph)
        prices = dict(zip(graph.edges, (2.0, 5.0), strict=True))
        mask = mask_of_graph(graph, cost=list(prices.values()))
        assert mask.cost.tolist() == [2.0, 5.0]

    def test_weights_are_a_base_and_missing_ones_count_one(self) -> None:
        result = optimize(roads(), base=True, budget="+20%")
        assert sorted(result.problem.base) == [0.5, 1.0, 1.0, 1.5, 2.0]
        assert result.problem.budget_total == pytest.approx(0.2 * 2 * 6.0)
        for *_, data in result.graph().edges(data=True):
            assert data["weight"] == pytest.approx(data["base"] + data["change"], abs=1e-15)

    def test_another_attribute_is_a_base(self) -> None:
        assert sorted(optimize(roads(), base="lanes").problem.base) == [1, 2, 2, 4, 6]

    def test_directed(self) -> None:
        ring = nx.cycle_graph(["x", "y", "z"], create_using=nx.DiGraph)
        result = optimize(ring, **EVEN)
        assert result.graph().is_directed()
        assert set(result.graph().edges) == set(ring.edges)
        assert result.weights == pytest.approx([1, 1, 1])  # B = 1 * 3 over ordered pairs, each counted once

    def test_parallel_edges_become_one(self, caplog: pytest.LogCaptureFixture) -> None:
        graph = nx.MultiGraph()
        graph.add_edge("a", "b", weight=1.0)
        graph.add_edge("b", "a", weight=2.0)
        graph.add_edge("b", "c", weight=4.0)
        result = optimize(graph, base=True)
        assert result.problem.base.tolist() == [3.0, 4.0]
        np.testing.assert_array_equal(result.problem.base, nx.to_numpy_array(graph)[[0, 1], [1, 2]])
        assert "1 parallel edges merged" in caplog.text
        assert not result.graph().is_multigraph()

    def test_parallel_edges_of_one_cost_keep_it(self) -> None:
        graph = nx.MultiDiGraph()
        graph.add_edge("a", "b", length=3.0)
        graph.add_edge("a", "b", length=3.0)
        graph.add_edge("b", "a", length=4.0)
        assert mask_of_graph(graph, cost="length").cost.tolist() == [3.0, 4.0]

    def test_self_loops_are_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        graph = nx.Graph([("a", "a"), ("a", "b"), ("b", "c"), ("c", "c")])
        result = optimize(graph, cost=[9, 2, 3, 9])
        assert result.problem.edges == 2
        assert result.problem.cost.tolist() == [2, 3]
        assert "2 self-loops left out" in caplog.text

    def test_isolated_nodes_stay(self) -> None:
        graph = nx.Graph([("a", "b")])
        graph.add_nodes_from(["alone", "c"])
        graph.add_edge("b", "c")
        result = optimize(graph, **EVEN)
        assert list(result.graph()) == ["a", "b", "alone", "c"]
        assert result.graph().degree("alone") == 0

    def test_views_and_frozen_graphs(self) -> None:
        whole = labels(nx.complete_graph(6), list("abcdef"))
        part = nx.freeze(whole.subgraph("fbd"))
        assert set(optimize(part).graph()) == set("bdf")

    def test_no_warning_where_nothing_was_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        optimize(roads())
        assert not caplog.records
