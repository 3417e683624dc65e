"""One job of a sweep, in whichever process it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, open_dict

from gradnet_cli.errors import SettingError, describe
from gradnet_cli.runs.interruption import Interrupted, interruptible
from gradnet_cli.runs.job import BAD_INPUT, FAILED, INTERRUPTED, Outcome, tell
from gradnet_cli.runs.recorded import SHOWING, Resumption, read_recorded, refuse_drift
from gradnet_cli.runs.start import start
from gradnet_cli.runs.status import FILE_NAME as STATUS_NAME
from gradnet_cli.settings.composition import CommandLine, Composer, unresolved
from gradnet_cli.sweeps.earlier import set_aside
from gradnet_cli.sweeps.overrides import PROCEDURAL
from gradnet_cli.sweeps.plan import PlannedJob

Launcher = Callable[[Sequence["Task"]], Iterable[tuple["Task", Outcome]]]
"""Runs tasks, and yields each as it ends."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A job with all that another process needs to run it.

    Attributes:
        line: the command line of the sweep
        arguments: the same as typed, program first
        cwd: where it was typed
        sweep: the sweep's directory, absolute
        number: of the job, Hydra's `hydra.job.num`
        overrides: of this job, Hydra's own included
        resumed: whether it goes on from the checkpoint that its directory holds
    """

    line: CommandLine
    arguments: tuple[str, ...]
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


def run_here(task: Task, composer: Composer) -> Outcome:
    """Run a job in this process, and record how it ended.

    Errors:
        Interrupted: after it was recorded
    """
    try:
        config = composer.compose(task.overrides)
        place(config, task)
        resumption = resumption_of(task, unresolved(config)) if task.resumed else None
        return start(config, task.directory, composer=composer, sweep=True, resumption=resumption)
    except SettingError as error:  # the directory was taken in the meantime
        tell(str(error))
        return Outcome(exit_status=BAD_INPUT)
    except Exception as error:  # the run itself keeps its own: a directory that cannot be made, say
        tell(f"{describe(error)} (job {task.job.name})")
        return Outcome(exit_status=FAILED)


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


def place(config: DictConfig, task: Task) -> None:
    """Put the job's number and directory into its configuration."""
    with open_dict(config):
        config.hydra.job.num = config.hydra.job.id = task.number
        config.hydra.sweep.dir = str(task.sweep)
        config.hydra.sweep.subdir = task.job.name


_composers: dict[str, Composer] = {}  # one a process: most of a composition serves the next job


def run_apart(task: Task) -> Outcome:
    """Run a job in a process that was started for it, or for several one after another."""
    os.chdir(task.cwd)
    sys.argv[:] = task.arguments
    if repr(task.line) not in _composers:
        _composers[repr(task.line)] = Composer(task.line)
    try:
        with interruptible():
            return run_here(task, _composers[repr(task.line)])
    except Interrupted:
        return Outcome(exit_status=INTERRUPTED)
