"""metrics.csv while training runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradnet_cli.report.files.metrics import MetricsWriter
from gradnet_cli.training import Callback, TrainingModule


class Trace(Callback):
    """Appends a record to metrics.csv every so many updates, and the last one always.

    A resumed run goes on behind the rows of updates before `begin`; the others are written again.
    """

    def __init__(self, directory: Path, *, every: int, begin: int = 0) -> None:
        self._writer = MetricsWriter(directory=directory)
        self._every = every
        self._begin = begin
        self._latest: int | None = None

    def on_start(self, module: TrainingModule) -> None:
        """Go on with the table that is there; one whose training has ended is never touched."""
        if self._begin:
            self._writer.go_on(lambda step: step < self._begin and step % self._every == 0)

    def on_record(self, module: TrainingModule) -> None:
        """Write the record if it is its turn."""
        if module.record.step % self._every == 0:
            self._append(module)

    def on_end(self, module: TrainingModule) -> None:
        """Write the last record."""
        self._finish(module)

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """Write the last record."""
        self._finish(module)

    def _finish(self, module: Any) -> None:
        if module.record.delta is not None and module.record.step != self._latest:
            self._append(module)
        self._writer.close()

    def _append(self, module: TrainingModule) -> None:
        record = module.record
        self._latest = record.step
        self._writer.append(
            step=record.step,
            seconds=round(record.seconds, 6),
            score=record.score,
            bound=record.bound,
            gap=record.gap,
            metrics=record.metrics,
        )
