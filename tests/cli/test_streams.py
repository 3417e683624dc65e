"""Output that nobody reads: printing stops, the work goes on, and the state is true."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

PROGRAM = Path(sysconfig.get_path("scripts")) / "gradnet-run"
RUN = f"{PROGRAM} rows=3 updates=3 figures=false report=false hydra.run.dir=run"
SWEEP = f"{PROGRAM} -m rows=3 updates=3 seed=0,1,2 figures=false report=false hydra.sweep.dir=sweep"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        timeout=300,
        env=dict(os.environ),
        check=False,
    )


def state(directory: str) -> str:
    return json.loads(Path(directory, "status.json").read_text())["state"]


@pytest.mark.parametrize(
    "ending",
    [
        ">&-",
        pytest.param(
            ">/dev/full", marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
        ),
        "2>&- >&-",
        "| true; exit ${PIPESTATUS[0]}",
    ],
)
def test_a_run_is_done(here: Path, ending: str) -> None:
    done = shell(f"{RUN} {ending}")
    assert (done.returncode, done.stderr) == (0, "")
    assert state("run") == "done"
    assert Path("run/summary.json").exists()


def test_a_sweep_runs_all_its_jobs(here: Path) -> None:
    done = shell(f"{SWEEP} | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (0, "")
    assert [state(f"sweep/{number}") for number in range(3)] == ["done"] * 3


def test_the_head_of_the_help(here: Path) -> None:
    done = shell(f"{PROGRAM} --help | head -1; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.splitlines()[1] == "0"
    assert done.stderr == ""
