"""The table of a sweep, from files of every kind of end."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gradnet_cli.runs.liveness import is_alive, this_process
from gradnet_cli.settings.overrides import settings_of, typed
from gradnet_cli.sweeps.plan import Plan, PlannedJob
from gradnet_cli.sweeps.table import read_sweep, write_table
from tests.sweeps.samples import dead_process, write_job
from tests.work import calls


def states(directory: Path) -> list[str]:
    return [row["state"] for row in read_sweep(directory).rows]


def test_every_end_has_a_row(tmp_path: Path) -> None:
    Plan(
        command="gradnet-run -m seed=0,1,2,3,4,5",
        jobs=tuple(PlannedJob(name=str(seed), overrides=("rows=4", f"seed={seed}")) for seed in range(6)),
    ).write(tmp_path)
    write_job(tmp_path / "0", overrides=["rows=4", "seed=0"], score=0.25)
    write_job(tmp_path / "1", overrides=["rows=4", "seed=1"], state="failed", error="unlucky")
    write_job(tmp_path / "2", overrides=["rows=4", "seed=2"], state="interrupted", error="by SIGTERM")
    write_job(tmp_path / "3", overrides=["rows=4", "seed=3"], state="running", seconds=None)
    write_job(tmp_path / "4", overrides=["rows=4", "seed=4"], state="running", process=dead_process())
    sweep = read_sweep(tmp_path)
    assert sweep.swept == ("seed",)
    assert [row["state"] for row in sweep.rows] == [
        "done", "failed", "interrupted", "running", "killed", "missing",
    ]  # fmt: skip
    assert sweep.rows[0] == {
        "job": "0",
        "seed": 0,
        "state": "done",
        "score": 0.25,
        "bound": 2.0,
        "gap": 0.5,
        "seconds": 1.5,
        "error": None,
        "directory": "0",
    }
    assert sweep.rows[1]["error"] == "unlucky"
    assert sweep.rows[5]["seed"] == 5
    assert (sweep.sense, sweep.objective) == ("maximize", "thing")
    assert [row["job"] for row in sweep.unsuccessful] == ["1", "2", "4", "5"]


def test_csv(tmp_path: Path) -> None:
    for number, value in enumerate((0.5, 1, 2)):
        write_job(tmp_path / str(number), overrides=[f"budget.value={value}"], score=value / 3)
    path = write_table(read_sweep(tmp_path))
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert list(rows[0]) == [
        "job", "budget.value", "state", "score", "bound", "gap", "seconds", "error", "directory",
    ]  # fmt: skip
    assert [float(row["score"]) for row in rows] == [0.5 / 3, 1 / 3, 2 / 3]
    assert rows[0]["error"] == ""


def test_jobs_without_a_plan_are_found_in_their_order(tmp_path: Path) -> None:
    for number in (10, 9, 2):
        write_job(tmp_path / "deep" / str(number), overrides=[f"rows={number}"])
    write_job(tmp_path / ".previous" / "2", overrides=["rows=2"])
    assert [row["job"] for row in read_sweep(tmp_path).rows] == ["deep/2", "deep/9", "deep/10"]


def test_a_setting_that_some_jobs_do_not_name_is_read_from_their_configuration(tmp_path: Path) -> None:
    write_job(tmp_path / "0", overrides=["stop.gap=0.1"])
    write_job(tmp_path / "1", overrides=["skip_completed=true"])
    sweep = read_sweep(tmp_path)
    assert sweep.swept == ("stop.gap",)
    assert [row["stop.gap"] for row in sweep.rows] == [0.1, 0.5]


def test_a_swept_setting_may_be_called_like_a_column(tmp_path: Path) -> None:
    for number in range(2):
        write_job(tmp_path / str(number), overrides=[f"score={number}"], score=5.0)
    sweep = read_sweep(tmp_path)
    assert [(row["score (setting)"], row["score"]) for row in sweep.rows] == [(0, 5.0), (1, 5.0)]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"state": 3}', "\xff", "[" * 100_000])
def test_a_damaged_status_is_a_failure(tmp_path: Path, content: str) -> None:
    write_job(tmp_path / "0", overrides=["seed=0"])
    (tmp_path / "0" / "status.json").write_text(content, encoding="latin-1")
    (row,) = read_sweep(tmp_path).rows
    assert row["state"] == "failed"


def test_a_finished_job_without_its_numbers_is_not_done(tmp_path: Path) -> None:
    write_job(tmp_path / "0", overrides=["seed=0"])
    (tmp_path / "0" / "summary.json").unlink()
    (row,) = read_sweep(tmp_path).rows
    assert (row["state"], row["error"]) == ("failed", "summary.json is missing or cannot be read")


def test_damaged_plans_and_overrides_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sweep.json").write_text(json.dumps({"jobs": [3, {"job": 1}, {"job": "a", "overrides": 4}]}))
    write_job(tmp_path / "0", overrides=["seed=0"])
    (tmp_path / "0" / ".hydra" / "overrides.yaml").write_text("{[")
    assert states(tmp_path) == ["done"]


def test_the_work_grows_with_the_number_of_jobs_and_no_faster(tmp_path: Path) -> None:
    counted = []
    for jobs in (100, 400):
        directory = tmp_path / str(jobs)
        for number in range(jobs):
            write_job(directory / str(number), overrides=["rows=4", f"seed={number}"])
        counted.append(calls(lambda directory=directory: write_table(read_sweep(directory))))
        assert len(read_sweep(directory).rows) == jobs
    few, many = counted
    assert many < 4.2 * few
    assert many < 400 * 1000  # to read the YAML of its whole configuration would take 50,000 calls a job


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("1e-3", 1e-3),
        ("true", True),
        ("null", None),
        ("grid", "grid"),
        ("'a b'", "a b"),
        ("[1]", "[1]"),
    ],
)
def test_values_as_typed(text: str, value: object) -> None:
    assert typed(text) == value
    assert type(typed(text)) is type(value)


def test_settings_that_say_how_the_sweep_is_run_are_left_out() -> None:
    assert settings_of(["+a=1", "skip_completed=true", "b=x=y"]) == {"a": 1, "b": "x=y"}


def test_processes() -> None:
    own = this_process()
    assert is_alive(own) is True
    assert is_alive(dead_process()) is False
    assert is_alive({**own, "host": "elsewhere"}) is None
    assert is_alive({}) is None
    assert is_alive({"host": own["host"], "pid": "x"}) is None


def test_a_number_used_again_is_another_process() -> None:
    own = this_process()
    assert is_alive({**own, "after_boot": own["after_boot"] - 60}) is False
    with subprocess.Popen([sys.executable, "-c", "pass"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # ended, but not yet collected: a zombie
        assert is_alive({"host": own["host"], "pid": child.pid}) is False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_records_of_earlier_versions_are_understood() -> None:
    """They have the start in clock ticks, as Linux tells it."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    record = {"host": this_process()["host"], "pid": os.getpid(), "slurm_job": None}
    assert is_alive({**record, "began": ticks}) is True
    assert is_alive({**record, "began": ticks - 60 * os.sysconf("SC_CLK_TCK")}) is False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_clock_that_is_set_kills_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux tells when it was started by the clock of the day, which may be set while a run is under way."""
    own = this_process()
    lines = Path("/proc/stat").read_text().splitlines()
    later = [f"btime {int(line.split()[1]) + 3600}" if line.startswith("btime") else line for line in lines]
    (tmp_path / "stat").write_text("\n".join(later) + "\n")
    (tmp_path / str(os.getpid())).symlink_to(f"/proc/{os.getpid()}")
    before = psutil.boot_time()
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert psutil.boot_time() - before == 3600
    assert is_alive(own) is True
