"""What a person sees while training runs."""

from __future__ import annotations

import sys
import time

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from gradnet_cli.problem import Problem
from gradnet_cli.report.wording import percent
from gradnet_cli.runs.waiting import Waiting
from gradnet_cli.training import Callback, Record, TrainingModule

TRAINING, RELAXATION = "training", "relaxation"
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


def plan(module: TrainingModule, *, what: str = TRAINING) -> str:
    """What is trained, and how, before it begins; `what` tells of a relaxation, which is trained first."""
    problem, optimization = module.model.feasible.problem, module.optimization
    why = ", which suits this problem" if optimization.automatic else ""
    first = f"first the {what} of " if what != TRAINING else ""
    return (
        f"{first}{module.objective.name} of {problem.nodes:,} nodes and {problem.mask.candidates:,} edges, "
        f"optimizer={optimization.setting}{why}"
    )


class ProgressBar(Callback):
    """A bar with updates, time, score, bound and gap.

    Args:
        what: is trained
    """

    def __init__(self, what: str = TRAINING) -> None:
        self._what = what
        self._progress = Progress(
            TextColumn(what),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=Console(),
        )
        self._task: TaskID | None = None

    def for_relaxation(self) -> ProgressBar:
        """A bar of its own."""
        return ProgressBar(RELAXATION)

    def on_start(self, module: TrainingModule) -> None:
        """Tell what is trained, and how."""
        text = plan(module, what=self._what)
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def on_record(self, module: TrainingModule) -> None:
        """Move the bar."""
        if self._task is None:
            self._progress.start()
            self._task = self._progress.add_task(self._what, total=module.updates, state="")
        self._progress.update(self._task, completed=module.record.step, state=describe(module.record))

    def on_end(self, module: TrainingModule) -> None:
        """Leave the finished bar behind."""
        self._progress.stop()

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """Give the terminal back."""
        self._progress.stop()


class ProgressLines(Callback):
    """A line at the first update, every few seconds, and at the last.

    Args:
        what: is trained
    """

    def __init__(self, what: str = TRAINING) -> None:
        self._what = what
        self._written: float | None = None

    def for_relaxation(self) -> ProgressLines:
        """Lines of its own."""
        return ProgressLines(RELAXATION)

    def on_start(self, module: TrainingModule) -> None:
        """Tell what is trained, and how."""
        print(plan(module, what=self._what), flush=True)

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


class Afterwards(Callback):
    """Says what goes on once training has ended; stands before the callbacks that write to the terminal.

    Args:
        line: where it is said
    """

    def __init__(self, line: Waiting) -> None:
        self._line = line

    def for_relaxation(self) -> Afterwards:
        """The same: there is one line."""
        return self

    def on_start(self, module: TrainingModule) -> None:
        """Training tells of itself."""
        self._line.clear()

    def on_found(self, problem: Problem, weights: np.ndarray) -> None:
        """Say what may take long."""
        self._line.say("scoring the network" if problem.design is None else "choosing whole edges")
