"""The course of training in memory, for results that have no directory."""

from __future__ import annotations

from typing import Any

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
        self.rows: list[dict[str, Any]] = []
        self._every = every

    def on_record(self, module: TrainingModule) -> None:
        """Keep the record if it is its turn."""
        if module.record.step % self._every == 0:
            self._keep(module)

    def on_end(self, module: TrainingModule) -> None:
        """Keep the last record."""
        if module.record.delta is not None and (not self.rows or self.rows[-1]["step"] != module.record.step):
            self._keep(module)

    def columns(self) -> dict[str, np.ndarray]:
        """The columns of metrics.csv by name, (K,) each; NaN where there is no such number."""
        metrics = dict.fromkeys(name for row in self.rows for name in row["metrics"])
        flat = [{**row, **row["metrics"]} for row in self.rows]
        return {
            name: np.array(
                [np.nan if row.get(name) is None else row[name] for row in flat],
                dtype=np.int64 if name == "step" else np.float64,
            )
            for name in (*COLUMNS, *metrics)
        }

    def _keep(self, module: TrainingModule) -> None:
        record = module.record
        clash = sorted(set(record.metrics) & set(COLUMNS))
        if clash:
            name = module.objective.name
            raise GradnetError(
                f"{name}: the metric {clash[0]!r} has the name of a column that is there already"
            )
        self.rows.append(
            {
                "step": record.step,
                "seconds": round(record.seconds, 6),
                "score": record.score,
                "bound": record.bound,
                "gap": record.gap,
                "metrics": dict(record.metrics),
            }
        )
