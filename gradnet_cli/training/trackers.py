"""Metrics for TensorBoard, MLflow, or Weights & Biases, beside metrics.csv; nothing leaves the machine."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lightning.pytorch.loggers import Logger

from gradnet_cli.settings.settings import Settings
from gradnet_cli.training.callback import Callback
from gradnet_cli.training.module import TrainingModule

log = logging.getLogger(__name__)


class Tracker(Callback):
    """Hands settings, records and the final numbers to one of Lightning's loggers; a context manager.

    A tracker that fails is switched off with a warning: it never costs the run.

    Args:
        start: makes the logger; None tracks nothing
        settings: of the run, logged as hyperparameters
    """

    def __init__(self, start: Callable[[], Logger] | None, *, settings: Settings) -> None:
        self._start = start
        self._settings = settings
        self._every = settings.trainer.log_every
        self._logger: Logger | None = None
        self._latest: int | None = None

    def on_record(self, module: TrainingModule) -> None:
        """Log the record if it is its turn, or if training ends here."""
        record = module.record
        ends = record.stop_reason is not None or record.step >= module.updates
        if record.step % self._every == 0 or ends:
            self._log(
                {"score": record.score, "bound": record.bound, "gap": record.gap, **record.metrics},
                step=record.step,
            )

    def conclude(self, *, score: float, bound: float | None, gap: float | None, step: int) -> None:
        """Log the numbers of summary.json."""
        self._log({"final/score": score, "final/bound": bound, "final/gap": gap}, step=step)

    def __enter__(self) -> Self:
        self._guard(self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._guard(self._end, "success" if error is None else "failed")

    def _begin(self) -> None:
        if self._start is not None:
            self._logger = self._start()
            self._logger.log_hyperparams(self._settings.to_mapping())

    def _log(self, numbers: Mapping[str, float | None], *, step: int) -> None:
        if self._logger is not None:
            known = {name: float(value) for name, value in numbers.items() if value is not None}
            self._guard(self._logger.log_metrics, known, step=step)

    def _end(self, state: str) -> None:
        if self._logger is not None:
            self._logger.save()
            self._logger.finalize(state)
            finish = getattr(getattr(self._logger, "experiment", None), "finish", None)  # of Weights & Biases
            if finish is not None:
                finish(exit_code=0 if state == "success" else 1)

    def _guard(self, call: Callable[..., object], *arguments: Any, **options: Any) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                call(*arguments, **options)
        except Exception as error:
            self._logger = None
            text = " ".join(str(error).split()) or type(error).__name__
            log.warning("the tracker failed, and the run goes on without it: %s", text)
            log.info("the tracker failed", exc_info=True)


def tracker(settings: Settings, directory: Path, *, begin: int = 0) -> Tracker:
    """The tracker that the group `logger` of a run's settings asks for.

    Args:
        directory: of the run, which takes all files of the tracker
        begin: first update that will be logged; what a tracker holds of later ones is out of date
    """
    project = settings.logger.project
    starts: Mapping[str, Callable[[], Logger]] = {
        "tensorboard": lambda: _tensorboard(directory, begin=begin),
        "mlflow": lambda: _mlflow(directory, project=project),
        "wandb": lambda: _wandb(directory, project=project),
    }
    return Tracker(starts.get(settings.logger.kind), settings=settings)


def _tensorboard(directory: Path, *, begin: int) -> Logger:
    from lightning.pytorch.loggers import TensorBoardLogger

    return TensorBoardLogger(
        save_dir=directory,
        name="tensorboard",
        version="",
        default_hp_metric=False,
        purge_step=begin or None,
    )


def _mlflow(directory: Path, *, project: str) -> Logger:
    import mlflow
    from lightning.pytorch.loggers import MLFlowLogger

    for name in (mlflow.__name__, "alembic", "lightning.pytorch.loggers.mlflow"):
        logging.getLogger(name).setLevel(logging.ERROR)  # they tell of every table that they make
    path = directory.absolute()
    return MLFlowLogger(
        experiment_name=project,
        run_name=f"{path.parent.name}/{path.name}",
        tracking_uri=f"sqlite:///{path / 'mlflow.db'}",
        artifact_location=(path / "mlflow").as_uri(),
    )


def _wandb(directory: Path, *, project: str) -> Logger:
    os.environ.setdefault("WANDB_SILENT", "true")  # read when it is imported
    import wandb
    from lightning.pytorch.loggers import WandbLogger

    return WandbLogger(
        project=project,
        name=directory.absolute().name,
        save_dir=directory,
        offline=True,
        settings=wandb.Settings(silent=True, console="off"),
    )
