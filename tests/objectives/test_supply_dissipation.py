"""Supply networks: against closed forms, published numbers, and networks that are solved one by one."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.supply_dissipation import SupplyDissipation
from gradnet_cli.problem import Mask, Problem
from gradnet_cli.result import Result
from tests.assertions import assert_written
from tests.conformance.material import value
from tests.quick import quick
from tests.runs import run
from tests.samples import mask_of, random_problem

ONE = ("objective=supply_dissipation", "mask=grid", "budget=total", "budget.value=2")  # 1 over the edges


def objective(**changes: object) -> SupplyDissipation:
    plain = {"loads": "source", "source": None, "demand": None, "columns": None, "file": None}
    settings = {**plain, "damage": None, "solver": "auto", **changes}
    return SupplyDissipation(**settings)  # type: ignore[arg-type]


def power(problem: Problem, weights: np.ndarray, patterns: np.ndarray) -> float:
    """Mean of s' L^+ s."""
    graph = nx.Graph()
    graph.add_nodes_from(range(problem.nodes))
    graph.add_weighted_edges_from(zip(*problem.edge_index.tolist(), weights.tolist(), strict=True))
    inverse = np.linalg.pinv(nx.laplacian_matrix(graph).toarray())
    return float(np.mean([pattern @ inverse @ pattern for pattern in patterns]))


class TestOnePattern:
    @pytest.mark.parametrize("rows", [2, 5, 9])
    @pytest.mark.parametrize("initial", ["uniform", "random"])
    def test_grid_fed_at_a_corner(self, rows: int, initial: str, tmp_path: Path) -> None:
        """n^4 (n - 1)^2: every node is (n - 1) from the corner in the mean."""
        result = run(tmp_path, *ONE, f"rows={rows}", f"initial={initial}", "stop.gap=1e-7", "updates=2000")
        expected = rows**4 * (rows - 1) ** 2
        assert result.score == pytest.approx(expected, rel=1e-6)
        assert result.bound == pytest.approx(expected, rel=1e-6)
        assert_written(result, tmp_path)

    @pytest.mark.parametrize("seed", quick(range(4), 0, 1))
    def test_any_pattern_and_costs(self, seed: int) -> None:
        """(min-cost flow at the price sqrt(cost))^2 / K, the flow by a linear program of its own."""
        from scipy.optimize import linprog

        problem = random_problem(seed, nodes=10)
        pattern = np.random.default_rng(seed).integers(-3, 4, 10).astype(float)
        pattern[0] -= pattern.sum()
        result = gn.optimize(
            problem, objective="supply_dissipation", loads=pattern.tolist(), initial="random",
            stop={"gap": 1e-5}, updates=5000, progress="none",
        )  # fmt: skip
        incidence = np.zeros((10, problem.edges))
        incidence[problem.edge_index[0], np.arange(problem.edges)] = 1
        incidence[problem.edge_index[1], np.arange(problem.edges)] = -1
        price = np.sqrt(problem.cost)
        flow = linprog(
            np.tile(price, 2), A_eq=np.hstack([incidence, -incidence]), b_eq=pattern, method="highs"
        )
        expected = flow.fun**2 / problem.edge_budget
        assert result.score == pytest.approx(expected, rel=2e-5)
        assert result.bound == pytest.approx(expected, rel=2e-5)
        known = gn.optimize(problem, objective="supply_dissipation", loads=pattern.tolist(), progress="none")
        assert known.updates == 0
        assert known.score == pytest.approx(expected, rel=1e-9)
        assert known.bound == pytest.approx(expected, rel=1e-9)

    def test_parts_that_need_nothing_of_each_other(self) -> None:
        """Two pairs, and a node without a load: a network of three parts, as good as one that joins them."""
        problem = Problem.build(
            mask=mask_of(nx.path_graph(5)), budget={"kind": "total", "value": 2.0}, signs={}
        )
        pattern = [1.0, -1.0, 0.0, 1.0, -1.0]
        for solver in ("dense", "factorised"):
            own = objective(loads=pattern, solver=solver)
            own.prepare(problem)
            for joint in (0.0, 1e-18, 1e-12, 1e-3):
                score = value(own, problem)(np.array([0.5, joint, joint, 0.5]))
                assert score == pytest.approx(4.0, rel=1e-9)
        result = gn.optimize(problem, objective="supply_dissipation", loads=pattern, progress="none")
        np.testing.assert_allclose(result.weights, [0.5, 0.0, 0.0, 0.5])
        assert result.gap <= 1e-12


class TestMovingSink:
    def test_five_by_five(self, tmp_path: Path) -> None:
        where = ("rows=5", "objective.loads=moving_sink", "stop.gap=1e-8", "updates=3000")
        result = run(tmp_path, *ONE, *where)
        assert result.score == pytest.approx(44.0155726, rel=1e-7)
        assert result.bound == pytest.approx(44.0155726, rel=1e-6)
        assert result.metrics["cycles"] == 16
        sinks = np.eye(25)[0] - np.eye(25)[1:]
        assert result.score == pytest.approx(power(result.problem, result.weights, sinks), rel=1e-9)

    @pytest.mark.slow
    def test_thirty_by_thirty(self, tmp_path: Path) -> None:
        result = run(tmp_path, *ONE, "rows=30", "objective.loads=moving_sink", "stop.gap=1e-3")
        assert result.gap is not None
        assert result.gap <= 1e-3
        assert result.updates <= 200

    def test_all_pairs_are_the_effective_resistance(self) -> None:
        """The mean over all sources and sinks is R / pairs; these patterns are all that there are."""
        problem = random_problem(3, nodes=7)
        weights = np.random.default_rng(3).uniform(0.5, 2, problem.edges)
        pairs = [(i, j) for i in range(7) for j in range(i)]
        patterns = [(np.eye(7)[i] - np.eye(7)[j]).tolist() for i, j in pairs]
        own = objective(loads=patterns)
        own.prepare(problem)
        resistance = nx.Graph()
        resistance.add_weighted_edges_from(zip(*problem.edge_index.tolist(), weights.tolist(), strict=True))
        index = nx.effective_graph_resistance(resistance, weight="weight", invert_weight=False)
        assert value(own, problem)(weights) == pytest.approx(index / len(pairs), rel=1e-9)


class TestDamage:
    @pytest.mark.parametrize("loads", ["source", "moving_sink"])
    def test_the_mean_over_lost_edges(self, loads: str) -> None:
        problem = Problem.build(
            mask=mask_of(nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 4))),
            budget={"kind": "total", "value": 2.0},
            signs={},
        )
        own = objective(loads=loads, damage="links")
        own.prepare(problem)
        weights = np.random.default_rng(0).uniform(0.2, 2, problem.edges)
        patterns = np.eye(12)[0] - np.eye(12)[1:]
        patterns = patterns.sum(axis=0, keepdims=True) if loads == "source" else patterns
        without = [
            power(problem, np.where(np.arange(problem.edges) == lost, 0, weights), patterns)
            for lost in range(problem.edges)
        ]
        assert value(own, problem)(weights) == pytest.approx(np.mean(without), rel=1e-9)
        chosen = objective(loads=loads, damage=[[0, 1], [1, 2]])
        chosen.prepare(problem)
        places = [problem.edge_index.T.tolist().index(ends) for ends in ([0, 1], [1, 2])]
        expected = np.mean([without[place] for place in places])
        assert value(chosen, problem)(weights) == pytest.approx(expected, rel=1e-9)

    def test_it_makes_loops(self, tmp_path: Path) -> None:
        result = run(tmp_path, *ONE, "rows=4", "objective.damage=links", "stop.gap=1e-5")
        assert result.gap is not None
        assert result.gap <= 1e-5
        assert result.metrics["cycles"] > 0
        assert result.metrics["dissipation_undamaged"] < result.score
        assert result.score < result.metrics["dissipation_damaged_most"]

    def test_a_bridge_cannot_be_lost(self) -> None:
        with pytest.raises(SettingError, match="must not have 0-1: without it the mask"):
            gn.optimize(nx.path_graph(3), objective="supply_dissipation", damage="links", progress="none")


class TestEconomyOfScale:
    @pytest.mark.parametrize("exponent", quick([0.2, 0.5, 0.9], 1))
    def test_the_value_of_a_tree(self, exponent: float) -> None:
        """(sum (sqrt(c) |F|)^(2 g / (1 + g)))^((1 + g) / g) / K with K^g = sum (c C)^g."""
        tree = nx.random_labeled_tree(12, seed=5)
        cost = np.random.default_rng(5).uniform(0.5, 3, 11)
        problem = Problem.build(
            mask=mask_of(tree, cost=cost),
            budget={"kind": "total", "value": 40.0, "exponent": exponent},
            signs={},
        )
        result = gn.optimize(problem, objective="supply_dissipation", updates=200, progress="none")
        flow = []
        for edge in problem.edge_index.T.tolist():
            cut = tree.copy()
            cut.remove_edge(*edge)
            flow.append(12 - len(nx.node_connected_component(cut, 0)))
        share = 2 * exponent / (1 + exponent)
        power = ((np.sqrt(cost) * flow) ** share).sum() ** (2 / share)
        budget = 40.0 / 2 ** (1 / exponent)  # each edge counts twice
        assert ((cost * result.weights) ** exponent).sum() ** (1 / exponent) == pytest.approx(budget)
        assert result.score == pytest.approx(power / budget, rel=1e-9)
        assert result.bound is None
        assert f"budget.exponent={exponent:g} a mixture of two networks may cost more" in result.no_bound

    @pytest.mark.parametrize("exponent", quick([0.3, 0.7], 1))
    def test_one_pattern_makes_a_tree(self, exponent: float, tmp_path: Path) -> None:
        result = run(tmp_path, *ONE, "rows=6", f"budget.exponent={exponent}")
        assert result.metrics["cycles"] == 0
        assert result.metrics["carrying_edges"] == 35
        assert result.score < result.references["cheapest_paths"]

    @pytest.mark.parametrize("further", quick(["objective.damage=links", "objective.loads=moving_sink"], 0))
    def test_damage_or_a_moving_sink_make_loops(self, further: str, tmp_path: Path) -> None:
        result = run(tmp_path, *ONE, "rows=6", "budget.exponent=0.5", further)
        assert result.metrics["cycles"] >= 3


def small(**columns: object) -> Mask:
    mask = mask_of(nx.cycle_graph(4))
    return mask.with_node_data({name: np.asarray(column) for name, column in columns.items()})


def optimized(mask: Mask, **settings: object) -> Result:
    return gn.optimize(mask, objective="supply_dissipation", progress="none", **settings)


class TestLoads:
    def test_columns_and_a_file_are_lists(self, tmp_path: Path) -> None:
        day, night = [3.0, -1.0, -1.0, -1.0], [0.0, 2.0, 0.0, -2.0]
        path = tmp_path / "loads.csv"
        path.write_text("pattern,node,load\nday,0,3\nday,1,-1\nday,2,-1\nday,3,-1\nnight,1,2\nnight,3,-2\n")
        mask = small(day=day, night=night)
        listed = optimized(mask, loads=[day, night])
        assert optimized(mask, loads="columns", columns=["day", "night"]).score == listed.score
        assert optimized(mask, loads="file", file=str(path)).score == listed.score
        assert listed.metrics["patterns"] == 2
        assert optimized(mask, loads=day).score == optimized(mask).score

    def test_source_and_demand(self) -> None:
        mask = small(people=[5.0, 1.0, 0.0, 2.0])
        result = optimized(mask, source=3, demand="people", initial="random", stop={"gap": 1e-6})
        np.testing.assert_allclose(result.node_data["load"], [-5.0, -1.0, 0.0, 6.0])
        assert result.score == pytest.approx((5 + 2) ** 2 / result.problem.edge_budget, rel=1e-5)

    @pytest.mark.parametrize(
        ("settings", "told"),
        [
            ({"loads": "sources"}, r"objective\.loads = sources: must be source, .* Did you mean .*source"),
            ({"source": 9}, r"source = 9: is no node of the mask: nodes are 0 \.\. 3"),
            ({"source": True}, "source = true: is no node"),
            (
                {"demand": "poeple"},
                r"demand = poeple: must be columns of the node data, which has people, low",
            ),
            ({"demand": "low"}, "demand = low: must not have negative numbers"),
            ({"demand": "none"}, "must let some node take something"),
            ({"loads": "columns"}, "columns = null: must name columns of node data"),
            ({"loads": "columns", "columns": "people"}, "must be a list of columns"),
            ({"loads": "columns", "columns": ["people"]}, "must sum to zero, .* the pattern sums to 8"),
            ({"loads": "columns", "columns": ["zero"]}, "must ask for some flow: the pattern is zero"),
            ({"loads": "columns", "columns": ["word"]}, "must hold finite numbers only"),
            ({"loads": "file"}, "file = null: must name a CSV file"),
            ({"loads": "file", "file": "missing.csv"}, "missing.csv"),
            ({"loads": [1.0, -1.0]}, "2 numbers: must have a number for each of the 4 nodes"),
            ({"loads": [[1.0], [1.0, 2.0]]}, "must be source, moving_sink, columns, file, or a list"),
            ({"loads": [1.0, float("nan"), 0, 0]}, "or a list of numbers"),
            ({"damage": "link"}, "damage = link: must be links"),
            ({"damage": [[0, 2]]}, "must be an edge of the mask"),
            ({"damage": "links", "solver": "factorised"}, "must be auto or dense with damage"),
            ({"solver": "fast"}, "solver = fast"),
        ],
    )
    def test_what_cannot_be_is_told_in_one_line(self, settings: dict[str, object], told: str) -> None:
        columns = {"people": [5.0, 1.0, 0.0, 2.0], "low": [-1.0, 1, 1, 1], "zero": [0.0] * 4}
        mask = small(**columns, none=[1.0, 0, 0, 0], word=["a", "b", "c", "d"])
        with pytest.raises(gn.GradnetError, match=told) as caught:
            optimized(mask, **settings)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("node,value\n0,1\n", r"line 1: must begin with a header that names \[pattern,\] node and load"),
            ("node,load\n0,1\n7,-1\n", "line 3: the mask has no node '7'"),
            ("node,load\n0,1\n1,much\n", "line 3: the load 'much' must be a finite number"),
            ("node,load\n0,1\n0,-1\n", "line 3: node 0 has a second load"),
            ("node,load\n", "the file has no load"),
            ("node,load\n0,1\n1,-2\n", "must sum to zero"),
        ],
    )
    def test_files_that_cannot_be_used(self, text: str, told: str, tmp_path: Path) -> None:
        path = tmp_path / "loads.csv"
        path.write_text(text)
        with pytest.raises(gn.GradnetError, match=told):
            optimized(small(), loads="file", file=str(path))
