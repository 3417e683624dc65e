"""Running the commands of a study, each in a process and a directory of its own.

Processes are forked from one that has loaded the program already: loading takes longer than many a run.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.claims import Run
from experiments.paper.studies import Study

LONGEST = 3600.0  # seconds that one run may take before it is given up
LOADED = ["gradnet_cli.cli.command", "gradnet_cli.runs.run", "gradnet_cli.training.loop", "matplotlib.pyplot"]


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
    status = call([*overrides, place], output=directory.parent / f"{name}.txt")
    failure = None if status == 0 else _why(directory, status)
    return Executed(
        study=study.name,
        name=name,
        command=f"gradnet-run {run.overrides}",
        directory=directory,
        seconds=time.perf_counter() - began,
        failure=failure,
    )


def call(arguments: Sequence[str], *, output: Path, longest: float = LONGEST) -> int:
    """Call the command in a process of its own, and return its exit status: -1 where it took too long.

    Args:
        arguments: of the command line
        output: file for what it prints
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    process = context.Process(target=_command, args=(list(arguments), output))
    process.start()
    process.join(longest)
    if process.is_alive():
        process.kill()
        process.join()
        return -1
    assert process.exitcode is not None
    return process.exitcode


def _command(arguments: list[str], output: Path) -> None:
    """What the process does: as `gradnet-run` would, with its streams in a file."""
    from gradnet_cli.cli.command import main

    for path, flags, streams in ((os.devnull, os.O_RDONLY, (0,)), (output, os.O_WRONLY | os.O_CREAT, (1, 2))):
        opened = os.open(path, flags)
        for stream in streams:
            os.dup2(opened, stream)
        os.close(opened)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(stream, "w", closefd=False), encoding="utf-8", line_buffering=True)
        for stream in (1, 2)
    )
    sys.argv = ["gradnet-run", *arguments]
    sys.exit(main())


def _why(directory: Path, status: int) -> str:
    try:
        error = json.loads((directory / "status.json").read_text(encoding="utf-8"))["error"]
    except (OSError, ValueError, KeyError):
        error = None
    return str(error) if error else f"exit status {status}"
