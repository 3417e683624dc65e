"""Set Lightning up and train."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Trainer

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers import Optimization
from gradnet_cli.runs.interruption import between_updates
from gradnet_cli.training.checkpoints import Checkpoints
from gradnet_cli.training.module import RecordCallback, TrainingModule
from gradnet_cli.training.progress import progress_callback
from gradnet_cli.training.record import Record
from gradnet_cli.training.snapshots import Snapshots
from gradnet_cli.training.state import ENDED, restore_state
from gradnet_cli.training.stopping import Stopping
from gradnet_cli.training.trace import Trace
from gradnet_cli.training.trackers import Tracker


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What training leaves behind: the best network that it scored, and the bound that it proved."""

    delta: torch.Tensor
    score: float
    bound: float | None
    step: int
    updates: int
    seconds: float
    stop_reason: str


class Steps:
    """The update numbers begin .. updates as one long epoch: many short ones would cost set-up each."""

    def __init__(self, updates: int, *, begin: int = 0) -> None:
        self._range = range(begin, max(begin, updates) + 1)

    def __len__(self) -> int:
        return len(self._range)

    def __iter__(self) -> Iterator[int]:
        return iter(self._range)


def check_accelerator(accelerator: str) -> None:
    """Raise SettingError where a graphics processor is asked for and there is none."""
    if accelerator == "gpu" and not torch.cuda.is_available():
        raise SettingError(
            setting="trainer.accelerator",
            value=accelerator,
            allowed="no CUDA device was found",
            hint="trainer=cpu or trainer=auto",
        )


def device_of(accelerator: str) -> torch.device:
    """The device that weights live on."""
    if accelerator != "cpu" and torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("cpu")


def fit(
    *,
    model: ConstrainedWeights,
    objective: Objective,
    optimization: Optimization,
    updates: int,
    trainer: Mapping[str, Any],
    stop: Mapping[str, Any],
    checkpoint: Mapping[str, Any],
    directory: Path,
    snapshots: bool = False,
    state: Mapping[str, Any] | None = None,
    extended: bool = False,
    tracker: Tracker | None = None,
) -> Outcome:
    """Train the model's weights and return the best network.

    Arguments:
        updates: most optimizer steps
        trainer, stop, checkpoint: the groups of settings of these names
        directory: of the run; metrics.csv and checkpoints/ are written while training runs
        snapshots: whether the networks on the way are written, too
        state: to go on from, see gradnet_cli.training.state; None begins anew
        tracker: told of every record
        extended: go on although training has ended in that state

    Errors:
        NumericalError: a score or gradient that is not finite; the last good weights are in checkpoints/
    """
    module = TrainingModule(model=model, objective=objective, optimization=optimization, updates=updates)
    stopping = Stopping(
        gap=stop["gap"], plateau=stop["plateau"], improvement=stop["improvement"], seconds=stop["seconds"]
    )
    progress = progress_callback(trainer["progress"])
    counting: list[RecordCallback] = [stopping, *([Snapshots(directory)] if snapshots else [])]
    begin = 0
    if state is not None:
        restore_state(state, module, counting)
        if state[ENDED] and not extended:
            return _outcome(module.record, seconds=module.record.seconds)
        module.record.stop_reason = None
        begin = state["step"]
    # Stopping judges first, so that the others see whether this record is the last; checkpoints come last,
    # when all have counted.
    callbacks: list[RecordCallback] = [
        *counting,
        Trace(directory, every=trainer["log_every"], begin=begin),
        *([tracker] if tracker is not None else []),
        *([progress] if progress is not None else []),
        Checkpoints(directory, updates=checkpoint["updates"], seconds=checkpoint["seconds"], others=counting),
    ]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        _quiet()
        lightning = Trainer(
            accelerator="cpu" if device_of(trainer["accelerator"]).type == "cpu" else "gpu",
            devices=1,
            max_epochs=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            use_distributed_sampler=False,
            default_root_dir=directory,
            callbacks=list(callbacks),
        )
        objective.train()
        module.began = time.perf_counter() - module.record.seconds
        with between_updates():
            lightning.fit(module, train_dataloaders=Steps(updates, begin=begin))
    return _outcome(module.record, seconds=time.perf_counter() - module.began)


def _outcome(record: Record, *, seconds: float) -> Outcome:
    delta, score, step = record.best_delta, record.best_score, record.best_step
    if delta is None or score is None:  # constant noise: no network was ever scored without it
        if record.delta is None:
            raise NumericalError("training ended before any network was scored")
        delta, score, step = record.delta, record.score, record.step
    return Outcome(
        delta=delta,
        score=score,
        bound=record.bound,
        step=step,
        updates=record.step,
        seconds=seconds,
        stop_reason=record.stop_reason or "training ended",
    )


def _quiet() -> None:
    """Keep Lightning's announcements of hardware and of this and that out of the output."""
    for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
