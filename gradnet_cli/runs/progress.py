"""What a person sees while training runs."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from gradnet_cli.report.wording import percent
from gradnet_cli.training import Callback, Record, TrainingModule

LINE_SECONDS = 5.0  # between plain lines, so that a log of a long run stays short


def progress_callback(kind: str) -> Callback | None:
    """A bar on a terminal and plain lines elsewhere (auto), or the one asked for; None for none."""
    if kind == "auto":
        kind = "bar" if sys.stdout.isatty() else "lines"
    if kind == "bar":
        return ProgressBar()
    return ProgressLines() if kind == "lines" else None


def describe(record: Record) -> str:
    """Score, bound and gap of a record; which start it comes from, after the first."""
    text = f"start {record.start}  " if record.start > 1 else ""
    text += f"score {record.score:.6g}"
    if record.bound is not None:
        text += f"  bound {record.bound:.6g}"
    if record.gap is not None:
        text += f"  gap {percent(record.gap)}"
    return text


def plan(module: TrainingModule) -> str:
    """What is trained, and how, before it begins."""
    problem, optimization = module.model.feasible.problem, module.optimization
    why = ", which suits this problem" if optimization.automatic else ""
    return (
        f"{module.objective.name} of {problem.nodes:,} nodes and {problem.mask.candidates:,} edges, "
        f"optimizer={optimization.setting}{why}"
    )


class ProgressBar(Callback):
    """A bar with updates, time, score, bound and gap."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=Console(),
        )
        self._task: TaskID | None = None

    def on_start(self, module: TrainingModule) -> None:
        """Tell what is trained, and how."""
        self._progress.console.print(plan(module), markup=False, highlight=False, soft_wrap=True)

    def on_record(self, module: TrainingModule) -> None:
        """Move the bar."""
        if self._task is None:
            self._progress.start()
            self._task = self._progress.add_task("training", total=module.updates, state="")
        self._progress.update(self._task, completed=module.record.step, state=describe(module.record))

    def on_end(self, module: TrainingModule) -> None:
        """Leave the finished bar behind."""
        self._progress.stop()

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """Give the terminal back."""
        self._progress.stop()


class ProgressLines(Callback):
    """A line at the first update, every few seconds, and at the last."""

    def __init__(self) -> None:
        self._written: float | None = None

    def on_start(self, module: TrainingModule) -> None:
        """Tell what is trained, and how."""
        print(plan(module), flush=True)

    def on_record(self, module: TrainingModule) -> None:
        """Write a line if the last one is some time ago."""
        now = time.monotonic()
        last = module.record.stop_reason is not None or module.record.step >= module.updates
        if self._written is None or last or now - self._written >= LINE_SECONDS:
            self._written = now
            record = module.record
            print(
                f"update {record.step}/{module.updates}  {record.seconds:.1f} s  {describe(record)}",
                flush=True,
            )
