"""Networks and the state of training on disk, as plain tensors."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.runs.interruption import (
    listen_alone,
    pending_signal,
    raise_pending,
    wait_for_updates,
    wait_no_more,
)
from gradnet_cli.runs.recorded import STATE_PATH
from gradnet_cli.runs.tensors import save_tensors
from gradnet_cli.settings.sections import Checkpoint
from gradnet_cli.training import Callback, TrainingModule
from gradnet_cli.training.state import decoded, state_of

log = logging.getLogger(__name__)

LARGEST_SHARE = 0.03  # of the time, that writing may take


class Checkpoints(Callback):
    """Writes checkpoints/ now and then and when training ends, however it ends.

    last.pt and best.pt are dicts that torch.load(..., weights_only=True) reads: delta and weights (E,),
    edge_index (2, E), step, score, and what the objective had learned; the weights are those that gave the
    score, also when training ended in the middle of an update or on a NaN. state.pt is what a resumed run
    goes on from; it is written only where an update is complete, or training is.

    Args:
        directory: of the run
        every: updates, and seconds, between two checkpoints; these become more where writing takes long
    """

    def __init__(self, directory: Path, every: Checkpoint) -> None:
        self._directory = directory / STATE_PATH.parent
        self._every = every
        self._written = time.monotonic()
        self._took = self._total = 0.0

    def on_start(self, module: TrainingModule) -> None:
        """Be told of signals first: Lightning would end training at once, between state and update."""
        listen_alone()
        wait_for_updates()

    def on_update(self, module: TrainingModule) -> None:
        """Write if it is time to, or if the run was asked to stop; then it does."""
        asked = pending_signal() is not None
        if asked or self._due(module.step):
            self._write(module, ended=False)
        if asked:
            raise_pending()

    def on_end(self, module: TrainingModule) -> None:
        """Write."""
        self._write(module, ended=True)
        log.info("checkpoints took %.2f s", self._total)
        wait_no_more()
        raise_pending()

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """Write the networks that were reached; the state may be that of half an update, and stays."""
        wait_no_more()
        self._write_networks(module)

    def _due(self, step: int) -> bool:
        if self._every.updates is not None and (step + 1) % self._every.updates == 0:
            return True
        since = time.monotonic() - self._written
        seconds = self._every.seconds
        return seconds is not None and since >= max(seconds, self._took / LARGEST_SHARE)

    def _write(self, module: TrainingModule, *, ended: bool) -> None:
        began = time.monotonic()
        self._write_networks(module)
        save_tensors(self._directory / STATE_PATH.name, state_of(module, ended=ended))
        self._written = time.monotonic()
        self._took = self._written - began
        self._total += self._took

    def _write_networks(self, module: TrainingModule) -> None:
        record = module.record
        if record.delta is not None:
            self._save(
                "last.pt",
                module,
                record.delta,
                record.edges,
                record.learned,
                step=record.step,
                score=record.score,
            )
        if record.best_delta is not None:
            self._save(
                "best.pt",
                module,
                record.best_delta,
                record.best_edges,
                record.best_learned,
                step=record.best_step,
                score=record.best_score,
            )

    def _save(
        self,
        name: str,
        module: TrainingModule,
        delta: Tensor,
        edges: Tensor | None,
        learned: Mapping[str, Tensor],
        *,
        step: int,
        score: float | None,
    ) -> None:
        held = edges is None
        content = {
            "delta": delta.cpu().clone(),
            "weights": (module.model.base + delta if held else delta).cpu(),
            "edge_index": (module.model.feasible.edge_index if edges is None else edges).cpu(),
            "learned": {key: value.cpu() for key, value in learned.items()},
            "step": step,
            "score": score,
        }
        save_tensors(self._directory / name, content)


def load_state(path: Path, problem: Problem) -> dict[str, Any]:
    """Read state.pt of a run; nothing is unpickled but tensors, numbers, lists and dicts.

    Raises:
        SettingError: the file is cut short, is none of this program's, or belongs to another problem
    """

    def refuse(allowed: str) -> SettingError:
        # In the message's free part, where a long path is not cut.
        return SettingError(setting="resume", value=path.parent.parent.name, allowed=f"{path} {allowed}")

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise refuse("is no checkpoint that can be read: cut short, damaged or of another program") from error
    try:
        return decoded(content, problem)
    except ValueError as error:
        raise refuse(str(error)) from error
