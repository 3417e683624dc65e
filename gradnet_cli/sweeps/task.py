"""One job of a sweep, in whichever process it runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradnet_cli.errors import GradnetError, SettingError
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.ending import INTERRUPTED, Ending, ending_of, tell
from gradnet_cli.runs.interruption import Interrupted, interruptible
from gradnet_cli.runs.job import run_job
from gradnet_cli.runs.recorded import Resumption, read_recorded, refuse_drift
from gradnet_cli.runs.status import FILE_NAME as STATUS_NAME
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composer
from gradnet_cli.settings.hydra import unresolved
from gradnet_cli.settings.overrides import PROCEDURAL, SHOWING
from gradnet_cli.sweeps.earlier import set_aside
from gradnet_cli.sweeps.plan import PlannedJob

Launcher = Callable[[Sequence["Task"]], Iterable[tuple["Task", Ending]]]
"""Runs tasks, and yields each as it ends."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A job with all that another process needs to run it.

    Attributes:
        line: the command line of the sweep
        cwd: where it was typed
        sweep: the sweep's directory, absolute
        number: of the job, Hydra's `hydra.job.num`
        overrides: of this job, Hydra's own included
        resumed: whether it goes on from the checkpoint that its directory holds
    """

    line: CommandLine
    cwd: str
    sweep: Path
    number: int
    job: PlannedJob
    overrides: tuple[str, ...]
    resumed: bool = False

    @property
    def directory(self) -> Path:
        """Where the job writes."""
        return self.sweep / self.job.name

    @property
    def title(self) -> str:
        """The job's number and what it sets."""
        return f"[{self.number}] {' '.join(self.job.overrides)}"


def run_here(task: Task, composer: Composer) -> Ending:
    """Run a job in this process, and record how it ended.

    Raises:
        Interrupted: after it was recorded
    """
    try:
        composed = composer.run(task.overrides)
        composed.place(sweep=task.sweep, name=task.job.name, number=task.number)
        resumption = resumption_of(task, unresolved(composed.config)) if task.resumed else None
        return run_job(composed, task.directory, command=task.line.text, sweep=True, resumption=resumption)
    except (GradnetError, OSError) as error:  # the directory was taken in the meantime, or cannot be made
        ending = ending_of(error)
        tell(f"{ending.line} (job {task.job.name})")
        return ending


def resumption_of(task: Task, settings: Mapping[str, Any]) -> Resumption | None:
    """How the job in the directory is taken up again; where it cannot be, it is set aside, to begin anew."""
    try:
        run = read_recorded("hydra.sweep.dir", task.directory)
        refuse_drift(run, settings, [f"{name}=" for name in PROCEDURAL | SHOWING])
    except SettingError:
        set_aside(task.sweep, task.job)
        return None
    return Resumption(command=run.command, extended=False)


def has_begun(task: Task) -> bool:
    """Whether a job has left a word of itself."""
    return (task.directory / STATUS_NAME).exists()


_composers: dict[str, Composer] = {}  # one a process: most of a composition serves the next job


def run_apart(task: Task) -> Ending:
    """Run a job in a process that was started for it, or for several one after another."""
    os.chdir(task.cwd)
    if repr(task.line) not in _composers:
        _composers[repr(task.line)] = Composer(task.line)
    try:
        with interruptible():
            return run_here(task, _composers[repr(task.line)])
    except Interrupted:
        return Ending(state=State.INTERRUPTED, exit_status=INTERRUPTED)
