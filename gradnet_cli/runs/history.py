"""The course of training in memory, for results that have no directory."""

from __future__ import annotations

import math
from array import array

import numpy as np

from gradnet_cli.errors import GradnetError
from gradnet_cli.report.files.metrics import COLUMNS
from gradnet_cli.training import Callback, TrainingModule


class History(Callback):
    """Keeps what metrics.csv holds: step, seconds, score, bound, gap and the objective's metrics.

    Args:
        every: updates between two records; the last one is always kept
    """

    def __init__(self, *, every: int = 1) -> None:
        self._every = every
        self._columns: dict[str, array[float]] = {name: array("d") for name in COLUMNS}

    def on_record(self, module: TrainingModule) -> None:
        """Keep the record if it is its turn.

        Raises:
            GradnetError: a metric has the name of another column
        """
        if module.record.step % self._every == 0:
            self._keep(module)

    def on_end(self, module: TrainingModule) -> None:
        """Keep the last record."""
        kept = self._columns["step"]
        if module.record.delta is not None and (not kept or kept[-1] != module.record.step):
            self._keep(module)

    def columns(self) -> dict[str, np.ndarray]:
        """The columns of metrics.csv by name, (K,) each; NaN where there is no such number."""
        return {
            name: np.array(column, dtype=np.int64 if name == "step" else np.float64)
            for name, column in self._columns.items()
        }

    def _keep(self, module: TrainingModule) -> None:
        record = module.record
        clash = sorted(set(record.metrics) & set(COLUMNS))
        if clash:
            name = module.objective.name
            raise GradnetError(
                f"{name}: the metric {clash[0]!r} has the name of a column that is there already"
            )
        values = (record.step, round(record.seconds, 6), record.score, record.bound, record.gap)
        row = {**dict(zip(COLUMNS, values, strict=True)), **record.metrics}
        kept = len(self._columns["step"])
        for name in row:
            if name not in self._columns:
                self._columns[name] = array("d", [math.nan]) * kept
        for name, column in self._columns.items():
            value = row.get(name)
            column.append(math.nan if value is None else value)
