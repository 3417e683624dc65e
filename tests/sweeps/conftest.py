"""What the tests of sweeps share: the command line, and a cluster's queue that says what a test wants."""

from collections.abc import Callable

import pytest

from gradnet_cli.runs import liveness
from tests.cli.conftest import command, here

__all__ = ["command", "here"]

Squeue = Callable[..., None]


@pytest.fixture
def squeue(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Squeue:
    """Put a `squeue` on the path that lists these jobs, each with Slurm's word for its state."""
    program = tmp_path_factory.mktemp("slurm") / "squeue"
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")

    def lists(**jobs: str) -> None:
        lines = "".join(f"echo '{name.removeprefix('job_')} {state}'\n" for name, state in jobs.items())
        program.write_text(f"#!/bin/sh\n[ \"$*\" = '--noheader --array --format=%i %T' ] || exit 1\n{lines}")
        program.chmod(0o755)
        liveness._recently_queued.cache_clear()

    lists(job_7_0="PENDING", job_7_1="RUNNING")
    return lists
