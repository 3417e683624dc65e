"""Trackers: what is logged, and that a tracker that fails or is not installed never costs a run."""

import importlib.util
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch.loggers import Logger

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.sections import TRACKERS
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training.trackers import Tracker, tracker
from tests.runs import run, settings

SMALL = ("rows=3", "updates=5", "stop.gap=null", "initial=random")


class Recording(Logger):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.rows: list[tuple[int | None, dict[str, float]]] = []
        self.settings: dict[str, Any] = {}
        self.state = ""

    name = "recording"
    version = 0
    experiment = None

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self.rows.append((step, metrics))

    def log_hyperparams(self, params: dict[str, Any], *_: Any, **__: Any) -> None:
        self.settings = params

    def finalize(self, status: str) -> None:
        self.state = status


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Takes the place of the tracker that settings ask for."""
    logger = Recording()

    def made(settings: Settings, directory: Path, *, begin: int = 0) -> Tracker:
        return Tracker(lambda: logger, settings=settings)

    monkeypatch.setattr("gradnet_cli.runs.run.tracker", made)
    return logger


def test_records_settings_and_final_numbers_are_logged(recording: Recording, tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, "trainer.log_every=2")
    assert recording.settings["updates"] == 5
    assert recording.settings["objective"]["solver"] == "auto"
    *rows, (_, final) = recording.rows
    assert [step for step, _ in rows] == [0, 2, 4, 5]
    assert {"score", "bound", "gap"} <= set(rows[-1][1])
    assert final == {"final/score": result.score, "final/bound": result.bound, "final/gap": result.gap}
    assert recording.state == "success"


def test_a_run_that_fails_says_so(recording: Recording, tmp_path: Path) -> None:
    failing = {"_target_": "tests.plugins.Failing", "at": 2, "kind": "nan"}
    with pytest.raises(Exception, match="score is nan"):
        run(tmp_path, *SMALL, objective=failing)
    assert recording.state == "failed"


@pytest.mark.parametrize("method", ["log_metrics", "log_hyperparams", "finalize"])
def test_a_tracker_that_fails_is_switched_off(
    recording: Recording,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no room\nfor this")

    monkeypatch.setattr(recording, method, fail)
    assert run(tmp_path, *SMALL).score > 0
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert told == ["the tracker failed, and the run goes on without it: no room for this"]


def test_without_a_tracker_nothing_is_made(tmp_path: Path) -> None:
    with tracker(settings(), tmp_path) as tracking:
        tracking.conclude(score=1.0, bound=None, gap=None, step=3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", TRACKERS)
def test_a_missing_package_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingError) as caught:
        settings(f"logger={kind}")
    assert str(caught.value) == (
        f"logger = {kind}: needs a package that is not installed: pip install 'gradnet-run[{kind}]'"
    )


def installed(kind: str) -> None:
    if importlib.util.find_spec(kind) is None:
        pytest.skip(f"{kind} is not installed")


@pytest.mark.filterwarnings("ignore")
def test_tensorboard(tmp_path: Path) -> None:
    installed("tensorboard")
    result = run(tmp_path, *SMALL, "logger=tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [event.step for event in events.Scalars("score")] == [0, 1, 2, 3, 4, 5]
    assert events.Scalars("final/score")[0].value == pytest.approx(result.score)
    assert "updates: 5" in (tmp_path / "tensorboard" / "hparams.yaml").read_text()


@pytest.mark.filterwarnings("ignore")
def test_mlflow(tmp_path: Path) -> None:
    installed("mlflow")
    result = run(tmp_path, *SMALL, "logger=mlflow", "logger.project=mine")
    with sqlite3.connect(tmp_path / "mlflow.db") as base:
        rows = dict(base.execute("select step, value from metrics where key = 'score'").fetchall())
        assert sorted(rows) == [0, 1, 2, 3, 4, 5]
        assert base.execute("select value from metrics where key = 'final/score'").fetchone() == (
            pytest.approx(result.score),
        )
        assert ("updates", "5") in base.execute("select key, value from params").fetchall()
        assert ("mine",) in base.execute("select name from experiments").fetchall()
        assert base.execute("select status from runs").fetchall() == [("FINISHED",)]
    base.close()


@pytest.mark.filterwarnings("ignore")
def test_wandb(tmp_path: Path) -> None:
    installed("wandb")
    for name in ("one", "two"):  # in one process, as in a sweep
        run(tmp_path / name, *SMALL, "logger=wandb")
        (left,) = (tmp_path / name / "wandb").glob("offline-run-*/run-*.wandb")
        assert left.stat().st_size > 0


@pytest.mark.parametrize("value", ["''", "3", "[a]", "null"])
def test_a_project_has_a_name(value: str) -> None:
    with pytest.raises(SettingError, match="logger"):
        settings("logger=mlflow", f"logger.project={value}")
