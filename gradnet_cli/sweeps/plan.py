"""sweep.json: what a sweep is going to run, written before its first job begins."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gradnet_cli.report.files.atomic import read_json, write_json
from gradnet_cli.runs.liveness import this_process

FILE_NAME = "sweep.json"


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """One job: its directory below the sweep's, and its overrides, Hydra's own left out."""

    name: str
    overrides: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The jobs of a sweep in their order, and the command line that asked for them."""

    command: str
    jobs: tuple[PlannedJob, ...]

    def write(self, directory: Path) -> None:
        """Write `sweep.json` into the sweep's directory."""
        content = {
            "command": self.command,
            "started": datetime.datetime.now().astimezone().replace(microsecond=0).isoformat(),
            "process": this_process(),
            "jobs": [{"job": job.name, "overrides": list(job.overrides)} for job in self.jobs],
        }
        write_json(directory / FILE_NAME, content)


def read_plan(directory: Path) -> tuple[PlannedJob, ...]:
    """The jobs that `sweep.json` lists; none where there is no such file, or one of somebody else's."""
    return tuple(
        PlannedJob(name=job["job"], overrides=tuple(job["overrides"]))
        for job in read_json(directory / FILE_NAME).get("jobs", ())
        if _is_planned_job(job)
    )


def _is_planned_job(job: object) -> bool:
    return (
        isinstance(job, Mapping)
        and isinstance(job.get("job"), str)
        and isinstance(job.get("overrides"), list)
        and all(isinstance(text, str) for text in job["overrides"])
    )
