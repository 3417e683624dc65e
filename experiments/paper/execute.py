"""Running the commands of a study, each in a process and a directory of its own."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from experiments.claims import Run
from experiments.paper.studies import Study

LONGEST = 3600.0  # seconds that one run may take before it is given up


@dataclass(frozen=True, kw_only=True)
class Executed:
    """A run that has ended, well or not.

    Attributes:
        directory: of the run, or of the sweep
        failure: why it failed, in one line; None if it did not
    """

    study: str
    name: str
    command: str
    directory: Path
    seconds: float
    failure: str | None


def execute(study: Study, name: str, run: Run, *, into: Path) -> Executed:
    """Run one command and keep what it printed beside its directory."""
    directory = into / study.name / name
    directory.parent.mkdir(parents=True, exist_ok=True)
    overrides = shlex.split(run.overrides)
    sweeps = "-m" in overrides or run.sweep
    place = f"hydra.{'sweep' if sweeps else 'run'}.dir={directory}"
    began = time.perf_counter()
    with (directory.parent / f"{name}.txt").open("w", encoding="utf-8") as output:
        try:
            status = subprocess.run(
                [sys.executable, "-m", "gradnet_cli", *overrides, place],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=LONGEST,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = -1
    failure = None if status == 0 else _why(directory, status)
    return Executed(
        study=study.name,
        name=name,
        command=f"gradnet-run {run.overrides}",
        directory=directory,
        seconds=time.perf_counter() - began,
        failure=failure,
    )


def _why(directory: Path, status: int) -> str:
    try:
        error = json.loads((directory / "status.json").read_text(encoding="utf-8"))["error"]
    except (OSError, ValueError, KeyError):
        error = None
    return str(error) if error else f"exit status {status}"
