"""Jobs that wait in a cluster's queue are told as waiting, wherever a sweep is told."""

import csv
import re
from pathlib import Path

import pytest

from gradnet_cli.runs.recorded import STATE_PATH
from gradnet_cli.sweeps.plan import Plan, PlannedJob
from gradnet_cli.sweeps.queue import record_sent
from gradnet_cli.sweeps.table import read_sweep
from tests.sweeps.conftest import Squeue
from tests.sweeps.samples import dead_process, write_job


@pytest.fixture
def sweep(here: Path) -> Path:
    """A sweep of five jobs that were sent to a cluster; nothing else is known of them yet."""
    directory = here / "sweep"
    directory.mkdir()
    jobs = tuple(PlannedJob(name=str(number), overrides=(f"seed={number}",)) for number in range(5))
    Plan(command="gradnet-run -m seed=0,1,2,3,4 cluster=slurm", jobs=jobs).write(directory)
    record_sent(directory, {str(number): f"7_{number}" for number in range(5)})
    return directory


def states(sweep: Path) -> list[str]:
    return [row["state"] for row in read_sweep(sweep).rows]


def test_table_terminal_and_page_say_so(command, sweep: Path, squeue: Squeue) -> None:
    squeue(job_7_2="PENDING", job_7_3="PENDING")
    write_job(sweep / "0", overrides=["seed=0"])
    write_job(sweep / "1", overrides=["seed=1"], state="failed", error="unlucky")
    answer = command("summarize=sweep")
    assert (answer.exit_status, answer.err) == (0, "")
    with (sweep / "sweep.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == ["done", "failed", "waiting", "waiting", "missing"]
    told = [line.split()[2] for line in answer.out.splitlines() if re.match(r"[0-4] ", line)]
    assert told == ["done", "failed", "waiting", "waiting", "missing"]
    assert "5 jobs: 1 done, 2 waiting, 1 failed, 1 missing" in answer.out
    assert not re.search(r"^waiting:", answer.out, re.MULTILINE)  # it is no failure
    page = (sweep / "report.html").read_text()
    assert re.search(r'<span class="state waiting">waiting</span>\s*2<', page)
    assert page.count('<tr data-state="waiting"') == 2


def test_a_job_that_slurm_is_starting_waits_until_it_has_said_a_word(sweep: Path, squeue: Squeue) -> None:
    squeue(**{f"job_7_{number}": "RUNNING" for number in range(5)})
    write_job(
        sweep / "0", overrides=["seed=0"], state="running", process={"host": "node", "slurm_job": "7_0"}
    )
    assert states(sweep) == ["running", *["waiting"] * 4]


def test_a_job_that_was_stopped_waits_to_be_taken_up_again(sweep: Path, squeue: Squeue) -> None:
    write_job(sweep / "0", overrides=["seed=0"], state="interrupted", error="interrupted by SIGTERM")
    write_job(sweep / "1", overrides=["seed=1"], state="running", process=dead_process())
    for name in ("0", "1"):
        (sweep / name / STATE_PATH.parent).mkdir()
    squeue(job_7_0="PENDING", job_7_1="PENDING")
    rows = read_sweep(sweep).rows[:2]
    assert [(row["state"], row["error"]) for row in rows] == [("waiting", None)] * 2
    squeue(job_7_0="COMPLETING", job_7_1="COMPLETING")  # it has ended, and Slurm has not cleared it away yet
    assert states(sweep)[:2] == ["interrupted", "killed"]


def test_without_a_queue_nothing_waits(sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert states(sweep) == ["missing"] * 5
