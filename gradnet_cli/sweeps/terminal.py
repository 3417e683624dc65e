"""A sweep on the terminal: its table, its failures with a line each, and where all of it lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gradnet_cli.errors import spell
from gradnet_cli.report.files.states import State
from gradnet_cli.report.wording import percent
from gradnet_cli.sweeps.table import FILE_NAME, Sweep, read_job

if TYPE_CHECKING:
    from rich.console import Console

    from gradnet_cli.sweeps.task import Task

MOST_ROWS = 40
COLOURS = {
    State.DONE: "green", State.RUNNING: "cyan", State.WAITING: "cyan", State.MISSING: "yellow"
}  # fmt: skip


def show_sweep(sweep: Sweep, *, console: Console | None = None) -> None:
    """Print the table of a sweep, its failures and the counts."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console() if console is None else console
    if not console.is_terminal:
        console.width = max(console.width, 160)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("job")
    for name in sweep.swept:
        table.add_column(Text(name), justify="right")
    for name in ("state", "score", "bound", "gap", "seconds"):
        table.add_column(name, justify="left" if name == "state" else "right")
    for row in sweep.rows[:MOST_ROWS]:
        table.add_row(
            Text(row["job"]),
            *(Text(spell(row[name])) for name in sweep.swept),
            Text(row["state"], style=COLOURS.get(row["state"], "red")),
            _number(row["score"]),
            _number(row["bound"]),
            "" if row["gap"] is None else percent(row["gap"], 2),
            "" if row["seconds"] is None else f"{row['seconds']:.2f}",
        )
    console.print(table)
    if len(sweep.rows) > MOST_ROWS:
        _line(console, f"... and {len(sweep.rows) - MOST_ROWS} more in {FILE_NAME}")
    for line in failure_lines(sweep):
        _line(console, line)
    _line(console, tally(sweep))


def job_line(task: Task) -> str:
    """What became of a job that another process ran."""
    row, _ = read_job(task.sweep, task.job.name)
    parts = [row["state"]]
    parts += [] if row["score"] is None else [f"score {row['score']:.6g}"]
    parts += [] if row["gap"] is None else [f"gap {percent(row['gap'], 2)}"]
    parts += [] if row["seconds"] is None else [f"{row['seconds']:.1f} s"]
    return f"{task.title}: {', '.join(parts)}"


def failure_lines(sweep: Sweep) -> list[str]:
    """A line for each job that ended without a result: directory, what was swept, and why."""
    lines = []
    for row in sweep.unsuccessful:
        swept = " ".join(f"{name}={spell(row[name])}" for name in sweep.swept)
        error = row["error"] or ("never began" if row["state"] == State.MISSING else "no reason recorded")
        lines.append(
            " ".join(part for part in (f"{row['state']}:", row["job"], swept and f"({swept})", error) if part)
        )
    return lines


def tally(sweep: Sweep) -> str:
    """How many jobs are in which state, and where the sweep lies."""
    counts = ", ".join(f"{count} {state}" for state, count in sweep.counts.items())
    return f"{len(sweep.rows)} jobs: {counts}; {_place(sweep.directory)}/{FILE_NAME}"


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _place(directory: Path) -> str:
    directory, here = directory.resolve(), Path.cwd()
    return str(directory.relative_to(here)) if directory.is_relative_to(here) else str(directory)
