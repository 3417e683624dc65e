"""Reconstruction against the formula, finite differences, a quadratic program and the networks simulated."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf
from scipy.integrate import solve_ivp

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.objectives.network_reconstruction import NetworkReconstruction
from gradnet_cli.objectives.network_reconstruction.trajectories import Trajectories, write_trajectories
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.arrays import read_arrays
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, problem_of, run

SMALL = ("experiment=reconstruction_50", "nodes=12", "budget.value=36")


def built(*overrides: str, **changes: Any) -> tuple[NetworkReconstruction, Problem]:
    config = composed(*SMALL, *overrides)
    problem = problem_of(config)
    settings = OmegaConf.to_container(config.objective, resolve=True)
    assert isinstance(settings, dict)
    arguments = {str(key): value for key, value in settings.items() if key not in ("_target_", "requires")}
    objective = NetworkReconstruction(**{**arguments, "seed": 0, **changes})
    objective.prepare(problem)
    return objective.eval(), problem


def network(problem: Problem, weights: np.ndarray | torch.Tensor) -> Network:
    return Network(weights=torch.as_tensor(weights), topology=topology_of(problem), problem=problem)


def drawn(problem: Problem, seed: int = 0, batch: tuple[int, ...] = ()) -> torch.Tensor:
    generator = np.random.default_rng(seed)
    return torch.as_tensor(generator.lognormal(-2, 1, size=(*batch, problem.edges)))


def test_score_of_a_step_is_that_of_a_loop_over_time_points() -> None:
    objective, problem = built(substeps=20)
    weights = drawn(problem)
    matrix = network(problem, weights).dense.numpy()
    seen = objective._observed
    assert seen is not None
    assert seen.constants is not None
    omega = seen.constants[:, 0].numpy()

    def rate(_: float, x: np.ndarray) -> np.ndarray:
        return omega + (matrix * np.sin(x[None, :] - x[:, None])).sum(axis=1)

    missed = total = 0.0
    for before, after in zip(seen.before.T.numpy(), seen.after.T.numpy(), strict=True):
        predicted = solve_ivp(rate, (0, 0.1), before, rtol=1e-10, atol=1e-12).y[:, -1]
        for view in (np.sin, np.cos):
            missed += ((view(predicted) - view(after)) ** 2).sum()
            total += ((view(before) - view(after)) ** 2).sum()
    assert float(objective(network(problem, weights), 0).score) == pytest.approx(missed / total, rel=1e-6)


@pytest.mark.parametrize("error", ["step", "integral"])
@pytest.mark.parametrize("dynamics", ["kuramoto", "diffusion"])
def test_the_true_network_explains_all_but_the_error_of_the_method(dynamics: str, error: str) -> None:
    objective, problem = built(dynamics=dynamics, error=error)
    assert objective.true_weights is not None
    assert float(objective(network(problem, objective.true_weights), 0).score) < 1e-5
    assert float(objective(network(problem, torch.zeros(problem.edges).double()), 0).score) > 0.5


@pytest.mark.parametrize("frequencies", ["auto", "fitted"])
@pytest.mark.parametrize("error", ["step", "integral"])
@pytest.mark.parametrize("dynamics", ["kuramoto", "diffusion"])
def test_gradients_are_those_of_finite_differences(dynamics: str, error: str, frequencies: str) -> None:
    objective, problem = built(dynamics=dynamics, error=error, frequencies=frequencies)
    weights = drawn(problem).requires_grad_()
    objective(network(problem, weights), 0).score.backward()
    assert weights.grad is not None
    for edge in (0, 17, 40):
        step = torch.zeros_like(weights)
        step[edge] = 1e-5
        with torch.no_grad():
            up, down = (objective(network(problem, weights + sign * step), 0).score for sign in (1, -1))
        assert float(weights.grad[edge]) == pytest.approx(float(up - down) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("error", ["step", "integral"])
def test_dense_and_sparse_agree_and_a_batch_is_its_samples(error: str) -> None:
    dense, problem = built(error=error, matrix="dense", frequencies="fitted")
    sparse, _ = built(error=error, matrix="sparse", frequencies="fitted")
    batch = drawn(problem, batch=(2, 3))
    scores = dense(network(problem, batch), 0).score
    assert scores.shape == (2, 3)
    torch.testing.assert_close(sparse(network(problem, batch), 0).score, scores)
    torch.testing.assert_close(dense(network(problem, batch[1, 2]), 0).score, scores[1, 2])


@pytest.mark.parametrize("frequencies", ["auto", "fitted"])
def test_integral_error_is_a_quadratic_and_says_so(frequencies: str) -> None:
    objective, problem = built(error="integral", frequencies=frequencies)
    assert objective.concave
    assert not built(error="step")[0].concave
    a, b = drawn(problem, 1), drawn(problem, 2)
    # The third differences of a quadratic vanish.
    values = [float(objective(network(problem, a + k * (b - a)), 0).score) for k in range(4)]
    assert np.diff(values, n=3)[0] == pytest.approx(0, abs=1e-9 * max(values))
    assert np.diff(values, n=2)[0] > 0


@pytest.mark.parametrize("frequencies", ["auto", "fitted"])
def test_residuals_give_the_score_and_its_gradient(frequencies: str) -> None:
    objective, problem = built(error="integral", frequencies=frequencies)
    weights = drawn(problem).requires_grad_()
    point = network(problem, weights)
    score = objective(point, 0).score
    score.backward()
    model = objective.residuals(network(problem, weights.detach()))
    at = weights.detach().numpy()
    seen = objective._observed
    assert seen is not None
    total = float(seen.increments.square().sum())
    slope = model.columns(np.arange(problem.edges)) @ at - model.correlation()
    assert weights.grad is not None
    np.testing.assert_allclose(2 * slope / total, weights.grad.numpy(), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("frequencies", ["auto", "fitted"])
@pytest.mark.parametrize("dynamics", ["kuramoto", "diffusion"])
def test_the_convex_problem_is_solved_in_one_update_with_a_proof(
    tmp_path: Path, dynamics: str, frequencies: str
) -> None:
    result = run(
        tmp_path, *SMALL, "objective.error=integral", f"objective.dynamics={dynamics}",
        "objective.trajectories=2", f"objective.frequencies={frequencies}", "updates=3",
    )  # fmt: skip
    assert result.updates == 1
    assert result.gap is not None
    assert result.gap < 1e-3
    assert result.metrics["f1"] == 1
    assert_written(result, tmp_path)


def test_noisy_measurements_without_a_budget(tmp_path: Path) -> None:
    changes = (
        "budget=none",
        "budget.value=null",
        "objective.disturbance=0.001",
        "objective.trajectories=4",
        "objective.error=integral",
    )
    result = run(tmp_path, "experiment=reconstruction_50", "nodes=12", *changes)
    assert 1e-6 < result.score < 1e-2
    assert result.score < result.metrics["score_of_truth"]  # the noise is fitted, too
    assert result.metrics["max_error"] < 0.3
    assert_written(result, tmp_path)


def test_trajectories_and_truth_from_files(tmp_path: Path) -> None:
    """A weighted network simulated elsewhere, with frequencies of its own, on a mask with names."""
    names = np.array(["a", "b", "c", "d", "e", "f"])
    pairs = [(i, j) for i in range(6) for j in range(i + 1, 6)]
    true = {(0, 1): 1.5, (1, 2): 0.7, (2, 5): 1.0, (3, 4): 2.0, (0, 3): 1.2}
    matrix = np.zeros((6, 6))
    for (i, j), weight in true.items():
        matrix[i, j] = matrix[j, i] = weight
    omega = np.linspace(-0.5, 0.5, 6)
    times = np.arange(80) * 0.05

    def rate(_: float, x: np.ndarray) -> np.ndarray:
        return omega + (matrix * np.sin(x[None, :] - x[:, None])).sum(axis=1)

    starts = np.random.default_rng(0).uniform(-3, 3, (2, 6))
    states = [
        solve_ivp(rate, (0, times[-1]), start, t_eval=times, rtol=1e-10, atol=1e-12).y.T for start in starts
    ]
    wrapped = tuple(np.angle(np.exp(1j * course)) for course in states)  # phases as they are measured
    write_trajectories(str(tmp_path / "t.csv"), Trajectories(interval=0.05, states=wrapped), names=names)
    rows = [f"{names[i]},{names[j]}" for i, j in pairs]
    (tmp_path / "mask.csv").write_text("Source,Target\n" + "\n".join(rows) + "\n")
    rows = [f"{names[j]},{names[i]},{weight}" for (i, j), weight in true.items()]
    (tmp_path / "truth.csv").write_text("Source,Target,Weight\n" + "\n".join(rows) + "\n")
    result = run(
        tmp_path / "run", "mask=edge_list", f"path={tmp_path / 'mask.csv'}",
        "objective=network_reconstruction", f"objective.data={tmp_path / 't.csv'}",
        f"objective.truth={tmp_path / 'truth.csv'}", "budget=none", "updates=10",
    )  # fmt: skip
    assert result.metrics["f1"] == 1
    assert result.metrics["max_error"] < 1e-4
    np.testing.assert_allclose(result.node_data["frequency"], omega, atol=1e-4)


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("dynamics", "kuramto", "Did you mean kuramoto?"),
        ("error", "derivative", "step or integral"),
        ("frequencies", "fited", "Did you mean fitted?"),
        ("frequencies", 3, "one of auto"),
        ("interval", 0, "> 0"),
        ("samples", 1, ">= 2"),
        ("trajectories", 0, ">= 1"),
        ("stationary", -1, ">= 0"),
        ("stationary", 1e9, "must be smaller"),
        ("disturbance", -0.1, ">= 0"),
        ("substeps", 0, ">= 1"),
        ("threshold", 0, "> 0"),
        ("matrix", "full", "auto, dense or sparse"),
        ("degree", 0, ">= 1"),
        ("data", "none.csv", "no such file"),
        ("truth", "none.csv", "no such file"),
    ],
)
def test_bad_settings_are_one_line(setting: str, value: object, word: str) -> None:
    with pytest.raises(SettingError) as told:
        built(**{setting: value})
    assert str(told.value).startswith(f"objective.{setting} = ")
    assert word in str(told.value)


def test_files_that_do_not_fit_are_one_line(tmp_path: Path) -> None:
    write_trajectories(
        str(tmp_path / "t.csv"),
        Trajectories(interval=1.0, states=(np.ones((3, 12)),)),
        names=np.arange(12).astype(str),
    )
    with pytest.raises(SettingError, match="no node ever changes"):
        built(data=str(tmp_path / "t.csv"))
    with pytest.raises(SettingError, match="cannot be drawn"):
        built(data=str(tmp_path / "t.csv"), frequencies="uniform")
    (tmp_path / "truth.csv").write_text("Source,Target,Weight\n0,1,1\n1,2,1\n1,0,2\n")
    with pytest.raises(SettingError, match="line 4: the edge 1-0 has the weight 2, and on line 2 1"):
        built(truth=str(tmp_path / "truth.csv"))
    (tmp_path / "truth.csv").write_text("Source,Target\n0,1\n0,12\n")
    with pytest.raises(SettingError, match=r"line 3: the mask has no edge 0-12"):
        built(truth=str(tmp_path / "truth.csv"))


@pytest.mark.parametrize("optimizer", quick(["adam", "exponentiated_gradient"], 1))
def test_gradient_methods_find_small_networks_too(tmp_path: Path, optimizer: str) -> None:
    changes = ("objective.trajectories=4", f"optimizer={optimizer}", "updates=300", "stop.plateau=null")
    further = ("optimizer.lr=1",) if optimizer == "adam" else ("objective.error=integral",)
    result = run(tmp_path, *SMALL, *changes, *further)
    assert result.metrics["f1"] > 0.9
    assert_written(result, tmp_path)


@pytest.mark.parametrize("objective", ["network_reconstruction", "algebraic_connectivity"])
def test_active_set_refuses_what_it_cannot_solve(tmp_path: Path, objective: str) -> None:
    changes = ("signs.result=any",) if objective == "network_reconstruction" else ()
    with pytest.raises(SettingError, match="optimizer = "):
        run(tmp_path, f"objective={objective}", "mask=complete", "nodes=8", "optimizer=active_set", *changes)


def test_figures_and_arrays(tmp_path: Path) -> None:
    run(tmp_path, *SMALL, "figures=true")
    assert {"true_weights", "predicted"} <= set(read_arrays(tmp_path / "arrays.npz"))
    assert (tmp_path / "figures" / "reconstruction.svg").stat().st_size > 0
    assert (tmp_path / "figures" / "prediction.png").stat().st_size > 0


@pytest.mark.slow
@pytest.mark.parametrize("experiment", ["reconstruction_50", "reconstruction_diffusion"])
@pytest.mark.parametrize("seed", range(10))
def test_all_edges_are_found(tmp_path: Path, experiment: str, seed: int) -> None:
    result = run(tmp_path, f"experiment={experiment}", f"seed={seed}")
    assert result.metrics["f1"] == result.metrics["precision"] == result.metrics["recall"] == 1
    assert_written(result, tmp_path)


@pytest.mark.parametrize(("budget", "shut_out"), [("budget=none", False), ("budget.value=1", True)])
def test_what_was_found_is_told_and_a_budget_that_shuts_the_truth_out(
    tmp_path: Path, budget: str, shut_out: bool
) -> None:
    result = run(
        tmp_path, "mask=complete", "nodes=10", "objective=network_reconstruction", budget, "updates=4"
    )
    told = [note for note in result.notes if note.startswith("the true edges are found with F1 = ")]
    assert told == [
        f"the true edges are found with F1 = {result.metrics['f1']:.3g} (precision "
        f"{result.metrics['precision']:.3g}, recall {result.metrics['recall']:.3g})"
    ]
    said = "the budget of 10 shuts the true network out, which costs 30: budget=none asks for none"
    assert (said in result.notes) is shut_out
