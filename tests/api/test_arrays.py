"""Matrices, arrays of edges, masks and problems as input."""

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
from gradnet_cli.problem.sparse_matrix import mask_of_matrix
from tests.api.material import EVEN, optimize


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
