"""Sweeps through a real Slurm, started here. Skipped where it cannot be."""

import json
import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradnet_cli.sweeps.table import read_sweep
from tests.slurm.cluster import NoSlurmError, slurm

pytestmark = pytest.mark.slow
COMMAND = Path(sysconfig.get_path("scripts")) / "gradnet-run"
TINY = ("rows=6", "figures=false", "report=false", "cluster=slurm", "hydra.sweep.dir=sweep")
ENDLESS = "updates=3,1000000000"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that reaches a Slurm of this machine."""
    pytest.importorskip("submitit")
    try:
        with slurm(tmp_path_factory.mktemp("slurm")) as environment:
            yield environment
    except NoSlurmError as error:
        pytest.skip(str(error))


def call(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def wait_for(job: int, state: str) -> dict:
    deadline = time.monotonic() + 120
    path = Path(f"sweep/{job}/status.json")
    while time.monotonic() < deadline:
        if path.exists() and (status := json.loads(path.read_text()))["state"] == state:
            return status
        time.sleep(0.2)
    raise AssertionError(f"job {job} is not {state}")


def states() -> list[str]:
    return [row["state"] for row in read_sweep("sweep").rows]


def test_a_sweep_with_one_job_killed(cluster, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PATH", "SLURM_CONF"):
        monkeypatch.setenv(name, cluster[name])
    sweep = ("-m", *TINY, "stop.gap=null", "stop.plateau=null", "stop.seconds=20", ENDLESS, "seed=0,1,2,3")
    with subprocess.Popen(
        [COMMAND, *sweep], env=cluster, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        victim = wait_for(6, "running")["process"]
        assert victim["slurm_job"].endswith("_6")
        os.kill(victim["pid"], signal.SIGKILL)
        out, err = process.communicate(timeout=280)
    assert process.returncode == 1, err
    assert states() == ["done"] * 6 + ["killed", "done"]
    assert "killed: 6 (updates=1000000000 seed=2) the process is gone" in out
    again = call(cluster, *sweep, "skip_completed=true")
    assert again.returncode == 0, again.stderr
    assert "7 of 8 jobs are done already" in again.stdout
    assert states() == ["done"] * 8


def test_a_job_that_is_cancelled_says_so(cluster, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PATH", "SLURM_CONF"):
        monkeypatch.setenv(name, cluster[name])
    sweep = ("-m", *TINY, "stop.gap=null", "stop.plateau=null", "updates=1000000000", "seed=0,1")
    with subprocess.Popen([COMMAND, *sweep], env=cluster, stdout=subprocess.PIPE, text=True) as process:
        number = wait_for(0, "running")["process"]["slurm_job"]
        while not all(Path(f"sweep/{job}/metrics.csv").exists() for job in range(2)):
            assert process.poll() is None
            time.sleep(0.2)
        subprocess.run(["scancel", number.partition("_")[0]], env=cluster, check=True)
        process.communicate(timeout=120)
    assert process.returncode == 1
    assert states() == ["interrupted", "interrupted"]


def test_the_sweep_may_be_left_alone(cluster, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PATH", "SLURM_CONF"):
        monkeypatch.setenv(name, cluster[name])
    sweep = ("-m", *TINY, "stop.gap=null", "stop.plateau=null", "stop.seconds=10", ENDLESS, "seed=0,1")
    with subprocess.Popen([COMMAND, *sweep], env=cluster, stderr=subprocess.PIPE, text=True) as process:
        wait_for(0, "done")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the jobs stay with Slurm; scancel" in err
    again = call(cluster, *sweep, "skip_completed=true")
    assert again.returncode == 0, again.stderr
    for job in range(4):
        wait_for(job, "done")
    assert call(cluster, "summarize=sweep").returncode == 0
    assert states() == ["done"] * 4
