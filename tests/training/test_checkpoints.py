"""What training leaves on disk belongs to the scores that it reports, also when it fails."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gradnet_cli.errors import NumericalError
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.result import Result
from gradnet_cli.runs.job import run_job
from gradnet_cli.settings.composition import Composed
from tests.assertions import assert_feasible, assert_written
from tests.runs import composed, run

ENDLESS = ("rows=5", "cols=6", "stop.gap=null", "stop.plateau=null")


def load(directory: Path, name: str) -> dict:
    return torch.load(directory / "checkpoints" / f"{name}.pt", weights_only=True)


def lambda_2(problem: Problem, weights: np.ndarray) -> float:
    matrix = np.zeros((problem.nodes, problem.nodes))
    source, target = problem.edge_index
    matrix[source, target] = matrix[target, source] = weights
    return float(np.linalg.eigvalsh(np.diag(matrix.sum(axis=0)) - matrix)[1])


def oscillating(directory: Path) -> Result:
    """A run whose best network is neither the first nor the last."""
    return run(
        directory,
        *(*ENDLESS, "initial=random", "optimizer=sgd", "optimizer.lr=0.05", "optimizer.schedule=constant"),
        "updates=60",
    )


def test_the_best_holds_the_weights_of_the_best_score(tmp_path: Path) -> None:
    result = oscillating(tmp_path)
    assert_written(result, tmp_path)
    course, best = read_metrics(tmp_path), load(tmp_path, "best")
    step = int(course["score"].idxmax())
    assert 0 < step < 60
    assert best["step"] == step
    # Training's eigenvector is inexact by 1 %, the eigenvalue by the square of that, and never too small.
    truth = lambda_2(result.problem, best["weights"].numpy())
    assert truth * (1 - 1e-12) <= best["score"] <= truth * (1 + 1e-3)
    assert best["score"] == pytest.approx(course["score"].max(), rel=1e-12)
    np.testing.assert_array_equal(best["weights"].numpy(), result.weights)
    np.testing.assert_array_equal(best["edge_index"].numpy(), result.problem.edge_index)


def test_the_last_holds_the_weights_of_the_last_score(tmp_path: Path) -> None:
    result = oscillating(tmp_path)
    course, last = read_metrics(tmp_path), load(tmp_path, "last")
    assert last["step"] == 60
    assert last["score"] == pytest.approx(course["score"].iloc[-1], rel=1e-12)
    truth = lambda_2(result.problem, last["weights"].numpy())
    assert truth * (1 - 1e-12) <= last["score"] <= truth * (1 + 1e-3)
    assert_feasible(result.problem, last["delta"].numpy())


def test_the_score_is_that_of_the_edges_written(tmp_path: Path) -> None:
    result = run(tmp_path, *ENDLESS, "updates=5")
    weights = read_edges(tmp_path / "edges.csv", result.problem)
    assert result.score == pytest.approx(lambda_2(result.problem, weights), rel=1e-9)
    uniform = np.full(result.problem.edges, 15.0 / result.problem.edges)
    assert result.references["uniform"] == pytest.approx(lambda_2(result.problem, uniform), rel=1e-9)


@pytest.mark.parametrize("optimizer", ["auto", "adam"])
def test_the_same_seed_gives_the_same_bytes(optimizer: str, tmp_path: Path) -> None:
    arguments = (*ENDLESS, "initial=random", "updates=15", f"optimizer={optimizer}", "noise=none")
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        run(tmp_path / name, *arguments, f"seed={seed}")
    first, second, other = ((tmp_path / name / "edges.csv").read_bytes() for name in ("one", "two", "other"))
    assert first == second
    assert first != other


def test_noise_is_seeded_too(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(tmp_path / name, *ENDLESS, "updates=15", "noise=gaussian", "seed=5")
    first, second = ((tmp_path / name / "edges.csv").read_bytes() for name in ("one", "two"))
    assert first == second


@pytest.mark.parametrize("kind", ["nan", "inf", "gradient"])
class TestFailure:
    def failing(self, kind: str, at: int) -> dict:
        return {"_target_": "tests.plugins.Failing", "at": at, "kind": kind}

    def test_stops_at_once_with_the_last_good_weights(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(NumericalError, match=r"at update 4; the last good weights are in checkpoints/"):
            run(
                tmp_path,
                *(*ENDLESS, "optimizer=adam", "updates=50"),
                objective=self.failing(kind, at=4),
            )
        course, last = read_metrics(tmp_path), load(tmp_path, "last")
        assert list(course["step"]) == [0, 1, 2, 3]
        assert np.isfinite(course["score"]).all()
        assert last["step"] == 3
        assert bool(last["weights"].isfinite().all())
        assert last["score"] == pytest.approx(float(last["weights"][0]), rel=1e-12)
        assert float(last["weights"].sum()) == pytest.approx(15.0, rel=1e-9)

    def test_at_the_first_update_there_are_none(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(NumericalError, match=r"at update 0$"):
            run(tmp_path, *ENDLESS, objective=self.failing(kind, at=0))
        assert not (tmp_path / "checkpoints").exists()

    def test_exit_status(self, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        config = composed(*ENDLESS, "optimizer=adam")
        config.objective = self.failing(kind, at=2)
        assert run_job(Composed.check(config), tmp_path, command="gradnet-run").exit_status == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert ("gradient" if kind == "gradient" else f"the score is {kind}") in error
        assert (tmp_path / "checkpoints" / "last.pt").exists()
        assert not (tmp_path / "summary.json").exists()
