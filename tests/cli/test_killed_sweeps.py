"""Sweeps of which something is killed at a random moment: the table is right, nothing finished is lost."""

import hashlib
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from gradnet_cli.sweeps.table import read_sweep
from tests.processes.client import ForkServer, Process

pytestmark = pytest.mark.slow
JOBS = 8
SWEEP = (
    "-m", "rows=12", "updates=150", "stop.gap=null", "stop.plateau=null", "figures=false", "report=false",
    "seed=" + ",".join(map(str, range(JOBS))), "initial=random", "hydra.sweep.dir=sweep",
)  # fmt: skip


def statuses() -> dict[int, dict]:
    found = {}
    for job in range(JOBS):
        path = Path(f"sweep/{job}/status.json")
        if path.exists():
            found[job] = json.loads(path.read_text())
    return found


def wait_until_running(job: int, process: Process) -> dict:
    while process.poll() is None:
        status = statuses().get(job)
        if status is not None:
            return status
        time.sleep(0.01)
    raise AssertionError(process.communicate())


def states() -> list[str]:
    return [row["state"] for row in read_sweep("sweep").rows]


def networks() -> dict[int, str]:
    """Fingerprints of the networks that finished jobs have found."""
    done = [job for job, status in statuses().items() if status["state"] == "done"]
    return {job: hashlib.sha256(Path(f"sweep/{job}/edges.csv").read_bytes()).hexdigest() for job in done}


def complete(fork_server: ForkServer, before: dict[int, str]) -> None:
    """Run what is missing; what was there must be the same afterwards."""
    written = {job: Path(f"sweep/{job}/edges.csv").stat().st_mtime_ns for job in before}
    with fork_server.start(*SWEEP, "skip_completed=true") as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    assert states() == ["done"] * JOBS
    after = networks()
    assert {job: after[job] for job in before} == before
    assert {job: Path(f"sweep/{job}/edges.csv").stat().st_mtime_ns for job in before} == written


@pytest.mark.parametrize("number", range(10))
def test_a_worker_is_killed(
    number: int, fork_server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(number)
    with fork_server.start(*SWEEP, "launcher=joblib", "launcher.workers=2") as process:
        victim = wait_until_running(chance.randrange(JOBS), process)["process"]["pid"]
        time.sleep(chance.uniform(0, 0.5))
        os.kill(victim, signal.SIGKILL)
        out, err = process.communicate(timeout=300)
    found = states()
    killed = [job for job, state in enumerate(found) if state == "killed"]
    assert sorted(found) == ["done"] * (JOBS - len(killed)) + ["killed"] * len(killed)
    assert len(killed) <= 1  # none where the process was between two jobs
    assert process.returncode == len(killed), out + err
    assert all(status["process"]["pid"] == victim for job, status in statuses().items() if job in killed)
    complete(fork_server, networks())


@pytest.mark.parametrize("number", range(10))
def test_the_sweep_itself_is_killed(
    number: int, fork_server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(100 + number)
    with fork_server.start(*SWEEP) as process:
        last = chance.randrange(JOBS)
        wait_until_running(last, process)
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.communicate()
    with fork_server.start("summarize=sweep") as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    found = states()
    ended = next((job for job, state in enumerate(found) if state != "done"), JOBS)
    assert ended >= last
    assert found[ended : ended + 1] in (["killed"], ["missing"], [])  # missing: killed between two jobs
    assert set(found[ended + 1 :]) <= {"missing"}
    assert f"{JOBS} jobs: " in out
    complete(fork_server, networks())
