"""Problem: what it derives, and what it refuses."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Budget, Mask, Problem, Signs
from gradnet_cli.problem.masks import complete, grid, karate
from gradnet_cli.problem.requirements import DENSE_NODE_LIMIT, check_requirements

FEW = settings(max_examples=50, deadline=None)
PER_NODE = {"kind": "per_node", "value": 1.0}


def path_mask(**changes: Any) -> Mask:
    mask = Mask.from_edges(name="path", nodes=4, edges=np.array([[0, 1, 2], [1, 2, 3]]))
    return replace(mask, **changes)


def problem(mask: Mask | None = None, budget: Any = PER_NODE, **signs: str) -> Problem:
    return Problem.build(mask=mask or path_mask(), budget=budget, signs=signs)


class TestBudget:
    @pytest.mark.parametrize(
        "value", [-1, 0, 0.0, math.nan, math.inf, -math.inf, "much", "1", None, True, [1]]
    )
    @pytest.mark.parametrize("kind", ["per_node", "total"])
    def test_refuses_what_is_no_positive_number(self, kind: str, value: object) -> None:
        with pytest.raises(SettingError, match=r"^budget\.value = .*: must be a finite number > 0 \("):
            problem(budget={"kind": kind, "value": value})

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"kind": "pernode", "value": 1}, r"budget\.kind = pernode: .* Did you mean per_node\?"),
            ({"value": 1}, r"budget\.kind = null: must be per_node, total, relative or none"),
            ({**PER_NODE, "rule": "atmost"}, r"budget\.rule = atmost: .* Did you mean at_most\?"),
            ({**PER_NODE, "p": 0.5}, r"budget\.p = 0\.5: must be a finite number >= 1"),
            ({**PER_NODE, "p": math.inf}, r"budget\.p = \.inf: must be a finite number >= 1"),
            ({**PER_NODE, "vale": 2}, r"budget\.vale = 2: is unknown; .* Did you mean value\?"),
            ({"kind": "none", "value": 2}, r"budget\.value = 2: must be null with budget=none"),
        ],
    )
    def test_refuses_other_settings(self, settings: dict[str, Any], message: str) -> None:
        with pytest.raises(SettingError, match=message):
            problem(budget=settings)

    def test_per_node_is_the_mean_strength(self) -> None:
        assert problem(budget={"kind": "per_node", "value": 1.5}).budget_total == 6
        assert problem(budget={"kind": "total", "value": 1.5}).budget_total == 1.5
        assert problem(budget={"kind": "none"}).budget_total is None
        assert problem(budget={"kind": "none"}).edge_budget is None

    @FEW
    @given(
        delta=arrays(np.float64, 6, elements=st.floats(-10, 10, width=32)),
        cost=arrays(np.float64, 6, elements=st.floats(0.125, 8, width=32)),
        p=st.floats(1, 8),
        directed=st.booleans(),
    )
    def test_spent_is_the_norm_over_ordered_pairs(
        self, delta: np.ndarray, cost: np.ndarray, p: float, directed: bool
    ) -> None:
        mask = complete.build(nodes=3, directed=True) if directed else complete.build(nodes=4)
        task = problem(replace(mask, cost=cost), {"kind": "total", "value": 3.0, "p": p})
        dense = np.zeros((mask.nodes, mask.nodes))
        dense[tuple(mask.edge_index)] = cost * np.abs(delta)
        if not directed:
            dense += dense.T
        np.testing.assert_allclose(task.spent(delta), (dense**p).sum() ** (1 / p), rtol=1e-9, atol=1e-30)

    @FEW
    @given(p=st.floats(1, 8), directed=st.booleans())
    def test_the_edge_budget_spends_the_whole(self, p: float, directed: bool) -> None:
        task = problem(complete.build(nodes=4, directed=directed), {"kind": "per_node", "value": 2.0, "p": p})
        assert task.edge_budget is not None
        one = np.zeros(task.edges)
        one[0] = task.edge_budget
        assert task.spent(one) == pytest.approx(task.budget_total, rel=1e-12)
        even = np.full(task.edges, task.edge_budget / task.edges ** (1 / p))
        assert task.spent(even) == pytest.approx(task.budget_total, rel=1e-12)

    def test_high_powers_neither_over_nor_underflow(self) -> None:
        task = problem(budget={"kind": "total", "value": 1.0, "p": 200.0})
        assert task.spent(np.full(3, 1e-9)) == pytest.approx(1e-9 * 6 ** (1 / 200))
        assert task.spent(np.full(3, 1e9)) == pytest.approx(1e9 * 6 ** (1 / 200))


class TestSigns:
    def test_bounds(self) -> None:
        mask = path_mask(base=np.array([0.0, 1.0, 2.0]))
        any_change = problem(mask, change="any", result="nonnegative")
        assert any_change.lower.tolist() == [0, -1, -2]
        assert (any_change.upper == np.inf).all()
        removal = problem(mask, change="decrease", result="nonnegative")
        assert removal.upper.tolist() == [0, 0, 0]
        assert problem(mask, change="increase").lower.tolist() == [0, 0, 0]
        assert (problem(mask, change="any", result="any").lower == -np.inf).all()

    def test_a_negative_base_must_rise(self) -> None:
        mask = path_mask(base=np.array([-0.25, 0.0, 0.0]))
        assert problem(mask).lower.tolist() == [0.25, 0, 0]
        with pytest.raises(SettingError, match=r"signs\.change = decrease: cannot raise .* of edge 0-1"):
            problem(mask, change="decrease")

    @pytest.mark.parametrize("rule", ["exact", "at_most"])
    def test_a_negative_base_may_cost_more_than_the_budget(self, rule: str) -> None:
        mask = path_mask(base=np.array([-4.0, 0.0, 0.0]))
        with pytest.raises(SettingError, match=r"budget\.value = 1\.0: must pay for at least 8 "):
            problem(mask, {**PER_NODE, "rule": rule})

    def test_removal_cannot_spend_more_than_there_is(self) -> None:
        base = path_mask(base=np.array([0.5, 0.5, 0.5]))
        with pytest.raises(SettingError, match=r"budget\.value = 1\.0: cannot be spent: .* costs 3 "):
            problem(base, change="decrease")
        assert problem(base, {**PER_NODE, "rule": "at_most"}, change="decrease").budget_total == 4
        assert problem(base, {"kind": "total", "value": 3.0}, change="decrease").budget_total == 3

    def test_removal_needs_a_base(self) -> None:
        with pytest.raises(SettingError, match=r"signs\.change = decrease: must leave something to change"):
            problem(budget={"kind": "none"}, change="decrease")

    @pytest.mark.parametrize(
        ("signs", "message"),
        [
            ({"change": "up"}, r"signs\.change = up: must be any, increase or decrease"),
            ({"result": "positive"}, r"signs\.result = positive: must be nonnegative or any"),
            ({"chang": "any"}, r"signs\.chang = any: is unknown; .* Did you mean change\?"),
        ],
    )
    def test_refuses_other_words(self, signs: dict[str, str], message: str) -> None:
        with pytest.raises(SettingError, match=message):
            problem(**signs)


class TestMask:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"nodes": 1}, "has 1 nodes"),
            ({"edge_index": np.zeros((2, 0), dtype=np.int64)}, "has no edge"),
            ({"edge_index": np.zeros(3, dtype=np.int64)}, r"edge_index must be int64 of shape \(2, E\)"),
            ({"edge_index": np.array([[0, 1, 2], [1, 2, 3]], dtype=np.int32)}, "not int32"),
            ({"edge_index": np.array([[0, 1, 2], [1, 2, 4]])}, r"must lie within 0 \.\. 3"),
            ({"edge_index": np.array([[-1, 1, 2], [1, 2, 3]])}, r"must lie within 0 \.\. 3"),
            ({"edge_index": np.array([[0, 1, 2], [1, 1, 3]])}, "self-loop at node 1"),
            ({"edge_index": np.array([[0, 2, 2], [1, 1, 3]])}, "must have i < j"),
            ({"edge_index": np.array([[1, 0, 2], [2, 1, 3]])}, "sorted"),
            ({"edge_index": np.array([[0, 0, 2], [1, 1, 3]])}, "without duplicates"),
            ({"cost": np.ones(2)}, r"cost must be float64 of shape \(3,\)"),
            ({"cost": np.ones(3, dtype=np.float32)}, "cost must be float64"),
            ({"cost": np.array([1.0, 0.0, 1.0])}, "cost of edge 1-2 is 0 and must be > 0"),
            ({"cost": np.array([1.0, -2.0, 1.0])}, "cost of edge 1-2 is -2 and must be > 0"),
            ({"cost": np.array([1.0, np.nan, 1.0])}, "cost of edge 1-2 is nan and must be finite"),
            ({"base": np.array([1.0, np.inf, 1.0])}, "base of edge 1-2 is inf and must be finite"),
            ({"base": np.ones((3, 1))}, "base must be float64"),
            ({"node_data": {"x": np.ones(3)}}, "node data x has shape"),
            ({"labels": np.array(["a"])}, "node data labels has shape"),
            ({"positions": np.ones((3, 2))}, "positions have shape"),
            ({"positions": np.full((4, 2), np.nan)}, "positions must be finite"),
            ({"shape": (2, 3)}, r"shape \(2, 3\) does not hold 4 nodes"),
        ],
    )
    def test_refuses_broken_promises(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(SettingError, match=f"^mask = path: .*{message}"):
            problem(path_mask(**changes))


class TestRequirements:
    def check(self, task: Problem, *requires: str, dense: bool = False) -> None:
        check_requirements(task, requires, dense=dense)

    def test_disconnected(self) -> None:
        mask = Mask.from_edges(name="three", nodes=7, edges=np.array([[0, 1, 2, 4], [1, 2, 3, 5]]))
        message = r"mask = three: has 3 components \(sizes 4, 2, 1\): lambda_2 is 0 for every network on it"
        with pytest.raises(SettingError, match=message):
            self.check(problem(mask), "connected")

    def test_edges_that_can_carry_nothing_do_not_connect(self) -> None:
        mask = path_mask(base=np.array([1.0, 0.0, 1.0]))
        self.check(problem(mask), "connected")
        with pytest.raises(SettingError, match="2 components"):
            self.check(problem(mask, {"kind": "none"}, change="decrease"), "connected")

    def test_directions(self) -> None:
        one_way = problem(path_mask(directed=True))
        self.check(one_way, "directed", "connected")
        self.check(problem(), "undirected", "connected", "strongly_connected")
        with pytest.raises(SettingError, match=r"is directed, and the objective is for undirected networks$"):
            self.check(one_way, "undirected")
        read = problem(replace(path_mask(directed=True), name="edge_list"))
        with pytest.raises(SettingError, match=r"is for undirected networks: say directed=false$"):
            self.check(read, "undirected")
        with pytest.raises(SettingError, match="is undirected, and the objective is for directed"):
            self.check(problem(), "directed")
        with pytest.raises(SettingError, match=r"4 components .* needs a strongly connected mask"):
            self.check(one_way, "strongly_connected")

    def test_budget(self) -> None:
        self.check(problem(), "budget")
        with pytest.raises(SettingError, match=r"budget\.kind = none: must be per_node, total or relative"):
            self.check(problem(budget={"kind": "none"}), "budget")

    def test_nonnegative(self) -> None:
        self.check(problem(), "nonnegative")
        self.check(problem(change="increase", result="any"), "nonnegative")
        with pytest.raises(SettingError, match=r"signs\.result = any: must be nonnegative"):
            self.check(problem(result="any"), "nonnegative")

    def test_weighted_base(self) -> None:
        self.check(problem(karate.build(base="weights")), "weighted_base")
        with pytest.raises(SettingError, match="has no base weights"):
            self.check(problem(), "weighted_base")

    def test_unknown_requirement(self) -> None:
        with pytest.raises(
            SettingError, match=r"requires of the objective = conected: .* Did you mean connected\?"
        ):
            self.check(problem(), "conected")

    def test_dense_solver_at_50000_nodes(self) -> None:
        large = problem(grid.build(rows=500, cols=100))
        message = r"objective\.solver = dense: .* the mask has 50,000 \(one dense matrix takes 18\.6 GiB\)"
        with pytest.raises(SettingError, match=message):
            self.check(large, dense=True)
        self.check(large, dense=False)

    def test_dense_solver_at_its_limit(self) -> None:
        self.check(problem(grid.build(rows=DENSE_NODE_LIMIT // 2, cols=2)), dense=True)


def test_objects_and_settings_are_the_same() -> None:
    first = Problem.build(mask=path_mask(), budget=Budget(kind="total", value=2), signs=Signs(result="any"))
    other = problem(budget={"kind": "total", "value": 2}, result="any")
    assert first.budget_total == other.budget_total == 2.0
    assert isinstance(first.budget.value, float)
    np.testing.assert_array_equal(first.lower, other.lower)


def test_no_torch_is_imported() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from gradnet_cli.problem.masks import edge_list\n"
        "slow = {'torch', 'lightning', 'networkx', 'pandas', 'matplotlib'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
