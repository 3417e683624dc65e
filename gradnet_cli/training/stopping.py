"""When to stop before the last update."""

from __future__ import annotations

import math
from typing import Any

from gradnet_cli.settings.sections import Stop
from gradnet_cli.training.callback import Callback
from gradnet_cli.training.module import TrainingModule
from gradnet_cli.training.record import Record


class Stopping(Callback):
    """Stops on a proven gap, confirmed by a score at tight tolerances, on a plateau of
    the best score and the bound, and on time. On a plateau the next of several starts begins instead.

    Args:
        stop: the settings
    """

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._marks: tuple[float, ...] | None = None
        self._idle = 0

    def state_dict(self) -> dict[str, Any]:
        """The best so far, and how many updates ago it was reached."""
        return {"marks": self._marks, "idle": self._idle}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Count on from there."""
        self._marks, self._idle = state_dict["marks"], state_dict["idle"]

    def on_record(self, module: TrainingModule) -> None:
        """Judge the latest record."""
        record = module.record
        if self._reached(record) and self._reached(module.confirm()):
            record.stop_reason = f"proven gap of {record.gap:.3g} reached"
        elif self._stop.seconds is not None and record.seconds >= self._stop.seconds:
            record.stop_reason = f"{self._stop.seconds:g} s are over"
        elif self._on_plateau(module) or module.starts.over:
            if module.starts.through:
                which = module.told_of_starts()
                record.stop_reason = f"no improvement in {self._stop.plateau} updates{which}"
            else:
                record.turn = record.step < module.updates

    def _reached(self, record: Record) -> bool:
        return self._stop.gap is not None and record.gap is not None and record.gap <= self._stop.gap

    def _on_plateau(self, module: TrainingModule) -> bool:
        record = module.record
        best = module.starts.score
        if self._stop.plateau is None or best is None:
            return False
        # A falling bound is progress too: the proof may still close while the score stands still. And so is
        # what leads training on while the score does not tell where to.
        sign = module.objective.sign
        marks = (
            sign * best,
            -math.inf if record.bound is None else -sign * record.bound,
            -math.inf if record.guide is None else sign * record.guide,
        )
        if self._marks is None or any(map(self._improved, marks, self._marks)):
            self._marks = marks
            self._idle = 0
        else:
            self._idle += module.objective.epoch if module.objective.learns else 1
        return self._idle >= self._stop.plateau

    def _improved(self, new: float, old: float) -> bool:
        if math.isinf(old):
            return not math.isinf(new)
        return new > old + self._stop.improvement * abs(old)
