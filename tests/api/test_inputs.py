"""What optimize takes as a network, what it makes of it, and what it says of the rest."""

import logging
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pandas
import pytest
import scipy.sparse as sp
import torch

import gradnet_cli as gn
from gradnet_cli.problem.edge_arrays import mask_of_edges
from gradnet_cli.problem.graphs import labels_of, mask_of_graph
from gradnet_cli.problem.sparse_matrix import mask_of_matrix
from tests.assertions import assert_found


def optimize(network: Any, **settings: Any) -> Any:
    result = gn.optimize(network, **{"progress": "none", "updates": 20, **settings})
    assert_found(result)
    return result


EVEN = {"objective": lambda network: network.weights.square().sum(), "sense": "minimize", "concave": True}
"""Of a function that any network can be scored by: weights are best when all are equal."""


def roads() -> nx.Graph:
    """Four towns on a ring with a chord; names of several types, everything has an attribute."""
    graph = nx.Graph(country="Utopia")
    for name, x, y, people in (("a", 0, 0, 5), (("b", 2), 3, 0, 7), (3, 3, 4, 2), (4.5, 0, 4, 1)):
        graph.add_node(name, pos=(x, y), people=people, mayor={"name": "?"})
    graph.add_edge("a", ("b", 2), weight=2.0, lanes=2, kind="road")
    graph.add_edge(("b", 2), 3, weight=1.0, lanes=4, kind="road")
    graph.add_edge(3, 4.5, weight=1.5, lanes=2, kind="ferry")
    graph.add_edge(4.5, "a", lanes=1, kind="road")
    graph.add_edge("a", 3, weight=0.5, lanes=6, kind="road")
    return graph


def labels(graph: nx.Graph, nodes: list[Any]) -> nx.Graph:
    return nx.relabel_nodes(graph, dict(enumerate(nodes)))


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


class TestMatrices:
    """A sparse matrix says where edges may lie; it is not touched."""

    @pytest.mark.parametrize(
        "kind", [sp.csr_array, sp.csc_matrix, sp.coo_array, sp.lil_matrix, sp.dok_array, sp.csr_matrix]
    )
    def test_every_format(self, kind: Callable[..., Any]) -> None:
        adjacency = nx.to_scipy_sparse_array(nx.petersen_graph())
        result = optimize(kind(adjacency))
        assert result.score == pytest.approx(2 / 3, rel=1e-3)  # lambda_2 = 2 at strength 3, here 1
        assert not result.problem.directed

    def test_explicit_zeros_are_no_edges_and_stay_in_the_matrix(self) -> None:
        matrix = sp.csr_array(nx.to_numpy_array(nx.cycle_graph(4)))
        matrix.data[(matrix.tocoo().row == 0) & (matrix.tocoo().col == 1)] = 0
        matrix.data[(matrix.tocoo().row == 1) & (matrix.tocoo().col == 0)] = 0
        before = matrix.copy()
        result = optimize(matrix)
        assert result.problem.edge_index.T.tolist() == [[0, 3], [1, 2], [2, 3]]
        for name in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(matrix, name), getattr(before, name))

    def test_entries_that_come_twice_are_added(self) -> None:
        matrix = sp.coo_array(([1.0, 2.0, 3.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
        assert mask_of_matrix(matrix, base=True).base.tolist() == [3.0]

    def test_entries_are_a_base(self) -> None:
        matrix = sp.csr_array(np.array([[0, 2.0, 0], [2, 0, 3], [0, 3, 0]]))
        result = optimize(matrix, base=True)
        assert result.problem.base.tolist() == [2, 3]

    def test_a_matrix_that_is_not_symmetric_is_directed(self) -> None:
        matrix = sp.csr_array(np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]))
        result = optimize(matrix, **EVEN)
        assert result.problem.directed
        assert (result.to_scipy() != 0).toarray().tolist() == (matrix != 0).toarray().tolist()

    def test_rounding_does_not_make_it_directed(self) -> None:
        matrix = nx.to_numpy_array(nx.path_graph(4)) / 3
        matrix[0, 1] *= 1 + 1e-15
        assert not mask_of_matrix(sp.csr_array(matrix)).directed
        matrix[0, 1] *= 1 + 1e-9
        assert mask_of_matrix(sp.csr_array(matrix)).directed

    def test_the_diagonal_is_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        mask = mask_of_matrix(sp.csr_array(nx.to_numpy_array(nx.path_graph(3)) + np.eye(3)))
        assert mask.edges == 2
        assert "diagonal" in caplog.text

    @pytest.mark.parametrize("form", [sp.csr_array, np.asarray])
    @pytest.mark.parametrize("half", [np.triu, np.tril, lambda whole: whole])
    def test_costs_are_a_matrix(self, form: Callable[..., Any], half: Callable[..., Any]) -> None:
        prices = np.array([[0, 2.0, 0], [2, 0, 5], [0, 5, 0]])
        network = sp.csr_array((prices > 0).astype(float))
        assert optimize(network, cost=form(half(prices))).problem.cost.tolist() == [2, 5]


class TestEdges:
    """An array or a list of edges."""

    @pytest.mark.parametrize(
        "edges",
        [
            [(0, 1), (1, 2), (2, 0)],
            ((0, 1), [1, 2], np.array([2, 0])),
            np.array([[0, 1], [1, 2], [2, 0]]),
            np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 0.0]]),
            torch.tensor([[0, 1], [1, 2], [2, 0]]),
            pandas.DataFrame({"from": [0, 1, 2], "to": [1, 2, 0]}),
            np.array([[0, 1], [1, 0], [1, 2], [2, 1], [0, 2]], dtype=np.int32),
        ],
        ids=["list", "mixed", "ints", "floats", "tensor", "table", "both ways"],
    )
    def test_numbers_from_zero_are_row_numbers(self, edges: Any) -> None:
        result = optimize(edges)
        assert result.problem.edge_index.T.tolist() == [[0, 1], [0, 2], [1, 2]]
        assert list(result.graph()) == [0, 1, 2]
        assert result.problem.mask.labels is None

    @pytest.mark.parametrize(
        ("edges", "names"),
        [
            ([("b", "a"), ("a", "c")], ["b", "a", "c"]),
            (np.array([["b", "a"], ["a", "c"]]), ["b", "a", "c"]),
            (np.array([["b", "a"], ["a", "c"]], dtype=object), ["b", "a", "c"]),
            (pandas.DataFrame({"from": ["b", "a"], "to": ["a", "c"]}), ["b", "a", "c"]),
            ([("b", 2), (2, (0, 1))], ["b", 2, (0, 1)]),
            ([((0, 0), (0, 1)), ((0, 1), (1, 1))], [(0, 0), (0, 1), (1, 1)]),
            ([(10, 9), (9, -2)], [-2, 9, 10]),
            (np.array([[10, 9], [9, 2]]), [2, 9, 10]),
            ([("1", 1), (1, 2)], ["1", 1, 2]),
        ],
        ids=str,
    )
    def test_names_come_back_in_their_types(self, edges: Any, names: list[Any]) -> None:
        found = optimize(edges).graph()
        assert list(found) == names
        assert [type(name) for name in found] == [type(name) for name in names]

    def test_numbers_go_with_the_rows(self) -> None:
        result = optimize([("c", "a"), ("a", "b")], cost=[3, 4], base=[0.5, 0.25])
        graph = result.graph()
        assert (graph["a"]["c"]["cost"], graph["a"]["b"]["cost"]) == (3, 4)
        assert (graph["a"]["c"]["base"], graph["a"]["b"]["base"]) == (0.5, 0.25)

    def test_an_edge_may_come_twice_with_the_same_numbers(self) -> None:
        mask, names = mask_of_edges([("a", "b"), ("b", "a")], cost=[2, 2], base=[1, 1])
        assert (mask.edges, mask.cost.tolist(), mask.base.tolist(), names) == (1, [2], [1], ["a", "b"])

    def test_a_million_edges_take_a_moment(self) -> None:
        ring = np.arange(1_000_000)
        mask, names = mask_of_edges(np.stack([ring, (ring + 1) % len(ring)], axis=1))
        assert (mask.edges, len(names), mask.labels) == (1_000_000, 1_000_000, None)


class TestMasksAndProblems:
    """Built by hand, or by name."""

    def test_a_mask(self) -> None:
        mask = gn.Mask.from_edges(
            name="mine", nodes=3, edges=np.array([[0, 1], [1, 2]]), labels=np.array(["a", "b", "c"])
        )
        assert list(optimize(mask, budget={"kind": "total", "value": 3}).graph()) == ["a", "b", "c"]

    def test_a_problem(self) -> None:
        mask = gn.Mask.from_edges(name="mine", nodes=3, edges=np.array([[0, 1], [1, 2]]))
        problem = gn.Problem.build(
            mask=mask, budget=gn.Budget(kind="total", value=3, rule="at_most"), signs=gn.Signs()
        )
        result = optimize(problem)
        assert result.problem is problem
        assert result.settings.budget.rule == "at_most"

    def test_a_name_with_its_sizes_costs_and_base(self) -> None:
        assert optimize("grid", rows=3, cols=4).problem.nodes == 12
        assert optimize("random_geometric", nodes=30, cost="distance").problem.cost.std() > 0
        assert optimize("karate", base="weights", budget="+10%").problem.base.sum() == 231


GRAPH = roads()
SQUARE = sp.csr_array(nx.to_numpy_array(nx.cycle_graph(4)))
MASK = gn.Mask.from_edges(name="mine", nodes=3, edges=np.array([[0, 1], [1, 2]]))
PROBLEM = gn.Problem.build(mask=MASK, budget=gn.Budget(kind="total", value=3), signs=gn.Signs())
RECTANGLE = sp.csr_array(np.ones((2, 3)))
PARALLEL = nx.MultiGraph([("a", "b", {"length": 1}), ("a", "b", {"length": 2})])
SAME_PLACE = nx.Graph([("a", "b")])
SAME_PLACE.add_nodes_from(["a", "b"], pos=(1, 1))

REFUSED = {
    "no network": (
        3,
        {},
        "network = int: must be a networkx graph, a SciPy sparse matrix, an array of edges",
    ),
    "nothing": (None, {}, "network = NoneType: must be a networkx graph"),
    "a generator": ((pair for pair in [(0, 1)]), {}, "network = generator: must be a networkx graph"),
    "a mistyped mask": ("gird", {}, "mask = gird: must be .* Did you mean mask=grid"),
    "no edges": ([], {}, r"network = array \(0,\): must have a row an edge, \(M, 2\)$"),
    "an empty array": (np.zeros((0, 2), int), {}, r"network = array \(0, 2\): must have a row an edge"),
    "an empty graph": (nx.Graph(), {}, "mask = graph: has 0 nodes and must have at least 2"),
    "a graph without edges": (nx.empty_graph(3), {}, "mask = graph: has no edge"),
    "a transposed array": (
        np.array([[0, 1, 2], [1, 2, 3]]),
        {},
        r"network = array \(2, 3\): must have a row an edge, \(M, 2\); give its transpose",
    ),
    "a transposed list": ([[0, 1, 2], [1, 2, 3]], {}, r"network = array \(2, 3\): .*; give its transpose"),
    "a dense matrix": (
        np.ones((4, 4)),
        {},
        r"network = array \(4, 4\): .*; of an adjacency matrix give scipy.sparse.csr_array\(matrix\)",
    ),
    "edges with weights": (
        [(0, 1, 0.5), (1, 2, 2.0), (2, 0, 1.0), (0, 3, 1.0)],
        {},
        r"network = array \(4, 3\): .*; weights and costs go into base= and cost=",
    ),
    "edges of several lengths": ([(0, 1), (1, 2, 3)], {}, r"network = array \(2,\): must have a row an edge"),
    "words for edges": (["ab", "cd"], {}, r"network = array \(2,\): must have a row an edge"),
    "a flat array": (np.arange(4), {}, r"network = array \(4,\): must have a row an edge"),
    "numbers that are no integers": (
        np.array([[0.5, 1.0], [1.0, 2.0]]),
        {},
        r"network = array \(2, 2\): must hold integers or names, not float64 values",
    ),
    "missing ends": (np.array([[0, np.nan], [1, 2]]), {}, "must hold integers or names, not float64 values"),
    "a missing name": ([("a", None)], {}, "network = edges: None cannot name a node"),
    "a missing number": ([("a", float("nan"))], {}, "network = edges: nan cannot name a node"),
    "a sparse tensor": (torch.eye(3).to_sparse(), {}, r"network = array \(3, 3\): must have a row an edge"),
    "truth values": (np.array([[True, False]]), {}, "must hold integers or names, not bool values"),
    "a loop": ([("a", "b"), ("b", "b")], {}, "network = edges: the edge b-b is a self-loop"),
    "a loop of numbers": (np.array([[0, 1], [7, 7]]), {}, "network = edges: the edge 7-7 is a self-loop"),
    "a contradiction": (
        [("a", "b"), ("b", "c"), ("b", "a")],
        {"cost": [1, 2, 3]},
        "cost = 3.0: the edge b-a comes twice, and had 1 before",
    ),
    "a contradiction of weights": (
        [("a", "b"), ("b", "a")],
        {"base": [1, 2]},
        "base = 2.0: the edge b-a comes twice, and had 1 before",
    ),
    "too few costs": (
        [(0, 1), (1, 2)],
        {"cost": [1]},
        r"cost = array \(1,\): must be one number for each of the 2",
    ),
    "one cost": ([(0, 1), (1, 2)], {"cost": 2}, "cost = 2: must be one number for each of the 2 edges"),
    "costs that are none": (
        [(0, 1), (1, 2)],
        {"cost": ["a", "b"]},
        "cost = .*: must be numbers, one for each edge",
    ),
    "a negative cost": (
        [("a", "b"), ("b", "c")],
        {"cost": [1, -1]},
        "cost of edge b-c is -1 and must be > 0",
    ),
    "lengths of no places": ([(0, 1), (1, 2)], {"cost": "distance"}, "cost = distance: needs positions"),
    "a base by name": (
        [(0, 1), (1, 2)],
        {"base": "weight"},
        "base = weight: must be numbers, one for each edge",
    ),
    "a base at will": ([(0, 1), (1, 2)], {"base": True}, "base = true: must be numbers, one for each edge"),
    "a rectangle": (RECTANGLE, {}, r"network = matrix \(2, 3\): must be square"),
    "a vector": (sp.coo_array(np.ones(3)), {}, r"network = matrix \(3,\): must be square"),
    "a complex matrix": (SQUARE.astype(complex), {}, "network = matrix of complex128: must hold numbers"),
    "an infinite matrix": (SQUARE * np.inf, {}, "network = matrix: has entries that are not finite"),
    "a matrix of zeros": (sp.csr_array((3, 3)), {}, "mask = matrix: has no edge"),
    "a matrix's base by name": (SQUARE, {"base": "weight"}, "base = weight: must be True: the entries are"),
    "a matrix's cost by name": (SQUARE, {"cost": "length"}, "cost = length: must be unit or distance"),
    "costs of another size": (
        SQUARE,
        {"cost": [1, 2, 3, 4]},
        r"cost = array \(4,\): must be unit, or a matrix \(4, 4\)",
    ),
    "missing costs": (SQUARE, {"cost": sp.eye_array(4).tocsr()}, "cost of edge 0-1 is 0 and must be > 0"),
    "costs that contradict": (
        SQUARE,
        {"cost": np.arange(16).reshape(4, 4)},
        "cost = matrix: must be symmetric, as the network is, and differs at 0-1",
    ),
    "a mistyped attribute": (
        GRAPH,
        {"base": "weigth"},
        "base = weigth: must be an attribute of every edge; .* Did you mean weight",
    ),
    "a missing attribute": (
        GRAPH,
        {"cost": "length"},
        "cost = length: must be an attribute of every edge; the attributes are kind, lanes, weight",
    ),
    "an attribute of some": (
        GRAPH,
        {"cost": "weight"},
        "cost = weight: must be an attribute of every edge; the edge a-4.5 has none",
    ),
    "an attribute of words": (
        GRAPH,
        {"cost": "kind"},
        r"cost = kind: must hold numbers, and of the edge a-\('b', 2\) it is 'road'",
    ),
    "a graph's base by number": (
        GRAPH,
        {"base": 3},
        "base = 3: must be True or the name of an edge attribute",
    ),
    "a graph without places": (
        nx.path_graph(3),
        {"cost": "distance"},
        "cost = distance: needs positions: an attribute pos",
    ),
    "nodes in one place": (
        SAME_PLACE,
        {"cost": "distance"},
        "cost = distance: would be 0: the nodes a and b lie at the same place",
    ),
    "parallel edges of two costs": (
        PARALLEL,
        {"cost": "length"},
        "cost = 2.0: must be the same for parallel edges: between a and b it is 1 and 2",
    ),
    "a directed graph": (
        nx.DiGraph([(0, 1), (1, 0)]),
        {},
        "mask = graph: is directed, and the objective is for undirected",
    ),
    "two components": (nx.Graph([(0, 1), (2, 3)]), {}, "mask = graph: has 2 components"),
    "a share of nothing": (
        GRAPH,
        {"budget": "+20%"},
        r"budget = \+20%: is a share of what the base network costs, and there is none: base=True",
    ),
    "a mask's cost": (MASK, {"cost": "unit"}, "cost = unit: belongs to the Mask that is given"),
    "a mask's base": (MASK, {"base": True}, "base = true: belongs to the Mask that is given"),
    "a problem's budget": (PROBLEM, {"budget": 2}, "budget = 2: belongs to the Problem that is given"),
    "a problem's signs": (
        PROBLEM,
        {"signs": {"change": "increase"}},
        "signs = .* belongs to the Problem that is given",
    ),
    "sizes of a graph": (
        GRAPH,
        {"rows": 3},
        "rows = 3: is a setting of mask=grid, and the network is given itself",
    ),
    "sizes of another mask": (GRAPH, {"radius": 3}, "radius = 3: is a setting of mask=random_geometric"),
    "a mask beside a graph": (GRAPH, {"mask": "grid"}, "mask = grid: is what optimize is given first"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_told_in_one_line(case: str) -> None:
    network, settings, line = REFUSED[case]
    with pytest.raises(gn.SettingError, match=line) as caught:
        gn.optimize(network, progress="none", **settings)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
