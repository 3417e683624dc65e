"""The course of training in memory, for results that have no directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradnet_cli.training import Callback, TrainingModule

if TYPE_CHECKING:
    import pandas


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

    def table(self) -> pandas.DataFrame:
        """A row an update, as metrics.csv has them; NaN where there is no such number."""
        import pandas

        rows = [{**row, **row["metrics"]} for row in self.rows]
        columns = ["step", "seconds", "score", "bound", "gap"]
        table = pandas.DataFrame(rows, columns=[*columns, *{key: None for row in self.rows for key in row["metrics"]}])
        return table.astype({name: float for name in table.columns if name != "step"})
