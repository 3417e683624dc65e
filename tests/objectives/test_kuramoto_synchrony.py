"""Synchrony of Kuramoto oscillators: the score by other ways, what training reaches, and bad settings."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.locking.uniform_locking import best_order, locked_profile, strength_at_large_budget
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.objectives.kuramoto_synchrony.description import assortativity, carrying, is_bipartite
from gradnet_cli.problem import Problem
from gradnet_cli.report.figures import draw_all
from gradnet_cli.report.files.arrays import read_arrays
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, problem_of, run, settings

SMALL = ("mask=erdos_renyi", "nodes=15", "probability=0.5", "seed=3")


def problem(*overrides: str) -> Problem:
    return problem_of(composed("objective=kuramoto_synchrony", *(overrides or SMALL)))


def built(task: Problem, *, training: bool = False, **changes: Any) -> Objective:
    plugin = settings("objective=kuramoto_synchrony").objective
    objective = build_objective(replace(plugin, arguments={**plugin.arguments, **changes}), seed=5)
    objective.prepare(task)
    return objective.train(training)


def network(task: Problem, weights: np.ndarray | torch.Tensor) -> Network:
    return Network(weights=torch.as_tensor(weights), topology=topology_of(task), problem=task)


def drawn(task: Problem, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(sigma=0.5, size=task.edges)


def score(objective: Objective, task: Problem, weights: np.ndarray, *, gradient: bool = False) -> float:
    """Where a gradient is wanted other methods of integration are taken."""
    with torch.set_grad_enabled(gradient):
        return float(objective(network(task, weights), 0).score.mean())


RANDOM = {"frequencies": "normal", "phases": "random", "replicates": 3, "lag": 0.2}


@pytest.mark.parametrize("measure", ["time_mean", "steady"])
def test_forms_integrators_and_memories_agree(measure: str) -> None:
    task = problem()
    weights = drawn(task)
    common = {**RANDOM, "measure": measure, "deviation": 0.3, "horizon": 2.0}
    reference = score(built(task, **common), task, weights)
    scores = [
        score(built(task, **{**common, **other}), task, weights, gradient=True)
        for other in (
            {"steps": 100},
            {"solver": "dense"},
            {"solver": "sparse"},
            {"memory": "checkpoint"},
            {"integrator": "adaptive", "tolerance": 1e-7},
        )
    ]
    np.testing.assert_allclose(scores, reference, rtol=1e-8)


@pytest.mark.slow
def test_steady_is_what_long_times_lead_to() -> None:
    task = problem()
    weights = drawn(task)
    common = {"frequencies": "uniform", "phases": "random", "deviation": 0.3}
    steady = built(task, **common, measure="steady", horizon=50.0, steps=150)
    evaluation = steady(network(task, weights), 0)
    assert evaluation.metrics["locked"] == 1.0
    late = built(task, **common, horizon=300.0, steps=900, times=3)
    means = late.describe(network(task, weights)).metrics["final_order"]
    assert float(evaluation.score) == pytest.approx(means, abs=1e-9)


@pytest.mark.parametrize(
    ("measure", "training"), quick(product(["time_mean", "steady"], [False, True]), 1, 2)
)
def test_gradients_are_those_of_finite_differences(measure: str, training: bool) -> None:
    task = problem("mask=complete", "nodes=6", "directed=true")
    objective = built(task, training=training, **RANDOM, measure=measure, horizon=2.0, steps=20)
    weights = torch.as_tensor(drawn(task)).requires_grad_()
    objective(network(task, weights), 0).score.backward()
    assert weights.grad is not None
    for edge in range(0, task.edges, 9):
        step = np.zeros(task.edges)
        step[edge] = 1e-5
        values = [score(objective, task, weights.detach().numpy() + s * step, gradient=True) for s in (1, -1)]
        difference = (values[0] - values[1]) / 2e-5
        assert float(weights.grad[edge]) == pytest.approx(difference, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize(
    ("measure", "solver"), quick(product(["time_mean", "steady"], ["dense", "sparse"]), 0, 3)
)
def test_a_batch_is_a_loop(measure: str, solver: str) -> None:
    task = problem()
    objective = built(task, **RANDOM, measure=measure, solver=solver)
    samples = np.stack([drawn(task, seed) for seed in range(3)])
    with torch.no_grad():
        together = objective(network(task, samples), 0).score
    assert together.shape == (3,)
    np.testing.assert_allclose(together, [score(objective, task, sample) for sample in samples], rtol=1e-12)


def test_replicates_are_means_and_seeds_count() -> None:
    task = problem()
    weights = drawn(task)
    assert score(built(task, **RANDOM), task, weights) == score(built(task, **RANDOM), task, weights)
    alone = built(task, **RANDOM)
    per_replicate = []
    for replicate in range(3):
        one = built(task, **{**RANDOM, "replicates": 1})
        one.oscillators._omega = alone.oscillators._omega[:, [replicate]]  # type: ignore[operator, index]
        one.oscillators._start = alone.oscillators._start[:, [replicate]]  # type: ignore[operator, index]
        per_replicate.append(score(one, task, weights))
    assert score(alone, task, weights) == pytest.approx(np.mean(per_replicate), rel=1e-12)
    assert np.ptp(per_replicate) > 1e-3


def test_frequencies_of_every_kind(tmp_path: Path) -> None:
    task = problem("mask=random_geometric", "nodes=12")

    def of(**settings: Any) -> np.ndarray:
        return built(task, **settings).oscillators._omega  # type: ignore[return-value]

    np.testing.assert_allclose(of(low=-1, high=3)[:, 0], np.linspace(-1, 3, 12))
    quantiles = of(frequencies="quantiles")[:, 0]
    np.testing.assert_allclose(quantiles, (np.arange(12) + 0.5) / 12)
    assert of(frequencies="uniform", low=2, high=3, replicates=4).shape == (12, 4)
    assert (of(frequencies="uniform", low=2, high=3) >= 2).all()
    np.testing.assert_array_equal(of(frequencies="column", column="x")[:, 0], task.mask.node_data["x"])
    np.testing.assert_array_equal(of(frequencies=list(range(12)))[:, 0], np.arange(12.0))


BAD: Sequence[tuple[dict[str, Any], str]] = (
    ({"horizon": 0}, r"objective\.horizon = 0: must be a finite number > 0"),
    ({"horizon": -2.0}, r"objective\.horizon = -2\.0"),
    ({"horizon": float("nan")}, r"objective\.horizon = \.nan"),
    ({"steps": 0}, r"objective\.steps = 0"),
    ({"times": 1}, r"objective\.times = 1"),
    ({"tolerance": 0}, r"objective\.tolerance = 0"),
    ({"measure": "stead"}, r"objective\.measure = stead.*Did you mean steady"),
    ({"integrator": "rk5"}, r"objective\.integrator = rk5.*Did you mean rk4"),
    ({"frequencies": "normale"}, r"objective\.frequencies = normale.*Did you mean normal"),
    (
        {"frequencies": [1.0, 2.0]},
        r"objective\.frequencies = 2 numbers: must be one for each of the 15",
    ),
    ({"frequencies": [float("nan")] * 15}, r"objective\.frequencies\[0\] = \.nan"),
    ({"frequencies": 3}, r"objective\.frequencies = 3"),
    ({"frequencies": "column"}, r"objective\.column = null: must name"),
    ({"frequencies": "column", "column": "omega"}, r"objective\.column = omega: must be a column"),
    ({"low": 2.0, "high": 1.0}, r"objective\.high = 1\.0"),
    ({"replicates": 2}, r"objective\.replicates = 2: must be 1"),
    ({"lag": "a"}, r"objective\.lag = a"),
)


@pytest.mark.parametrize(("changes", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_settings_are_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message) as caught:
        built(problem(), **changes)
    assert "\n" not in str(caught.value)


def test_bipartite_is_networkxs() -> None:
    for seed in range(40):
        graph = nx.gnm_random_graph(14, 3 + seed // 3, seed=seed)
        edges = np.array(sorted(graph.edges)).T.reshape(2, -1)
        assert is_bipartite(edges, nodes=14) == nx.is_bipartite(graph)


def test_assortativity_is_networkxs() -> None:
    """Of networkx for one weight; weights count as so many parallel edges."""
    graph = nx.gnm_random_graph(20, 60, seed=1)
    values = np.random.default_rng(0).normal(size=20)
    nx.set_node_attributes(graph, {node: float(value) for node, value in enumerate(values)}, "value")
    edges = np.array(sorted(graph.edges)).T
    expected = nx.numeric_assortativity_coefficient(graph, "value")
    assert assortativity(edges, np.ones(60), values, directed=False) == pytest.approx(expected)
    weights = np.arange(60) % 3
    assert assortativity(edges, weights, values, directed=False) == pytest.approx(
        assortativity(np.repeat(edges, weights, axis=1), np.ones(weights.sum()), values, directed=False)
    )


def test_carrying_edges() -> None:
    np.testing.assert_array_equal(carrying(np.array([0.0, 5.0, 1.0, 4.0]), share=0.9), [1, 3])
    np.testing.assert_array_equal(carrying(np.array([0.0, 5.0, 1.0, 4.0]), share=0.99), [1, 3, 2])
    assert len(carrying(np.zeros(3), share=0.99)) == 0


def test_a_trained_network_and_its_files(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=kuramoto_steady", "nodes=40", "budget.value=2", "updates=200")
    assert_written(result, tmp_path)
    assert result.score == pytest.approx(locked_profile(2.0).order, abs=2e-4)
    assert result.metrics["locked"] == 1.0
    assert result.metrics["bipartite"] == 1.0
    assert result.metrics["frequency_assortativity"] < -0.7
    assert result.score_error is not None
    assert result.score_error < 1e-9
    arrays = read_arrays(tmp_path / "arrays.npz")
    assert arrays["track_phases"].shape == (len(arrays["time"]), 40)
    order = np.abs(np.exp(1j * arrays["phase"]).mean())
    assert order == pytest.approx(result.score, rel=1e-9)
    sizes = {path.name: path.stat().st_size for path in draw_all(result, tmp_path / "figures")}
    for stem in ("synchrony_matrix", "synchrony_phases", "synchrony_strength"):
        assert min(sizes[f"{stem}.png"], sizes[f"{stem}.svg"]) > 1000


@pytest.mark.slow
def test_below_the_threshold_a_core_is_locked(tmp_path: Path) -> None:
    few = ("nodes=40", "budget.value=0.3", "updates=400", "starts=1")
    result = run(tmp_path, "experiment=kuramoto_steady", *few)
    assert result.metrics["locked"] == 0.0
    assert result.score == pytest.approx(best_order(0.3), rel=0.1)
    assert result.score > 5 * result.references["uniform"]


@pytest.mark.slow
@pytest.mark.parametrize(("nodes", "updates"), [(100, 1500), (200, 2500)])
@pytest.mark.parametrize("ratio", [1.0, 2.0, 4.0])
def test_many_oscillators_approach_theory(ratio: float, nodes: int, updates: int, tmp_path: Path) -> None:
    settings = ("experiment=kuramoto_steady", f"nodes={nodes}", f"budget.value={ratio}", f"updates={updates}")
    result = run(tmp_path, *settings)
    assert result.score == pytest.approx(locked_profile(ratio).order, abs=5e-5)
    omega = np.abs(read_arrays(tmp_path / "arrays.npz")["frequency"])
    expected = np.interp(omega, locked_profile(ratio).frequency, locked_profile(ratio).strength)
    far = omega > 0.2
    np.testing.assert_allclose(result.strengths[0][far], expected[far], rtol=0.05)
    if ratio == 4.0:
        limit = ratio * strength_at_large_budget(omega)
        np.testing.assert_allclose(result.strengths[0][far], limit[far], rtol=0.05)


@pytest.mark.slow
def test_library_tasks(tmp_path: Path) -> None:
    result = run(tmp_path / "100", "experiment=kuramoto_100")
    assert result.score >= 0.998589
    assert result.metrics["bipartite"] == 1.0
    assert run(tmp_path / "lag", "experiment=kuramoto_sakaguchi").score >= 0.99716


@pytest.mark.slow
def test_a_million_pairs_stay_sparse(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=kuramoto_large", "updates=3")
    assert result.problem.edges > 950_000
    assert result.score > result.references["uniform"]
