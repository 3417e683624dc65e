"""Whole sweeps of tiny jobs: skipped, killed, claimed by two, side by side, summed up."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.runs.liveness import this_process
from gradnet_cli.runs.recorded import STATE_PATH
from gradnet_cli.runs.status import Status
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.sweeps.launchers import choose_launcher
from gradnet_cli.sweeps.table import read_sweep
from tests.quick import quick
from tests.sweeps.samples import dead_process

TINY = ("rows=4", "updates=3", "figures=false", "report=false")
SWEEP = ("-m", *TINY, "hydra.sweep.dir=sweep")


def states(directory: str = "sweep") -> list[str]:
    return [row["state"] for row in read_sweep(directory).rows]


def status(job: int) -> dict:
    return json.loads(Path(f"sweep/{job}/status.json").read_text())


def change_status(job: int, **changes: object) -> None:
    Path(f"sweep/{job}/status.json").write_text(json.dumps(status(job) | changes))


@pytest.fixture(scope="session")
def three_jobs(fork_server, tmp_path_factory) -> Path:
    """The directory of a sweep of three jobs that are done."""
    place = tmp_path_factory.mktemp("three_jobs")
    with fork_server.start(*SWEEP, "seed=0,1,2", directory=place) as process:
        assert process.wait(120) == 0, process.communicate()
    return place / "sweep"


@pytest.fixture
def swept(three_jobs: Path, here: Path) -> None:
    """A sweep of three jobs, of which the second was killed and the third never began."""
    shutil.copytree(three_jobs, here / "sweep")
    change_status(1, state="running", process=dead_process())
    shutil.rmtree("sweep/2")


@pytest.mark.usefixtures("swept")
def test_completed_jobs_are_skipped(command) -> None:
    before = Path("sweep/0/status.json").stat().st_mtime_ns
    assert states() == ["done", "killed", "missing"]
    answer = command(*SWEEP, "seed=0,1,2", "skip_completed=true")
    assert (answer.exit_status, answer.err) == (0, "")
    assert "1 of 3 jobs are done already" in answer.out
    assert states() == ["done", "done", "done"]
    assert Path("sweep/0/status.json").stat().st_mtime_ns == before
    assert not Path("sweep/.previous").exists()  # the killed job went on from its checkpoint
    answer = command(*SWEEP, "seed=0,1,2", "skip_completed=true")
    assert (answer.exit_status, "3 of 3 jobs are done already" in answer.out) == (0, True)


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("why", quick(["no checkpoint", "failed", "other program"], 1))
def test_what_cannot_go_on_is_set_aside(command, why: str) -> None:
    if why == "no checkpoint":
        Path("sweep/1", STATE_PATH).unlink()
    elif why == "failed":
        change_status(1, state="failed", error="unlucky")
    else:
        config = Path("sweep/1/.hydra/config.yaml")
        config.write_text(config.read_text().replace("improvement: 1.0e-06", "improvement: 1.0e-05"))
    answer = command(*SWEEP, "seed=0,1,2", "skip_completed=true")
    assert (answer.exit_status, answer.err, states()) == (0, "", ["done"] * 3)
    assert Path("sweep/.previous/1.0/edges.csv").is_file()


def test_a_run_that_was_killed_after_its_training_keeps_the_course(command) -> None:
    short = ("rows=4", "updates=3", "stop.gap=null", "trainer.log_every=2", "figures=false", "report=false")
    assert command(*short, "hydra.run.dir=sweep/0").exit_status == 0
    course, edges = (Path("sweep/0", name).read_bytes() for name in ("metrics.csv", "edges.csv"))
    assert [line.split(b",")[0] for line in course.splitlines()] == [b"step", b"0", b"2", b"3"]
    change_status(0, state="running", process=dead_process())
    assert command("resume=sweep/0").exit_status == 0
    assert Path("sweep/0/metrics.csv").read_bytes() == course
    assert Path("sweep/0/edges.csv").read_bytes() == edges


@pytest.mark.usefixtures("swept")
def test_a_job_that_runs_is_not_resumed(command) -> None:
    change_status(0, state="running", process=this_process())
    answer = command("resume=sweep/0")
    assert answer.exit_status == 2
    assert "resume = sweep/0: still runs; wait for its end, or stop it" in answer.err


@pytest.mark.usefixtures("swept")
def test_a_sweep_can_be_extended(command) -> None:
    assert command(*SWEEP, "seed=0,1,2,3", "skip_completed=true").exit_status == 0
    assert states() == ["done"] * 4


@pytest.mark.usefixtures("swept")
def test_other_jobs_in_the_same_directory_are_refused(command) -> None:
    files = sorted(Path("sweep").rglob("*"))
    answer = command(*SWEEP, "seed=5,6", "skip_completed=true")
    assert answer.exit_status == 2
    assert "its job 0 was run with seed=0, not with seed=5; choose another directory" in answer.err
    assert answer.err.count("\n") == 1
    answer = command(*SWEEP, "seed=0,1,2")
    assert answer.exit_status == 2
    assert "holds jobs already; skip_completed=true runs those that are missing" in answer.err
    assert sorted(Path("sweep").rglob("*")) == files


@pytest.mark.usefixtures("swept")
def test_a_job_that_runs_elsewhere_is_left_alone(command) -> None:
    change_status(1, process={"host": "elsewhere", "pid": 1})
    answer = command(*SWEEP, "seed=0,1,2", "skip_completed=true")
    assert (answer.exit_status, "1 of 3 jobs wait or run elsewhere" in answer.out) == (0, True)
    assert states() == ["done", "running", "done"]


def test_two_jobs_with_one_directory_are_refused(command, here) -> None:
    answer = command(*SWEEP, "seed=0,1", "hydra.sweep.subdir=same")
    assert answer.exit_status == 2
    assert "hydra.sweep.subdir = same: gives jobs 0 and 1 the same directory" in answer.err
    assert list(here.iterdir()) == []


def test_directories_may_be_named_after_settings(command) -> None:
    answer = command(*SWEEP, "seed=0,1", "hydra.sweep.subdir=deep/s${seed}")
    assert answer.exit_status == 0
    assert [row["job"] for row in read_sweep("sweep").rows] == ["deep/s0", "deep/s1"]


def test_of_many_runs_that_claim_a_directory_one_gets_it(tmp_path: Path) -> None:
    got, refused, gate = [], [], threading.Barrier(8)

    def run() -> None:
        gate.wait()
        try:
            got.append(Status.claim(tmp_path / "run"))
        except SettingError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    assert all("holds a run already" in text for text in refused)


def test_a_directory_belongs_to_one_sweep_at_a_time(command, here) -> None:
    code = (
        "import sys, time; from pathlib import Path; from gradnet_cli.runs.lock import held\n"
        "with held(Path('sweep'), setting='', allowed=''):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        answer = command(*SWEEP, "seed=0,1")
        assert answer.exit_status == 2
        assert "is in use by another sweep" in answer.err
        other.kill()  # what held it is dead, so it is free
    assert command(*SWEEP, "seed=0,1").exit_status == 0


def test_a_directory_that_cannot_be_made(command, here) -> None:
    (here / "file").write_text("")
    answer = command("-m", *TINY, "seed=0,1", "hydra.sweep.dir=file/sweep")
    assert (answer.exit_status, answer.err.count("\n")) == (1, 1)


def test_summarize(command) -> None:
    command("-m", "rows=4,5", "updates=3", "trainer.threads=1", "hydra.sweep.dir=sweep", "figures=false")
    Path("sweep/sweep.csv").unlink()
    answer = command("summarize=sweep")
    assert (answer.exit_status, answer.err) == (0, "")
    assert "2 jobs: 2 done; sweep/sweep.csv" in answer.out
    assert {path.name for path in Path("sweep/figures").iterdir()} == {"sweep_rows.png", "sweep_rows.svg"}
    assert Path("sweep/report.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["summarize=nowhere"], "summarize = nowhere: must be the directory of a sweep, and there is none"),
        (["summarize=."], "summarize = .: holds no runs"),
        (["summarize=.", "seed=3"], "goes without other settings"),
        (["-m", "launcher=joblib", "launcher.workers=0"], "launcher.workers = 0: must be an integer >= 1"),
        (["launcher=jobib"], "Did you mean launcher=joblib?"),
        (["-m", "skip_completed=1"], "skip_completed = 1: must be true or false"),
    ],
)
def test_mistakes(command, here, arguments: list[str], says: str) -> None:
    answer = command(*arguments)
    assert (answer.exit_status, answer.err.count("\n")) == (2, 1)
    assert says in answer.err
    assert list(here.iterdir()) == []


@pytest.fixture
def mine(here: Path) -> Path:
    """A mask that kills its process where `deadly` says so."""
    (here / "mine" / "mask").mkdir(parents=True)
    (here / "mine" / "mask" / "mortal.yaml").write_text(
        "# @package _global_\n# A path whose making may be deadly.\n"
        "mask:\n  _target_: my_mortal_mask.path\n  settings: [nodes, deadly]\n"
        "nodes: 5       # number of nodes\ndeadly: false  # whether the process is killed\n"
    )
    (here / "my_mortal_mask.py").write_text(
        "import os, signal\nimport numpy as np\nfrom gradnet_cli.problem.masks import Mask\n"
        "def path(*, nodes, deadly):\n"
        "    if deadly:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    ends = np.arange(nodes - 1)\n"
        "    return Mask.from_edges(name='path', nodes=nodes, edges=np.stack([ends, ends + 1]))\n"
    )
    return here


def test_a_sweep_that_is_interrupted_saves_its_jobs(here, fork_server) -> None:
    endless = ("updates=1000000000", "stop.gap=null", "stop.plateau=null", "seed=0,1,2,3,4")
    with fork_server.start(*SWEEP, *endless, "launcher=joblib") as process:
        while not Path("sweep/0/metrics.csv").exists() and process.poll() is None:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command with skip_completed=true runs what is missing" in err
    assert "Traceback" not in err
    found = states()
    assert found[0] == "interrupted"
    assert set(found) == {"interrupted", "missing"}
    assert Path("sweep/0", STATE_PATH).is_file()
    assert Path("sweep/sweep.csv").is_file()


def test_joblib_by_hydras_own_name(here) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    with Composer(CommandLine(overrides=["hydra/launcher=joblib", "seed=0,1"], multirun=True)) as composer:
        chosen = choose_launcher(Composed.check(next(composer.runs())), composer)
    assert chosen is not None
    assert chosen.__module__ == "gradnet_cli.sweeps.workers"


@pytest.mark.usefixtures("mine")
def test_a_job_that_kills_its_worker_takes_no_other_with_it(forked) -> None:
    pytest.importorskip("joblib")
    line = ("-m", "--config-dir", "mine", "mask=mortal", "updates=2", "figures=false", "report=false")
    answer = forked(*line, "deadly=true,false", "seed=0,1", "launcher=joblib", "hydra.sweep.dir=sweep")
    assert answer.exit_status == 1
    assert states() == ["killed", "killed", "done", "done"]
    assert "killed: 0 (deadly=true seed=0) the process is gone" in answer.out
