"""Networks and the state of training on disk, as plain tensors."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer

from gradnet_cli.runs.interruption import listen_alone, pending_signal, raise_pending
from gradnet_cli.runs.recorded import STATE_PATH
from gradnet_cli.training.module import RecordCallback, TrainingModule
from gradnet_cli.training.state import save_state
from gradnet_cli.training.tensors import save_tensors

log = logging.getLogger(__name__)

LARGEST_SHARE = 0.03  # of the time, that writing may take


class Checkpoints(RecordCallback):
    """Writes checkpoints/ now and then and when training ends, however it ends.

    last.pt and best.pt are dicts that torch.load(..., weights_only=True) reads: delta and weights (E,),
    edge_index (2, E), step, and score; the weights are those that gave the score, also when training ended in
    the middle of an update or on a NaN. state.pt is what a resumed run goes on from; it is written only where
    an update is complete, or training is.

    Arguments:
        directory: of the run
        updates: between two checkpoints, or None
        seconds: between two checkpoints, or None; it becomes more where writing takes long
        others: callbacks whose counts belong to the state
    """

    def __init__(
        self,
        directory: Path,
        *,
        updates: int | None,
        seconds: float | None,
        others: Sequence[RecordCallback] = (),
    ) -> None:
        self._directory = directory / STATE_PATH.parent
        self._updates = updates
        self._seconds = seconds
        self._others = others
        self._written = time.monotonic()
        self._took = self._total = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Be told of signals first: Lightning would end training at once, between state and update."""
        listen_alone()

    def on_update(self, module: TrainingModule) -> None:
        """Write if it is time to, or if the run was asked to stop; then it does."""
        asked = pending_signal() is not None
        if asked or self._due(module.record.step):
            self._write(module, ended=False)
        if asked:
            raise_pending()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write."""
        self._write(pl_module, ended=True)
        log.info("checkpoints took %.2f s", self._total)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Write the networks that were reached; the state may be that of half an update, and stays."""
        self._write_networks(pl_module)

    def _due(self, step: int) -> bool:
        if self._updates is not None and (step + 1) % self._updates == 0:
            return True
        since = time.monotonic() - self._written
        return self._seconds is not None and since >= max(self._seconds, self._took / LARGEST_SHARE)

    def _write(self, module: Any, *, ended: bool) -> None:
        began = time.monotonic()
        self._write_networks(module)
        save_state(self._directory / STATE_PATH.name, module, self._others, ended=ended)
        self._written = time.monotonic()
        self._took = self._written - began
        self._total += self._took

    def _write_networks(self, module: Any) -> None:
        record = module.record
        if record.delta is not None:
            self._save("last.pt", module, record.delta, step=record.step, score=record.score)
        if record.best_delta is not None:
            self._save("best.pt", module, record.best_delta, step=record.best_step, score=record.best_score)

    def _save(self, name: str, module: Any, delta: torch.Tensor, *, step: int, score: float) -> None:
        content = {
            "delta": delta.cpu().clone(),
            "weights": (module.model.base + delta).cpu(),
            "edge_index": module.model.feasible.edge_index.cpu(),
            "step": step,
            "score": score,
        }
        save_tensors(self._directory / name, content)
