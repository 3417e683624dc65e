"""Spanning trees: against closed forms, a published network, and a convex program."""

from pathlib import Path

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.objectives.spanning_trees import SpanningTrees
from gradnet_cli.problem import Problem
from gradnet_cli.result import Result
from tests.assertions import assert_written
from tests.conformance.material import network, value
from tests.quick import quick
from tests.runs import composed, execute, run
from tests.samples import mask_of, random_problem


def optimized(graph: nx.Graph, **settings: object) -> Result:
    chosen = {"budget": {"kind": "total", "value": 2.0 * graph.number_of_edges()}, "progress": "none"}
    return gn.optimize(graph, objective="spanning_trees", **{**chosen, **settings})


@pytest.mark.slow
def test_karate_club() -> None:
    """78 edges to spend: the optimum is 38.66328, uniform weights have 36.16625, and 71 edges are used."""
    result = optimized(nx.karate_club_graph(), stop={"gap": 1e-8}, updates=2000)
    assert result.score == pytest.approx(38.66328, abs=1e-5)
    assert result.bound == pytest.approx(38.66328, abs=2e-5)
    assert result.references["uniform"] == pytest.approx(36.16625, abs=1e-5)
    assert result.edges_used == 71


def test_the_optimum_pays_each_edge_for_its_use() -> None:
    """An edge gets its probability of being in a random spanning tree, as a share of the budget."""
    result = optimized(nx.karate_club_graph(), stop={"gap": 1e-9}, updates=3000)
    spent = result.weights / result.weights.sum()
    np.testing.assert_allclose(result.arrays["tree_probability"] / 33, spent, atol=1e-4)
    value = result.arrays["edge_value"] * 78 / 33
    assert value.max() <= 1 + 1e-4  # the condition of Kiefer and Wolfowitz


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (nx.complete_graph(12), 10 * np.log(12)),  # Cayley 1889, by symmetry the best
        (nx.cycle_graph(9), np.log(9)),
        (nx.complete_bipartite_graph(3, 5), 4 * np.log(3) + 2 * np.log(5)),
        (nx.path_graph(8), 0.0),
    ],
)
def test_equal_weights_are_the_best_where_all_edges_are_alike(graph: nx.Graph, expected: float) -> None:
    result = optimized(graph)
    np.testing.assert_allclose(result.weights, 1.0, rtol=1e-9)
    assert result.score == pytest.approx(expected, abs=1e-9)
    assert result.bound == pytest.approx(expected, abs=1e-9)


def test_tree_with_costs() -> None:
    cost = np.array([1.0, 4.0, 0.5, 2.0])
    problem = Problem.build(
        mask=mask_of(nx.path_graph(5), cost=cost), budget={"kind": "total", "value": 20.0}, signs={}
    )
    optimum = SpanningTrees(solver="auto").optimum(problem)
    assert optimum is not None
    np.testing.assert_allclose(optimum.weights, 10.0 / 4 / cost)


@pytest.mark.parametrize("seed", quick(range(3), 0))
def test_score_and_bound_agree_with_a_convex_program(seed: int, tmp_path: Path) -> None:
    problem = random_problem(seed)
    result = execute(
        composed("objective=spanning_trees", "stop.gap=1e-7", "updates=20000"), problem, tmp_path
    )
    weights = cp.Variable(problem.edges, nonneg=True)
    incidence = np.zeros((problem.nodes, problem.edges))
    incidence[problem.edge_index[0], np.arange(problem.edges)] = 1
    incidence[problem.edge_index[1], np.arange(problem.edges)] = -1
    grounded = (incidence @ cp.diag(weights) @ incidence.T)[1:, 1:]
    program = cp.Problem(cp.Maximize(cp.log_det(grounded)), [problem.cost @ weights == problem.edge_budget])
    program.solve(solver=cp.CLARABEL)
    # An error of relative size r in all weights is one of (N - 1) r in the score.
    assert result.score == pytest.approx(program.value, abs=1e-4)
    assert result.bound == pytest.approx(program.value, abs=1e-3)
    assert_written(result, tmp_path)


@pytest.mark.slow
def test_grid_of_10_000_nodes(tmp_path: Path) -> None:
    result = run(tmp_path, "objective=spanning_trees", "mask=grid", "rows=100", "stop.gap=1e-3")
    assert result.gap is not None
    assert result.gap <= 1e-3
    assert result.updates <= 20


def test_no_tree_is_minus_infinity() -> None:
    problem = Problem.build(
        mask=mask_of(nx.path_graph(4)), budget={"kind": "per_node", "value": 1.0}, signs={}
    )
    objective = SpanningTrees(solver="auto")
    objective.prepare(problem)
    cut = np.array([1.0, 0.0, 1.0])
    assert value(objective.eval(), problem)(cut) == -np.inf
    with pytest.raises(NumericalError, match="the network of update 3 has no spanning tree"):
        objective.train()(network(problem, cut), 3)


def test_a_mask_without_a_tree_is_refused() -> None:
    with pytest.raises(SettingError, match="connected"):
        gn.optimize(nx.Graph([(0, 1), (2, 3)]), objective="spanning_trees", progress="none")


def test_pairs_that_are_not_listed(tmp_path: Path) -> None:
    """The bound speaks of all pairs, and is that of the run which holds them all."""
    where = ("mask=random_geometric", "nodes=90", "radius=0.5", "cost=distance", "stop.gap=1e-3")
    listed, active = (
        run(tmp_path / edges, "objective=spanning_trees", *where, f"edges={edges}")
        for edges in ("all", "active")
    )
    assert active.problem.mask.pairs is not None
    assert active.score <= listed.bound
    assert active.bound >= listed.score
    assert active.score == pytest.approx(listed.score, rel=1e-3)
