"""Which jobs of a sweep Slurm still has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gradnet_cli.report.files.atomic import read_json, write_json
from gradnet_cli.runs.liveness import queued_jobs

FOLDER = ".slurm"
FILE_NAME = "queue.json"
NOT_BEGUN = ("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT")


def record_sent(sweep: Path, jobs: Mapping[str, str]) -> None:
    """Remember jobs by name, each with the number that Slurm gave it, beside those sent before."""
    path = sweep / FOLDER / FILE_NAME
    path.parent.mkdir(exist_ok=True)
    write_json(path, {**read_json(path), **jobs})


def jobs_with_slurm(sweep: Path) -> dict[str, bool]:
    """The jobs of a sweep that Slurm still has, by name, and whether it has begun them."""
    sent = read_json(sweep / FOLDER / FILE_NAME)
    queued = (queued_jobs() if sent else None) or {}
    return {name: queued[number] not in NOT_BEGUN for name, number in sent.items() if number in queued}
