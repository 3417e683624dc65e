"""Output that nobody reads: printing stops, the work goes on, and the state is true."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.client import COMMAND, ForkServer

RUN = ("rows=3", "updates=3", "figures=false", "report=false", "hydra.run.dir=run")
SWEEP = ("-m", *RUN[:-1], "seed=0,1,2", "hydra.sweep.dir=sweep")


@contextlib.contextmanager
def full() -> Iterator[int]:
    """A device that takes nothing."""
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


@contextlib.contextmanager
def unread() -> Iterator[int]:
    """A pipe whose reader has gone."""
    reader, descriptor = os.pipe()
    os.close(reader)
    yield descriptor
    os.close(descriptor)


def shell(command: str) -> subprocess.CompletedProcess[str]:
    line = ["bash", "-c", command]
    return subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)


def state(directory: str) -> str:
    return json.loads(Path(directory, "status.json").read_text())["state"]


def is_done() -> bool:
    return state("run") == "done" and Path("run/summary.json").exists()


@pytest.mark.slow
def test_a_run_without_output_as_installed(here: Path) -> None:
    done = shell(f"{COMMAND} {' '.join(RUN)} >&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert is_done()


def test_a_run_without_any_output(here: Path, fork_server: ForkServer) -> None:
    with fork_server.start(*RUN, closed=(1, 2)) as process:
        assert process.communicate(120) == ("", "")
    assert process.returncode == 0
    assert is_done()


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(full, marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")),
        unread,
    ],
)
def test_a_run_whose_output_goes_nowhere(here: Path, fork_server: ForkServer, output) -> None:
    with output() as descriptor, fork_server.start(*RUN, stdout=descriptor) as process:
        _, err = process.communicate(120)
    assert (process.returncode, err) == (0, "")
    assert is_done()


def test_a_sweep_runs_all_its_jobs(here: Path, fork_server: ForkServer) -> None:
    with unread() as descriptor, fork_server.start(*SWEEP, stdout=descriptor) as process:
        _, err = process.communicate(120)
    assert (process.returncode, err) == (0, "")
    assert [state(f"sweep/{number}") for number in range(3)] == ["done"] * 3


def test_the_head_of_the_help(here: Path) -> None:
    done = shell(f"{COMMAND} --help | head -1; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.splitlines()[1] == "0"
    assert done.stderr == ""
