"""The network on its way, for animations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.training import Callback, TrainingModule

FOLDER = "snapshots"
MOST = 60  # frames: six seconds at ten a second
MOST_BYTES = 256 * 2**20  # of all snapshots together


class Snapshots(Callback):
    """Writes snapshots/000012.npz every so many updates: step, score, and the adjacency weights (E,) scored.

    It begins with every update. When there are more than MOST of them, or MOST_BYTES, every second one goes
    and half as many are taken from there on; so a run of any length leaves evenly spaced ones.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory / FOLDER
        self._every = 1
        self._steps: list[int] = []

    def state_dict(self) -> dict[str, Any]:
        """Which there are."""
        return {"every": self._every, "steps": self._steps}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from there; what was written later, by a run that was cut off, goes."""
        self._every, self._steps = state_dict.get("every", 1), list(state_dict.get("steps", []))
        kept = {self._path(step) for step in self._steps}
        for path in self._directory.glob("*.npz"):
            if path not in kept:
                path.unlink()

    def on_record(self, module: TrainingModule) -> None:
        """Write if it is the turn of this update."""
        record = module.record
        if record.delta is None or record.step % self._every:
            return
        weights = (module.model.base + record.delta).double().cpu().numpy()
        self._directory.mkdir(exist_ok=True)
        with replacing(self._path(record.step)) as beside, beside.open("wb") as file:
            np.savez(file, step=record.step, score=record.score, weights=weights)
        self._steps.append(record.step)
        if len(self._steps) > max(2, min(MOST, MOST_BYTES // weights.nbytes)):
            self._thin()

    def _thin(self) -> None:
        self._every *= 2
        for step in self._steps:
            if step % self._every:
                self._path(step).unlink()
        self._steps = [step for step in self._steps if step % self._every == 0]

    def _path(self, step: int) -> Path:
        return self._directory / f"{step:06d}.npz"
