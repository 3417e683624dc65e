"""What an earlier sweep left in a directory: finished work is kept, unfinished work is set aside."""

from __future__ import annotations

import itertools
from enum import Enum
from pathlib import Path

from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.recorded import STATE_PATH
from gradnet_cli.settings.overrides import decisive_settings
from gradnet_cli.sweeps.plan import PlannedJob
from gradnet_cli.sweeps.table import read_job

PREVIOUS = ".previous"


class Earlier(Enum):
    """What is there of a job already."""

    NOTHING = "nothing"
    DONE = "done"
    ELSEWHERE = "runs elsewhere"
    STOPPED = "was killed or interrupted, and has a checkpoint to go on from"
    ENDED = "failed, or has nothing to go on from"


def look(sweep: Path, job: PlannedJob) -> Earlier:
    """What is there of a job.

    Raises:
        SettingError: the finished or running job of that name is another one
    """
    row, overrides = read_job(sweep, job.name)
    if row["state"] == State.MISSING:
        return Earlier.NOTHING
    before, now = decisive_settings(overrides), decisive_settings(job.overrides)
    if row["state"] not in (State.DONE, State.RUNNING):
        stopped = (
            row["state"] in (State.KILLED, State.INTERRUPTED) and (sweep / job.name / STATE_PATH).exists()
        )
        return Earlier.STOPPED if stopped and before == now else Earlier.ENDED
    if before != now:
        differing = sorted(
            {name for name, _ in set(map(_pair, before.items())) ^ set(map(_pair, now.items()))}
        )
        name = differing[0]
        raise SettingError(
            setting="hydra.sweep.dir",
            value=sweep,
            allowed=f"its job {job.name} was run with {name}={before.get(name, '(default)')}, not with "
            f"{name}={now.get(name, '(default)')}; choose another directory for other jobs",
        )
    return Earlier.DONE if row["state"] == State.DONE else Earlier.ELSEWHERE


def set_aside(sweep: Path, job: PlannedJob) -> Path:
    """Move what an unfinished job left to `.previous/JOB.N`; nothing is deleted. Return where it lies."""
    place = sweep / PREVIOUS / job.name
    place.parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count():
        target = place.with_name(f"{place.name}.{number}")
        if not target.exists():
            return (sweep / job.name).rename(target)
    raise AssertionError("unreachable")


def _pair(item: tuple[str, object]) -> tuple[str, str]:
    return item[0], repr(item[1])
