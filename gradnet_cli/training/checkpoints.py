"""Last and best weights on disk, as plain tensors."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer

from gradnet_cli.atomic import replacing
from gradnet_cli.training.module import RecordCallback, TrainingModule

FOLDER = "checkpoints"
EVERY_SECONDS = 30.0


class Checkpoints(RecordCallback):
    """Writes checkpoints/last.pt and best.pt, now and then and when training ends, however it ends.

    Each is a dict that torch.load(..., weights_only=True) reads: delta and weights (E,), edge_index (2, E),
    step, and score; the weights are those that gave the score, also when training ended in the middle of an
    update or on a NaN.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory / FOLDER
        self._written = time.monotonic()

    def on_record(self, module: TrainingModule) -> None:
        """Write if the last time is long ago."""
        if time.monotonic() - self._written >= EVERY_SECONDS:
            self.write(module)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write."""
        self.write(pl_module)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Write what was reached."""
        self.write(pl_module)

    def write(self, module: Any) -> None:
        """Write both files, each whole or not at all."""
        record = module.record
        if record.delta is not None:
            self._save("last.pt", module, record.delta, step=record.step, score=record.score)
        if record.best_delta is not None:
            self._save("best.pt", module, record.best_delta, step=record.best_step, score=record.best_score)
        self._written = time.monotonic()

    def _save(self, name: str, module: Any, delta: torch.Tensor, *, step: int, score: float) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        content = {
            "delta": delta.cpu().clone(),
            "weights": (module.model.base + delta).cpu(),
            "edge_index": module.model.feasible.edge_index.cpu(),
            "step": step,
            "score": score,
        }
        with replacing(self._directory / name) as path:
            torch.save(content, path)
