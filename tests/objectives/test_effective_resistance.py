"""Total effective resistance: against resistor networks, closed forms, and a semidefinite program."""

from pathlib import Path

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.flows.dissipation import dense_dissipation, solved_dissipation
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import LaplacianSolverFactory
from gradnet_cli.objectives.effective_resistance import EffectiveResistance
from gradnet_cli.problem import Problem
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, execute
from tests.samples import mask_of, random_problem

SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 4 else []) for seed in range(20)]


def network_of(problem: Problem, weights: np.ndarray) -> Network:
    tensor = torch.tensor(weights, dtype=torch.float64, requires_grad=True)
    return Network(weights=tensor, topology=topology_of(problem), problem=problem)


def score(problem: Problem, weights: np.ndarray, solver: str = "auto") -> float:
    return EffectiveResistance(solver=solver)(network_of(problem, weights), 0).score.item()


def random_weights(problem: Problem, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.5, 2.0, problem.edges)


def optimum(problem: Problem) -> float:
    """min N (tr (L + J/N)^-1 - 1) by a semidefinite program."""
    weights = cp.Variable(problem.edges, nonneg=True)
    incidence = np.zeros((problem.nodes, problem.edges))
    incidence[problem.edge_index[0], np.arange(problem.edges)] = 1
    incidence[problem.edge_index[1], np.arange(problem.edges)] = -1
    laplacian = incidence @ cp.diag(weights) @ incidence.T
    trace = cp.tr_inv(laplacian + np.full((problem.nodes, problem.nodes), 1 / problem.nodes))
    program = cp.Problem(cp.Minimize(trace), [problem.cost @ weights == problem.edge_budget])
    program.solve(solver=cp.CLARABEL)
    return float(problem.nodes * (program.value - 1))


@pytest.mark.parametrize("solver", ["dense", "factorised", "multigrid", "conjugate_gradient"])
@pytest.mark.parametrize("seed", range(3))
def test_sum_of_resistance_distances(solver: str, seed: int) -> None:
    problem = random_problem(seed)
    weights = random_weights(problem, seed)
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(*problem.edge_index.tolist(), weights.tolist(), strict=True))
    distances = nx.resistance_distance(graph, weight="weight", invert_weight=False)
    expected = sum(sum(row.values()) for row in distances.values()) / 2
    assert score(problem, weights, solver) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("solver", ["dense", "factorised"])
def test_gradient_agrees_with_finite_differences(solver: str) -> None:
    problem = random_problem(3)
    weights = random_weights(problem, 3)
    network = network_of(problem, weights)
    EffectiveResistance(solver=solver)(network, 0).score.backward()
    step = 1e-5
    differences = [
        (score(problem, weights + step * unit, solver) - score(problem, weights - step * unit, solver))
        / (2 * step)
        for unit in np.eye(problem.edges)
    ]
    assert network.weights.grad is not None
    np.testing.assert_allclose(network.weights.grad, differences, rtol=1e-6)


def test_slopes_by_gram_matrix_and_by_rows_agree() -> None:
    # A complete graph takes the one, its cycle the other.
    nodes = 30
    complete = mask_of(nx.complete_graph(nodes))
    cycle = mask_of(nx.cycle_graph(nodes))
    generator = np.random.default_rng(0)
    for mask in (complete, cycle):
        pattern = LaplacianPattern(edge_index=mask.edge_index, nodes=nodes)
        laplacian = pattern.assemble(generator.uniform(0.5, 2, mask.edges))
        loads = sp.csc_array(sp.eye_array(nodes))
        dense = dense_dissipation(laplacian, pattern, loads)
        solver = LaplacianSolverFactory(kind="factorised", pattern=pattern)(laplacian)
        solved = solved_dissipation(solver, pattern, loads)
        assert dense.total == pytest.approx(solved.total, rel=1e-10)
        np.testing.assert_allclose(dense.slopes, solved.slopes, rtol=1e-8)
        np.testing.assert_allclose(dense.terms, solved.terms, rtol=1e-9)


def test_any_matrix_gives_a_bound_of_the_reciprocal() -> None:
    # The promise behind Objective.reciprocal, for slopes from a poor inverse: 1/R(w') <= <-g, w'> / R^2.
    generator = np.random.default_rng(5)
    for seed in range(20):
        problem = random_problem(seed)
        poor = generator.standard_normal((problem.nodes, problem.nodes))
        poor = poor @ poor.T
        poor -= poor.mean(axis=0)
        poor -= poor.mean(axis=1)[:, None]
        source, target = problem.edge_index
        slopes = np.square(poor[source] - poor[target]).sum(axis=1) / np.trace(poor) ** 2 / problem.nodes
        weights = random_weights(problem, seed)
        assert 1 / score(problem, weights) <= slopes @ weights * (1 + 1e-12)


def test_batch_equals_loop_and_nothing_is_random() -> None:
    problem = random_problem(7)
    weights = np.stack([random_weights(problem, seed) for seed in range(3)])
    objective = EffectiveResistance(solver="auto")
    batch = objective(network_of(problem, weights), 0).score.detach().numpy()
    assert batch.shape == (3,)
    np.testing.assert_array_equal(batch, [score(problem, row) for row in weights])


def test_network_in_parts_has_a_huge_finite_score() -> None:
    problem = Problem.build(
        mask=mask_of(nx.path_graph(4)), budget={"kind": "per_node", "value": 1.0}, signs={}
    )
    assert 1e11 < score(problem, np.array([1.0, 0.0, 1.0])) < np.inf


def test_tree_reaches_its_closed_form(tmp_path: Path) -> None:
    # On a tree R = sum n_e (N - n_e) / w_e, n_e the nodes on one side: w_e ~ sqrt(n_e (N - n_e) / c_e).
    problem = Problem.build(
        mask=mask_of(nx.path_graph(9), cost=np.linspace(1, 3, 8)),
        budget={"kind": "per_node", "value": 1.0},
        signs={},
    )
    side = np.arange(1, 9) * np.arange(8, 0, -1.0)
    expected = float(np.sqrt(side * problem.cost).sum() ** 2 / problem.edge_budget)
    result = execute(composed("objective=effective_resistance"), problem, tmp_path)
    assert result.score == pytest.approx(expected, rel=1e-9)
    assert result.bound == pytest.approx(expected, rel=1e-3)
    np.testing.assert_allclose(result.weights, np.sqrt(side / problem.cost) * result.weights[0] / 8**0.5)
    assert_written(result, tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_score_and_bound_agree_with_a_semidefinite_program(seed: int, tmp_path: Path) -> None:
    problem = random_problem(seed)
    config = composed("objective=effective_resistance", "stop.gap=1e-4", "updates=20000")
    result = execute(config, problem, tmp_path)
    expected = optimum(problem)
    assert result.score == pytest.approx(expected, rel=1e-3)
    assert result.bound is not None
    assert result.bound == pytest.approx(expected, rel=1e-3)
    assert result.bound <= expected * (1 + 1e-6)  # the program's own accuracy
    assert_written(result, tmp_path)


@pytest.mark.parametrize(("optimizer", "factor"), quick([("adam", 1.2), ("exponentiated_gradient", 1.02)], 1))
def test_other_optimizers_lead_there_too(optimizer: str, factor: float, tmp_path: Path) -> None:
    problem = random_problem(1)
    config = composed("objective=effective_resistance", f"optimizer={optimizer}", "updates=400")
    result = execute(config, problem, tmp_path)
    assert result.score <= optimum(problem) * factor
    assert result.bound is not None
    assert result.bound <= result.score


def test_sizes_beyond_an_exact_score_are_refused() -> None:
    problem = Problem.build(
        mask=mask_of(nx.random_regular_graph(6, 33_000, seed=0)),
        budget={"kind": "per_node", "value": 1.0},
        signs={},
    )
    with pytest.raises(SettingError, match=r"at most 32,768 nodes, or 200,000 where .* mask has 33,000"):
        EffectiveResistance(solver="auto").prepare(problem)
    grid = Problem.build(
        mask=mask_of(nx.convert_node_labels_to_integers(nx.grid_2d_graph(182, 182))),
        budget={"kind": "per_node", "value": 1.0},
        signs={},
    )
    EffectiveResistance(solver="auto").prepare(grid)
    with pytest.raises(SettingError, match="at most 32,768 nodes"):
        EffectiveResistance(solver="dense").prepare(grid)
    with pytest.raises(SettingError, match=r"objective\.solver = fast: must be auto"):
        EffectiveResistance(solver="fast")
