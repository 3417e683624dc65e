"""The course of training in memory, for results that have no directory."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradnet_cli.report.files.metrics import COLUMNS
from gradnet_cli.training import Callback, TrainingModule


class History(Callback):
    """Keeps what metrics.csv holds: step, seconds, score, bound, gap and the objective's metrics."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def on_record(self, module: TrainingModule) -> None:
        """Keep the record."""
        record = module.record
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
