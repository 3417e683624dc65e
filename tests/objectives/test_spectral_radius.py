"""Spectral radius: against closed forms and a semidefinite program."""

from pathlib import Path

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.graphs import adjacency
from gradnet_cli.numerics.spectra.perron import largest_eigenpair
from gradnet_cli.objectives.spectral_radius import SpectralRadius
from gradnet_cli.problem import Problem
from tests.assertions import assert_written
from tests.runs import composed, execute
from tests.samples import mask_of, random_problem

SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 4 else []) for seed in range(20)]


def network_of(problem: Problem, weights: np.ndarray) -> Network:
    tensor = torch.tensor(weights, dtype=torch.float64, requires_grad=True)
    return Network(weights=tensor, topology=topology_of(problem), problem=problem)


def score(problem: Problem, weights: np.ndarray) -> float:
    return SpectralRadius(tolerance=1e-5).eval()(network_of(problem, weights), 0).score.item()


def random_weights(problem: Problem, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.5, 2.0, problem.edges)


def optimum(problem: Problem) -> float:
    """min lambda_max(A) by a semidefinite program."""
    weights = cp.Variable(problem.edges, nonneg=True)
    matrix = 0
    for edge, (i, j) in enumerate(problem.edge_index.T):
        unit = np.zeros((problem.nodes, problem.nodes))
        unit[i, j] = unit[j, i] = 1
        matrix = matrix + weights[edge] * unit
    program = cp.Problem(cp.Minimize(cp.lambda_max(matrix)), [problem.cost @ weights == problem.edge_budget])
    program.solve(solver=cp.CLARABEL)
    return float(program.value)


@pytest.mark.parametrize("nodes", [30, 400])  # dense, Lanczos
def test_eigenvalue_agrees_with_the_full_spectrum(nodes: int) -> None:
    problem = random_problem(0, nodes=nodes)
    weights = random_weights(problem, 0)
    matrix = adjacency(problem.edge_index, weights, nodes=nodes).toarray()
    assert score(problem, weights) == pytest.approx(np.linalg.eigvalsh(matrix)[-1], rel=1e-10)


@pytest.mark.parametrize("nodes", [12, 300])
def test_gradient_agrees_with_finite_differences(nodes: int) -> None:
    problem = random_problem(3, nodes=nodes)
    weights = random_weights(problem, 3)
    network = network_of(problem, weights)
    SpectralRadius(tolerance=1e-5).eval()(network, 0).score.backward()
    step = 1e-4
    assert network.weights.grad is not None
    for edge in range(0, problem.edges, max(1, problem.edges // 12)):
        unit = step * np.eye(1, problem.edges, edge)[0]
        difference = (score(problem, weights + unit) - score(problem, weights - unit)) / (2 * step)
        assert float(network.weights.grad[edge]) == pytest.approx(difference, rel=1e-4, abs=1e-6)


def test_training_slopes_promise_a_bound() -> None:
    for seed in range(20):
        problem = random_problem(seed)
        objective = SpectralRadius(tolerance=1e-5)
        objective.prepare(problem)
        network = network_of(problem, random_weights(problem, seed))
        objective(network, 0).score.backward()
        other = random_weights(problem, seed + 100) ** 3
        assert network.weights.grad is not None
        assert float(network.weights.grad.numpy() @ other) <= score(problem, other) * (1 + 1e-12)


def test_empty_and_split_networks_have_a_spectral_radius() -> None:
    problem = random_problem(0, nodes=400)
    assert score(problem, np.zeros(problem.edges)) == 0.0
    split = np.zeros(problem.edges)
    split[5], split[9] = 1.0, 1.5
    both = set(problem.edge_index[:, 5]) & set(problem.edge_index[:, 9])
    assert score(problem, split) == pytest.approx(np.hypot(1, 1.5) if both else 1.5, rel=1e-9)
    zero = largest_eigenpair(
        adjacency(problem.edge_index, 0 * split, nodes=400), guess=np.ones(400), tolerance=1
    )
    assert (zero.value, zero.residual) == (0.0, 0.0)


def test_batch_equals_loop() -> None:
    problem = random_problem(7)
    weights = np.stack([random_weights(problem, seed) for seed in range(3)])
    batch = SpectralRadius(tolerance=1e-5).eval()(network_of(problem, weights), 0).score.detach().numpy()
    np.testing.assert_allclose(batch, [score(problem, row) for row in weights], rtol=1e-12)


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (nx.cycle_graph(8), 1.0),  # regular: the mean strength, which no network goes below
        (nx.star_graph(9), 5 / 3),  # w sqrt(n) with n w = 5, the budget of ten nodes
        (nx.path_graph(6), 1.0),  # three separate pairs
        (nx.complete_bipartite_graph(2, 4), 3 / 8**0.5),  # sqrt(p q) w with p q w = 3
    ],
    ids=["cycle", "star", "path", "bipartite"],
)
def test_closed_forms(graph: nx.Graph, expected: float, tmp_path: Path) -> None:
    problem = Problem.build(mask=mask_of(graph), budget={"kind": "per_node", "value": 1.0}, signs={})
    result = execute(composed("objective=spectral_radius"), problem, tmp_path)
    assert result.score == pytest.approx(expected, rel=1e-3)
    assert result.bound is not None
    assert result.bound <= expected * (1 + 1e-12)
    assert result.bound == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_score_and_bound_agree_with_a_semidefinite_program(seed: int, tmp_path: Path) -> None:
    problem = random_problem(seed)
    config = composed("objective=spectral_radius", "stop.gap=1e-4", "stop.plateau=null", "updates=20000")
    result = execute(config, problem, tmp_path)
    expected = optimum(problem)
    assert result.score == pytest.approx(expected, rel=1e-3)
    assert result.bound is not None
    assert result.bound == pytest.approx(expected, rel=1e-3)
    assert result.bound <= expected * (1 + 1e-6)  # the program's own accuracy
    assert_written(result, tmp_path)


@pytest.mark.parametrize("optimizer", ["adam", "exponentiated_gradient"])
def test_other_optimizers_improve_and_their_bound_holds(optimizer: str, tmp_path: Path) -> None:
    problem = random_problem(1)
    config = composed("objective=spectral_radius", f"optimizer={optimizer}", "updates=400")
    result = execute(config, problem, tmp_path)
    best = optimum(problem)
    assert result.score <= 1.1 * best
    assert result.bound is not None
    assert result.bound <= best * (1 + 1e-6)


def test_network_beside_a_base_keeps_the_gradient_and_its_bound(tmp_path: Path) -> None:
    problem = random_problem(2, base="positive", signs={"change": "increase"})
    result = execute(composed("objective=spectral_radius", "updates=50"), problem, tmp_path)
    assert result.score <= result.references["uniform"]
    assert result.bound is not None
    assert result.bound <= result.score * (1 + 1e-12)


def test_budget_that_need_not_be_spent_is_refused() -> None:
    problem = random_problem(0, budget={"kind": "per_node", "value": 1.0, "rule": "at_most"})
    with pytest.raises(SettingError, match=r"budget\.rule = at_most: must be exact"):
        SpectralRadius(tolerance=1e-5).prepare(problem)
    with pytest.raises(SettingError, match=r"objective\.tolerance = 0"):
        SpectralRadius(tolerance=0)
