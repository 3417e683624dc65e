"""Quantum capacity: against all-pairs closures, minimum cuts by networkx, and what is optimal on a tree."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch

from experiments.quantum.claims import closure
from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.trees import bottlenecks
from gradnet_cli.numerics.trees.bottlenecks import bottleneck_edges
from gradnet_cli.numerics.trees.cut_tree import crossings, cut_tree
from gradnet_cli.objectives.quantum_capacity import QuantumCapacity, capacity
from gradnet_cli.problem import Problem
from gradnet_cli.problem.requirements import check_requirements
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, problem_of, run
from tests.samples import mask_of, random_problem

ROUTINGS = ("single", "multi")


def network_of(problem: Problem, weights: np.ndarray) -> Network:
    tensor = torch.tensor(weights, requires_grad=True)
    return Network(weights=tensor, topology=topology_of(problem), problem=problem)


def frozen(problem: Problem, weights: np.ndarray) -> Network:
    return Network(weights=torch.as_tensor(weights), topology=topology_of(problem), problem=problem)


def score(problem: Problem, weights: np.ndarray, routing: str = "single") -> np.ndarray:
    return QuantumCapacity(routing=routing)(network_of(problem, weights), 0).score.detach().numpy()


def draw(problem: Problem, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).exponential(size=problem.edges)


def matrix_of(problem: Problem, weights: np.ndarray) -> np.ndarray:
    matrix = np.zeros((problem.nodes, problem.nodes))
    matrix[tuple(problem.edge_index)] = weights
    return matrix + matrix.T


def graph_of(problem: Problem, capacities: np.ndarray) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(problem.nodes))
    for (i, j), value in zip(problem.edge_index.T.tolist(), capacities.tolist(), strict=True):
        graph.add_edge(i, j, capacity=value)
    return graph


def test_capacity_is_that_of_a_lossy_channel() -> None:
    weights = torch.tensor([0.0, 0.3, 1.0, 5.0, 400.0], dtype=torch.float64)
    direct = -torch.log2(1 - torch.tanh(weights[:4]))
    torch.testing.assert_close(capacity(weights)[:4], direct, rtol=1e-9, atol=1e-15)
    assert float(capacity(weights)[4]) == pytest.approx(800 / np.log(2) - 1)  # where 1 - tanh is 0


@pytest.mark.parametrize("seed", range(6))
def test_single_path_is_the_closure_over_all_paths(seed: int) -> None:
    problem = random_problem(seed, nodes=14)
    weights = draw(problem, seed) * (np.random.default_rng(seed).random(problem.edges) < 0.8)
    best = closure(matrix_of(problem, capacity(torch.as_tensor(weights)).numpy()))
    assert score(problem, weights) == pytest.approx(best[np.triu_indices(14, 1)].mean(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("seed", range(4))
def test_multi_path_is_the_minimum_cut_of_every_pair(seed: int) -> None:
    problem = random_problem(seed, nodes=9)
    weights = draw(problem, seed)
    graph = graph_of(problem, capacity(torch.as_tensor(weights)).numpy())
    cuts = [nx.minimum_cut_value(graph, i, j) for i in range(9) for j in range(i)]
    assert score(problem, weights, "multi") == pytest.approx(np.mean(cuts), rel=1e-9)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_gradient_agrees_with_finite_differences(routing: str) -> None:
    problem = random_problem(5, nodes=10)
    weights, step = draw(problem, 5), 1e-6
    network = network_of(problem, weights)
    QuantumCapacity(routing=routing)(network, 0).score.backward()
    for edge in range(problem.edges):
        shift = step * (np.arange(problem.edges) == edge)
        difference = score(problem, weights + shift, routing) - score(problem, weights - shift, routing)
        assert float(network.weights.grad[edge]) == pytest.approx(difference / (2 * step), abs=1e-8)


def test_prim_and_kruskal_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(7, nodes=40)
    batch = np.stack([draw(problem, seed) for seed in range(5)])
    arguments = {"edge_index": problem.edge_index, "nodes": problem.nodes}
    values = []
    for share in (0.0, 2.0):
        monkeypatch.setattr(bottlenecks, "MATRIX_SHARE", share)
        edges, count = bottleneck_edges(batch, **arguments)
        assert (count.sum(axis=1) == 40 * 39 / 2).all()
        values.append((np.take_along_axis(batch, edges, 1) * count).sum(axis=1))
    np.testing.assert_allclose(*values, rtol=1e-13)


@pytest.mark.parametrize("share", [0.0, 2.0])
def test_parts_without_a_path_count_nowhere(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bottlenecks, "MATRIX_SHARE", share)
    edge_index = np.array([[0, 1, 3], [1, 2, 4]])
    edges, count = bottleneck_edges(np.array([[2.0, 1.0, 5.0]]), edge_index=edge_index, nodes=6)
    counts = dict.fromkeys(range(3), 0)
    for edge, times in zip(edges[0].tolist(), count[0].tolist(), strict=True):
        counts[edge] += times
    assert counts == {0: 1, 1: 2, 2: 1}


def test_equal_weights_are_counted_once_each_pair() -> None:
    problem = random_problem(3, nodes=20)
    _, count = bottleneck_edges(np.ones((2, problem.edges)), edge_index=problem.edge_index, nodes=20)
    assert (count.sum(axis=1) == 190).all()


@pytest.mark.parametrize("seed", range(8))
def test_cut_tree_holds_a_minimum_cut_of_every_pair(seed: int) -> None:
    generator, nodes = np.random.default_rng(seed), 10
    i, j = np.triu_indices(nodes, 1)
    side = generator.integers(3, size=nodes)  # communities: cuts that are no single nodes
    capacities = generator.exponential(size=len(i)) * np.where(side[i] == side[j], 1, 0.05)
    if seed % 2:
        capacities = np.round(3 * capacities)  # ties, and parts without a path
    edge_index = np.stack([i, j])
    tree = cut_tree(capacities, edge_index=edge_index, nodes=nodes)
    shape = nx.Graph([(k, int(tree.parent[k]), {"value": tree.value[k]}) for k in range(1, nodes)])
    assert nx.is_tree(shape)
    assert len(shape) == nodes
    graph = nx.Graph()
    for a, b, value in zip(i.tolist(), j.tolist(), capacities.tolist(), strict=True):
        graph.add_edge(a, b, capacity=value)
    for a, b in edge_index.T.tolist():
        path = nx.shortest_path(shape, a, b)
        least = min(shape.edges[edge]["value"] for edge in nx.utils.pairwise(path))
        assert least == pytest.approx(nx.minimum_cut_value(graph, a, b), abs=1e-7)
    count, total = generator.random(nodes), np.zeros(len(i))
    for k in range(1, nodes):
        rest = nx.restricted_view(shape, [], [(k, int(tree.parent[k]))])
        near = np.isin(np.arange(nodes), list(nx.node_connected_component(rest, k)))
        total += count[k] * (near[i] != near[j])
    np.testing.assert_allclose(crossings(tree, count, edge_index=edge_index), total, atol=1e-12)


def test_equal_weights_are_best_on_a_tree_of_equal_lengths() -> None:
    """On a fixed forest the score is convex in how the budget is shared among nested forests."""
    graph = nx.path_graph(6)
    problem = Problem.build(
        mask=mask_of(graph),
        budget={"kind": "total", "value": 6.0},
        signs={},
    )
    best = score(problem, np.full(5, 0.6))
    generator = np.random.default_rng(0)
    for _ in range(50):
        other = np.full(5, 0.6) + 0.2 * (shift := generator.normal(size=5)) - 0.2 * shift.mean()
        assert score(problem, np.clip(other, 0, None) * 3 / np.clip(other, 0, None).sum()) <= best


def test_points_are_those_of_torch() -> None:
    problem = problem_of(composed("experiment=quantum_50"))
    torch.manual_seed(0)
    np.testing.assert_array_equal(problem.mask.positions, (torch.rand(50, 2) * 10).double().numpy())


def test_reference_tree() -> None:
    """Length and score of the minimum spanning tree, worked out by hand."""
    problem = problem_of(composed("experiment=quantum_50"))
    tree = nx.minimum_spanning_tree(nx.from_numpy_array(matrix_of(problem, problem.cost)))
    assert tree.size("weight") == pytest.approx(45.911, abs=5e-4)
    index = {tuple(pair): k for k, pair in enumerate(problem.edge_index.T.tolist())}
    weights = np.zeros(problem.edges)
    weights[[index[min(edge), max(edge)] for edge in tree.edges]] = 25 / tree.size("weight")
    assert score(problem, weights) == pytest.approx(0.98967, abs=5e-6)
    described = QuantumCapacity(routing="single").describe(frozen(problem, weights))
    assert described.metrics["score_uniform_tree"] == pytest.approx(0.98967, abs=5e-6)
    assert described.metrics["tree"] == 1
    assert described.metrics["edges_shared"] == described.metrics["edges_pruned"] == 49


@pytest.mark.slow
def test_a_thousand_nodes_are_a_closure() -> None:
    problem = problem_of(composed("experiment=quantum_1000"))
    assert problem.edges == 499_500
    weights = draw(problem, 0) / problem.cost
    best = closure(matrix_of(problem, weights))
    exact = capacity(torch.as_tensor(best[np.triu_indices(1000, 1)])).mean()
    assert score(problem, weights) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("routing", quick(ROUTINGS, 0))
def test_training_improves_and_repeats(routing: str, tmp_path: Path) -> None:
    overrides = ("experiment=quantum_50", "nodes=12", "updates=40", f"objective.routing={routing}")
    overrides += ("noise.samples=3", "budget.value=10")
    first, second = (run(tmp_path / name, *overrides) for name in ("a", "b"))
    np.testing.assert_array_equal(first.weights, second.weights)
    assert first.score > 2 * first.references["uniform"]
    assert_written(first, tmp_path / "a")


@pytest.mark.slow
def test_the_reference_task_beats_tree_and_library(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=quantum_50")
    assert result.score > 1.003
    assert result.metrics["tree"] == 1


def test_noise_ends_before_training_does() -> None:
    from gradnet_cli.model import Noise

    noise = Noise(additive=0.0, multiplicative=0.1, samples=2, schedule="linear", until=0.5, seed=0)
    assert [noise.amplitude(step=step, updates=8) for step in range(9)] == [1, 0.75, 0.5, 0.25, *[0] * 5]
    constant = Noise(additive=0.0, multiplicative=0.1, samples=2, schedule="constant", until=0.5, seed=0)
    assert [constant.amplitude(step=step, updates=4) for step in range(5)] == [1, 1, 0, 0, 0]


def test_even_start_spends_alike_on_every_edge() -> None:
    from gradnet_cli.model import FeasibleSet

    problem = random_problem(2)
    paid = problem.cost * FeasibleSet(problem).even().numpy()
    np.testing.assert_allclose(paid, problem.edge_budget / problem.edges, rtol=1e-12)


@pytest.mark.parametrize("routing", ["best", None, 1])
def test_unknown_routing(routing: object) -> None:
    with pytest.raises(SettingError, match=r"^objective\.routing = .*: must be single or multi"):
        QuantumCapacity(routing=routing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["signs.result=any"], "signs.result = any: must be nonnegative"),
        (["budget=none", "budget.value=null"], "budget.kind = none: must be per_node, total or relative"),
        (["radius=0.5"], "components"),
        (["points=matlab"], "points = matlab: must be numpy or torch"),
    ],
)
def test_bad_problems_are_one_line(overrides: list[str], message: str) -> None:
    with pytest.raises(SettingError, match=message) as error:
        check_requirements(
            problem_of(composed("experiment=quantum_50", *overrides)), QuantumCapacity.requires
        )
    assert "\n" not in str(error.value)
