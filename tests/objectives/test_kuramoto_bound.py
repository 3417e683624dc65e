"""The bound on phase-locked oscillators and the budget they need: by programs of others, and by a search for
counterexamples."""

from pathlib import Path
from typing import Any

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.flows.least_flow import least_flow
from gradnet_cli.objectives import build_objective
from gradnet_cli.objectives.kuramoto_synchrony.dissipation import (
    critical_budget,
    least_dissipation,
    unlisted_cost,
)
from gradnet_cli.objectives.kuramoto_synchrony.locking import Locking, locking
from gradnet_cli.objectives.kuramoto_synchrony.order_limit import largest_order
from gradnet_cli.problem import Mask, Problem
from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.panel import panel_rows
from gradnet_cli.result import Result
from gradnet_cli.solve import solve
from tests.properties.test_feasible import problems, random_deltas
from tests.quick import quick
from tests.runs import composed, problem_of, run, settings_of
from tests.samples import random_problem

STEADY = (
    "objective=kuramoto_synchrony", "objective.measure=steady", "objective.horizon=40", "objective.steps=200",
    "objective.frequencies=quantiles", "objective.low=-1", "stop.plateau=null",
)  # fmt: skip
SIGNS = {"change": "any", "result": "nonnegative"}
PRINTED = 5e-8  # of numbers that are known to seven digits


def midpoints(nodes: int) -> np.ndarray:
    return -1 + 2 * (np.arange(nodes) + 0.5) / nodes


def complete(nodes: int, *, budget: float, **settings: Any) -> Problem:
    mask = Mask.from_edges(
        name="complete", nodes=nodes, edges=np.stack(np.triu_indices(nodes, 1)), **settings
    )
    return Problem.build(mask=mask, budget={"kind": "per_node", "value": budget}, signs=SIGNS)


def solved(*overrides: str) -> Result:
    """A run without files."""
    config = composed(*overrides)
    asked = settings_of(config)
    return solve(problem_of(config), build_objective(asked.objective, seed=asked.seed), asked)


def known(problem: Problem, omega: np.ndarray) -> Locking:
    return locking(problem, omega[:, None], lag=0.0)


@pytest.mark.parametrize(
    ("budget", "bound"), [(1, 0.9767253), (2, 0.9941503), (4, 0.9985357), (6, 0.9993490)]
)
def test_uniform_frequencies_on_all_pairs(budget: float, bound: float) -> None:
    """W is half of sum(abs(omega)), and N W / 2 the least budget."""
    found = known(complete(100, budget=budget), midpoints(100))
    assert found.limit.value == pytest.approx(bound, abs=PRINTED)
    assert found.critical == pytest.approx(50.0, rel=1e-12)


def test_flows_are_those_of_the_network_simplex_method() -> None:
    """networkx, on whole numbers."""
    random = np.random.default_rng(1)
    graph = nx.gnm_random_graph(30, 70, seed=2)
    assert nx.is_connected(graph)
    edges = np.array(graph.edges).T
    cost, supply = random.integers(1, 20, size=edges.shape[1]), random.integers(-9, 10, size=30)
    supply[0] -= supply.sum()
    directed = nx.DiGraph()
    for node, given_here in enumerate(supply.tolist()):
        directed.add_node(node, demand=-given_here)
    for (i, j), price in zip(edges.T.tolist(), cost.tolist(), strict=True):
        directed.add_edge(i, j, weight=price)
        directed.add_edge(j, i, weight=price)
    expected, _ = nx.network_simplex(directed)
    found = least_flow(edges, supply.astype(float), cost.astype(float))
    assert found is not None
    assert found.cost == pytest.approx(expected, rel=1e-9)
    assert found.potentials @ supply == pytest.approx(expected, rel=1e-9)
    assert (np.abs(found.potentials[edges[0]] - found.potentials[edges[1]]) <= cost + 1e-9).all()
    leaving = np.bincount(edges[0], found.flow, minlength=30) - np.bincount(
        edges[1], found.flow, minlength=30
    )
    np.testing.assert_allclose(leaving, supply, atol=1e-9)


@pytest.mark.parametrize("base", ["none", "positive"])
@pytest.mark.parametrize("p", [1.0, 2.0])
def test_least_dissipation_is_that_of_a_conic_program(base: str, p: float) -> None:
    """min sum F^2 / w over flows and networks, by CVXPY; with a base network that can only grow."""
    signs = {"change": "increase", "result": "nonnegative"}
    problem = random_problem(4, base=base, signs=signs, budget={"kind": "per_node", "value": 1.0, "p": p})
    omega = np.random.default_rng(0).normal(size=problem.nodes)
    omega -= omega.mean()
    flow, weights = cp.Variable(problem.edges), cp.Variable(problem.edges)
    source, target = problem.edge_index
    incidence = np.eye(problem.nodes)[:, source] - np.eye(problem.nodes)[:, target]
    dissipated = cp.sum([cp.quad_over_lin(flow[edge], weights[edge]) for edge in range(problem.edges)])
    added = cp.multiply(problem.cost, weights - problem.base)
    limits = [incidence @ flow == omega, weights >= problem.base, cp.norm(added, p) <= problem.edge_budget]
    expected = cp.Problem(cp.Minimize(dissipated), limits).solve(solver=cp.CLARABEL)
    bound, network = least_dissipation(problem, omega)
    assert bound <= expected * (1 + 1e-6)
    rounds_end_early = base == "positive" and p > 1
    assert bound == pytest.approx(expected, rel=5e-3 if rounds_end_early else 2e-4)
    assert network is not None
    assert problem.allows(network)


def balanced(size: int, seed: int) -> np.ndarray:
    omega = np.random.default_rng(seed).normal(size=size)
    centred: np.ndarray = omega - omega.mean()
    return centred


def test_pairs_that_are_not_listed_cost_what_listed_ones_do() -> None:
    """All pairs, and those across two sides; by linear programs on the lists."""
    for left, seed in [(None, 0), (3, 1), (9, 2), (1, 3)]:
        omega = balanced(14, seed)
        pairs = np.stack(np.triu_indices(14, 1))
        if left is not None:
            pairs = pairs[:, (pairs[0] < left) & (pairs[1] >= left)]
        listed = least_flow(pairs, omega, np.ones(pairs.shape[1]))
        assert listed is not None
        assert unlisted_cost(omega, left=left) == pytest.approx(listed.cost, rel=1e-9)


@st.composite
def locked(draw: st.DrawFn) -> tuple[Problem, np.ndarray, np.ndarray, np.ndarray]:
    """A problem, a feasible network, any phases within half a circle, and frequencies that they lock at."""
    problem = draw(problems().filter(lambda each: not each.directed and each.budget_total is not None))
    seed = draw(st.integers(0, 10**6))
    random = np.random.default_rng(seed)
    delta = random_deltas(FeasibleSet(problem), seed, 1)[0].numpy()
    weights = problem.base + delta
    phases = draw(st.floats(0.01, np.pi)) * random.uniform(0, 1, size=problem.nodes)
    if draw(st.booleans()):  # at the two ends alone
        phases = np.round(phases / max(phases.max(), 1e-9)) * phases.max()
    source, target = problem.edge_index
    carried = weights * np.sin(phases[source] - phases[target])
    omega = np.bincount(source, carried, minlength=problem.nodes)
    omega -= np.bincount(target, carried, minlength=problem.nodes)
    return problem, weights, phases, omega


@given(locked())
@settings(max_examples=25, deadline=None)
def test_no_locked_state_is_above_the_bound(
    drawn: tuple[Problem, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Masks, costs, base networks, signs and norms of the budget at random; states need not be stable."""
    problem, weights, phases, omega = drawn
    found = known(problem, omega + 0.3)
    if (problem.base + problem.lower < 0).any():
        assert found.limit.value is None
        assert "weights >= 0" in found.limit.reason
        return
    if np.abs(omega).max() <= 1e-9 * np.abs(weights).max():
        return  # nothing but rounding: parts of the mask need not balance
    assert found.limit.value is not None, found.limit.reason
    assert found.limit.value >= abs(np.exp(1j * phases).mean()) - 1e-9
    if found.critical is not None:
        assert found.critical <= problem.budget_total * (1 + 1e-7)


def test_a_forest_needs_what_flows() -> None:
    """On a tree the flow is what the nodes behind an edge supply, and just that much weight locks it."""
    graph = nx.random_labeled_tree(12, seed=3)
    edges = np.array(sorted(tuple(sorted(edge)) for edge in graph.edges)).T
    cost = np.random.default_rng(2).uniform(0.5, 2, size=11)
    omega = balanced(12, 5)
    mask = Mask.from_edges(name="tree", nodes=12, edges=edges, cost=cost)
    expected, flows = 0.0, []
    for (i, j), price in zip(edges.T.tolist(), cost, strict=True):
        cut = graph.copy()
        cut.remove_edge(i, j)
        flows.append(abs(sum(omega[node] for node in nx.node_connected_component(cut, i))))
        expected += 2 * price * flows[-1]
    problem = Problem.build(mask=mask, budget={"kind": "total", "value": 1.0}, signs=SIGNS)
    assert critical_budget(problem, omega) == pytest.approx(expected, rel=1e-9)


def test_limits_and_base_networks_only_raise_or_lower_what_is_needed() -> None:
    """Two nodes: w >= |F|, of which the base network has a part, and a limit may forbid the rest."""
    edges, omega = np.array([[0], [1]]), np.array([1.0, -1.0])

    def needed(base: float, limit: float | None) -> float | None:
        mask = Mask.from_edges(name="pair", nodes=2, edges=edges, base=np.array([base]))
        problem = Problem.build(
            mask=mask, budget={"kind": "total", "value": 0.1}, limits={"weight": limit}, signs=SIGNS
        )
        return critical_budget(problem, omega)

    assert needed(0.0, None) == pytest.approx(2.0)
    assert needed(0.75, None) == pytest.approx(0.5)
    assert needed(0.75, 0.9) == np.inf


@pytest.mark.parametrize(("budget", "share"), quick([(2, 0.03), (6, 0.01)], 0))
def test_training_comes_near_to_the_bound(budget: int, share: float) -> None:
    """N = 100, the gap being one of 1 - r; the start is so good that 60 updates are enough."""
    result = solved("experiment=kuramoto_steady", f"budget.value={budget}", "updates=60")
    assert result.bound is not None
    assert 0 <= result.bound - result.score <= share * (1 - result.bound)
    assert result.gap == pytest.approx((result.bound - result.score) / (1 - result.bound), abs=1e-6)


def test_files_and_panel_tell_it(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=kuramoto_steady", "nodes=20", "budget.value=2", "updates=20")
    summary = read_json(tmp_path / "summary.json")
    assert summary["bound_scope"] == "phase-locked within half a circle"
    assert summary["no_bound"] is None
    assert summary["metrics"]["critical_budget"] == pytest.approx(10.0)
    rows = dict(panel_rows(result, None))
    assert "no network phase-locked within half a circle can exceed it" in rows["bound"]
    assert "of what the bound falls short of 1" in rows["gap"]
    assert any("below 10 (0.5 a node)" in note for note in result.notes)


MASKS = {
    "grid": ("mask=grid", "rows=5", "cols=5"),
    "random": ("mask=erdos_renyi", "nodes=25", "probability=0.2", "largest_component=true"),
    "distances": ("mask=random_geometric", "nodes=25", "largest_component=true", "cost=distance"),
    "active": ("mask=complete", "nodes=30", "edges=active"),
}


def overrides_of(mask: str, frequencies: str) -> list[str]:
    overrides = [*STEADY, *MASKS[mask]]
    if frequencies != "bimodal":
        return [*overrides, f"objective.frequencies={frequencies}"]
    nodes = problem_of(composed(*overrides)).nodes
    random = np.random.default_rng(0)
    values = np.where(np.arange(nodes) % 2, 1.0, -1.0) + random.normal(scale=0.2, size=nodes)
    return [*overrides, f"objective.frequencies={values.round(3).tolist()}"]


def assert_below(result: Result) -> None:
    if result.bound is None:
        assert result.no_bound
    else:
        assert result.metrics["locked"] == 1.0
        assert result.score - (result.score_error or 0.0) <= result.bound


@pytest.mark.parametrize(
    ("mask", "frequencies"),
    quick([("grid", "normal"), ("random", "bimodal"), ("distances", "linspace"), ("active", "normal")], 1, 3),
)
def test_a_run_is_below_its_bound(mask: str, frequencies: str) -> None:
    result = solved(*overrides_of(mask, frequencies), "budget.value=20", "updates=5")
    assert result.bound is not None
    assert_below(result)


@pytest.mark.slow
@pytest.mark.parametrize("frequencies", ["normal", "linspace", "bimodal"])
@pytest.mark.parametrize("mask", MASKS)
def test_no_run_is_above_its_bound(mask: str, frequencies: str) -> None:
    for budget in (0.5, 1.0, 2.0, 4.0, 8.0, 30.0):
        assert_below(solved(*overrides_of(mask, frequencies), f"budget.value={budget}", "updates=150"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("objective.measure=time_mean", "measure=steady"),
        ("objective.lag=0.1", "objective.lag must be 0"),
        ("directed=true", "undirected networks alone"),
        ("signs.result=any", "weights >= 0"),
        ("budget.value=0.2", "no network locks below a budget of 5"),
    ],
)
def test_why_there_is_none(change: str, why: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    result = run(tmp_path, *STEADY, "mask=complete", "nodes=10", "budget.value=2", "updates=2", change)
    assert result.bound is None
    assert result.gap is None
    assert why in result.no_bound
    assert ("none: " + result.no_bound) in [text for name, text in panel_rows(result, None)]
    assert read_json(tmp_path / "summary.json")["no_bound"] == result.no_bound
    assert ("a core of the nodes" in caplog.text) == (change == "budget.value=0.2")


def test_parts_that_nothing_joins_do_not_lock() -> None:
    mask = Mask.from_edges(name="parts", nodes=4, edges=np.array([[0, 2], [1, 3]]))
    problem = Problem.build(mask=mask, budget={"kind": "total", "value": 50.0}, signs=SIGNS)
    found = known(problem, np.array([1.0, 0.0, 0.0, 0.0]))
    assert found.limit.value is None
    assert "parts of the mask" in found.limit.reason
    assert known(problem, np.array([1.0, -1.0, 2.0, -2.0])).limit.value is not None


def test_the_largest_order_is_reached() -> None:
    """Two oscillators at +-1: r = cos(theta) at 2 theta = Q, and nothing beyond half a circle."""
    omega = np.array([1.0, -1.0])
    for dissipated in (0.1, 1.0, 1.5):
        assert largest_order(omega, dissipated) == pytest.approx(np.cos(dissipated / 2), abs=1e-9)
    assert largest_order(omega, 3.2) is None
    assert largest_order(np.zeros(3), 0.0) == 1.0


@pytest.mark.parametrize("mask", ["grid", "random", "distances"])
@pytest.mark.parametrize("seed", [3, 4])
def test_the_least_budget_suffices(mask: str, seed: int) -> None:
    """With 1 % more there are a network and phases that turn at one speed, on the forest of a linear program.

    From equal phases oscillators come to that state only with more: they slip on their way.
    """
    task = problem_of(composed(*STEADY, *MASKS[mask]))
    omega = balanced(task.nodes, seed)
    critical = critical_budget(task, omega)
    assert critical is not None
    incidence = np.zeros((task.nodes, task.edges))
    incidence[task.edge_index, np.arange(task.edges)] = [[1.0], [-1.0]]
    flow = cp.Variable(task.edges)
    cp.Problem(cp.Minimize(task.cost @ cp.abs(flow)), [incidence @ flow == omega]).solve(solver=cp.HIGHS)
    weights = 1.01 * np.abs(flow.value)
    assert task.spent(weights) == pytest.approx(1.01 * critical, rel=1e-8)
    used = np.flatnonzero(weights > 1e-9)
    forest = nx.Graph()
    forest.add_edges_from((*task.edge_index[:, edge].tolist(), {"edge": edge}) for edge in used)
    assert nx.is_forest(forest)
    phases = np.zeros(task.nodes)
    for part in nx.connected_components(forest):
        for node, after in nx.bfs_edges(forest, next(iter(part))):
            edge = forest.edges[node, after]["edge"]
            along = np.arcsin(flow.value[edge] / weights[edge])
            phases[after] = phases[node] - (along if task.edge_index[0, edge] == node else -along)
    carried = weights * np.sin(phases[task.edge_index[0]] - phases[task.edge_index[1]])
    assert omega - incidence @ carried == pytest.approx(np.zeros(task.nodes), abs=1e-8)


def test_the_start_is_feasible_and_sparse() -> None:
    problem = complete(20, budget=2.0)
    found = known(problem, midpoints(20))
    assert found.start is not None
    assert problem.allows(found.start)
    assert np.count_nonzero(found.start) < 2 * problem.nodes
