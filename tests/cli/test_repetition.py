"""`resume=` and `rerun=`, as typed."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import gradnet_cli as gn
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.runs.lock import held
from gradnet_cli.runs.stages import STAGES
from tests.processes.client import ForkServer, Process
from tests.quick import quick

SMALL = (
    "rows=5",
    "updates=20",
    "stop.gap=null",
    "stop.plateau=null",
    "figures=false",
    "trainer.progress=none",
)
# Long enough that a kill may fall into imports, training, and the report.
KILLED = (
    *("rows=14", "initial=random", "updates=600", "stop.gap=null", "stop.plateau=null", "trainer.threads=1"),
    *("checkpoint.updates=25", "checkpoint.seconds=null"),
)
KILLS, BATCHES = 25, 5
LONGEST = 120.0  # seconds that a run may take


def read(path: str) -> dict:
    return json.loads(Path(path).read_text())


def files(directory: str) -> dict[Path, bytes]:
    """All that a run has left, but for its log, which grows, and the lock."""
    paths = (path for path in Path(directory).rglob("*") if path.name not in ("run.log", ".lock"))
    return {path: path.read_bytes() for path in paths if path.is_file()}


@pytest.fixture(scope="session")
def small_run(fork_server, tmp_path_factory) -> Path:
    """The directory of a small run that is done."""
    place = tmp_path_factory.mktemp("small")
    with fork_server.start(*SMALL, "hydra.run.dir=run", directory=place) as process:
        assert process.wait(LONGEST) == 0, process.communicate()
    return place / "run"


@pytest.fixture
def finished(small_run: Path, here: Path) -> None:
    """A small run that is done, in the directory `run`."""
    shutil.copytree(small_run, here / "run")


def started(*arguments: str) -> subprocess.Popen:
    code = "import sys; from gradnet_cli.cli.command import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


class TestResume:
    @pytest.mark.usefixtures("finished")
    def test_more_updates(self, command) -> None:
        command_line = read("run/manifest.json")["command"]
        answer = command("resume=run", "updates=30")
        assert (answer.exit_status, answer.err) == (0, "")
        assert read("run/summary.json")["updates"] == 30
        assert list(read_metrics(Path("run"))["step"]) == list(range(31))
        assert read("run/manifest.json")["command"] == command_line
        assert "updates=30" in Path("run/.hydra/overrides.yaml").read_text()
        assert command("resume=run").exit_status == 2

    @pytest.mark.slow
    @pytest.mark.usefixtures("finished")
    def test_an_extended_run_is_repeated_in_the_same_stages(self, command) -> None:
        assert command("resume=run", "updates=30").exit_status == 0
        assert command("resume=run", "stop.seconds=1000", "updates=34").exit_status == 0
        answer = command("rerun=run", "hydra.run.dir=again")
        assert (answer.exit_status, answer.err) == (0, "")
        assert "rerun: stage 2 of 3: updates=30\n" in answer.out
        assert "rerun: stage 3 of 3: stop.seconds=1000 updates=34\n" in answer.out
        assert "rerun: the network is identical, byte for byte\n" in answer.out
        assert (
            read_metrics(Path("again"))
            .drop(columns="seconds")
            .equals(read_metrics(Path("run")).drop(columns="seconds"))
        )
        assert "identical" in command("rerun=again", "hydra.run.dir=once_more").out

    @pytest.mark.usefixtures("finished")
    def test_what_was_changed_on_its_way_is_told(self, command) -> None:
        status = read("run/status.json")
        Path("run/status.json").write_text(json.dumps(status | {"state": "interrupted"}))
        assert command("resume=run", "updates=30").exit_status == 0
        answer = command("rerun=run", "hydra.run.dir=again")
        assert "rerun: the original was given another number of updates while it was on its way" in answer.out

    @pytest.mark.usefixtures("finished")
    def test_what_is_only_shown_makes_no_stage(self, command) -> None:
        assert command("resume=run", "report=false").exit_status == 0
        assert not Path("run", STAGES).exists()

    def test_a_result_that_python_saved(self, command) -> None:
        gn.optimize("grid", rows=3, updates=2, figures=False, report=False).save("saved")
        for verb in ("resume", "rerun"):
            answer = command(f"{verb}=saved")
            assert (answer.exit_status, answer.err.count("\n")) == (2, 1)
            assert answer.err.startswith(f"gradnet-run: {verb} = saved: is a result that Python saved")
            assert "gradnet_cli.load(...) reads it" in answer.err

    def test_from_elsewhere_with_paths_of_its_own(self, command, here: Path, monkeypatch) -> None:
        (here / "base.csv").write_text("Source,Target\na,b\nb,c\nc,a\n")
        assert command("mask=edge_list", "path=base.csv", *SMALL[1:], "hydra.run.dir=run").exit_status == 0
        (here / "other").mkdir()
        monkeypatch.chdir(here / "other")
        answer = command(f"resume={here / 'run'}", "updates=30")
        assert (answer.exit_status, answer.err) == (0, "")
        assert read(str(here / "run" / "summary.json"))["updates"] == 30

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("resume=run",), "is done; a larger number of updates"),
            (("resume=run", "rows=6"), "rows = 6: cannot change"),
            (("resume=run", "update=30"), "update"),
            (("resume=run", "-m"), "takes up what is there: no -m"),
            (("resume=nowhere",), "must be the directory of a run"),
            (("resume=.",), "holds no run"),
            (("resume=",), "resume"),
            (("rerun=run", "seed=3"), "seed = 3: cannot change"),
            (("rerun=nowhere",), "must be the directory of a run"),
        ],
    )
    @pytest.mark.usefixtures("finished")
    def test_bad_input(self, command, arguments: tuple[str, ...], told: str) -> None:
        before = files("run")
        answer = command(*arguments)
        assert answer.exit_status == 2
        assert told in answer.err
        assert answer.err.count("\n") == 1
        assert files("run") == before

    @pytest.mark.usefixtures("finished")
    def test_a_configuration_that_has_changed(self, command) -> None:
        config = Path("run/.hydra/config.yaml")
        config.write_text(config.read_text().replace("regrowth: ", "regrowth: 1"))
        answer = command("resume=run", "updates=30")
        assert answer.exit_status == 2
        assert "has changed since" in answer.err

    @pytest.mark.usefixtures("finished")
    def test_a_checkpoint_cut_in_half(self, command) -> None:
        state = Path("run/checkpoints/state.pt")
        state.write_bytes(state.read_bytes()[: state.stat().st_size // 2])
        before = files("run")
        answer = command("resume=run", "updates=30")
        assert answer.exit_status == 2
        assert "checkpoints/state.pt" in answer.err
        assert answer.err.count("\n") == 1
        assert files("run") == before

    @pytest.mark.parametrize("change", ["updates=-3", "stop.gap=2", "prune.to=0", "trainer.threads=x"])
    @pytest.mark.usefixtures("finished")
    def test_a_change_that_is_refused_is_not_remembered(self, command, change: str) -> None:
        before = files("run")
        assert command("resume=run", change).exit_status == 2
        assert files("run") == before

    @pytest.mark.usefixtures("finished")
    def test_one_at_a_time(self, command) -> None:
        before = files("run")
        with held(Path("run"), setting="", allowed=""):
            answer = command("resume=run", "updates=30")
        assert answer.exit_status == 2
        assert "still runs" in answer.err
        assert files("run") == before


class TestRerun:
    def test_identical(self, command) -> None:
        assert command(*SMALL, "initial=random", "hydra.run.dir=run").exit_status == 0
        answer = command("rerun=run", "hydra.run.dir=again")
        assert (answer.exit_status, answer.err) == (0, "")
        assert "identical, byte for byte" in answer.out
        assert read("again/rerun.json")["identical"] is True
        assert Path("run/edges.csv").read_bytes() == Path("again/edges.csv").read_bytes()

    @pytest.mark.usefixtures("finished")
    def test_what_differs(self, command) -> None:
        edges, manifest = Path("run/edges.csv"), read("run/manifest.json")
        lines = edges.read_text().splitlines()
        lines[1] = lines[1].rpartition(",")[0] + ",0.5"
        edges.write_text("\n".join(lines) + "\n")
        manifest["packages"]["torch"] = "1.0"
        Path("run/manifest.json").write_text(json.dumps(manifest))
        answer = command("rerun=run", "hydra.run.dir=again")
        assert answer.exit_status == 1
        assert "weights by" in answer.out
        assert "packages.torch was 1.0" in answer.out
        assert read("again/rerun.json")["identical"] is False


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("number", quick([signal.SIGINT, signal.SIGTERM, signal.SIGHUP], 0))
def test_an_interrupted_run_goes_on(command, here: Path, fork_server, number: signal.Signals) -> None:
    long = ("rows=20", "updates=150", *SMALL[2:], "initial=random", "trainer.threads=1")
    assert command(*long, "hydra.run.dir=whole").exit_status == 0
    with fork_server.start(*long, "hydra.run.dir=run") as process:
        wait_for(process, lambda: len(read_metrics(Path("run"))) > 5)
        process.send_signal(number)
        _, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 130
    assert "resume=" in err
    assert err.count("\n") == 1
    assert read("run/status.json")["state"] == "interrupted"
    assert command("resume=run").exit_status == 0
    assert read("run/status.json")["state"] == "done"
    assert Path("run/edges.csv").read_bytes() == Path("whole/edges.csv").read_bytes()


def wait_for(process: subprocess.Popen | Process, reached) -> None:
    deadline = time.monotonic() + LONGEST
    while not reached():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_killed_at_random_moments_and_resumed(here: Path, fork_server: ForkServer, batch: int) -> None:
    """The moments are spread evenly over the time from the first file to the last.

    Commands of the first batch import what they need; the others have it already.
    """
    moments, start = random.Random(batch), fork_server.start if batch else started
    recorded = Path("whole/.hydra/config.yaml")
    with start(*KILLED, "hydra.run.dir=whole") as process:
        wait_for(process, recorded.exists)
        began = time.monotonic()
        assert process.wait(LONGEST) == 0
    lasts = time.monotonic() - began
    expected, killed, tries = Path("whole/edges.csv").read_bytes(), 0, 0
    while killed < KILLS // BATCHES:
        tries += 1
        assert tries < 3 * KILLS, "runs end before they are killed"
        directory = Path(f"run_{tries}")
        with start(*KILLED, f"hydra.run.dir={directory}") as process:
            wait_for(process, (directory / ".hydra" / "config.yaml").exists)
            time.sleep(moments.uniform(0.0, lasts))
            process.kill()
            process.wait(LONGEST)
        if process.returncode == -signal.SIGKILL and read(f"{directory}/status.json")["state"] == "running":
            with start(f"resume={directory}") as process:
                _, err = process.communicate(timeout=LONGEST)
            if "start it again" in err:  # killed while its configuration was being written: nothing was done
                shutil.rmtree(directory)
                continue
            assert (process.returncode, err) == (0, "")
            killed += 1
        assert (directory / "edges.csv").read_bytes() == expected
        assert read(f"{directory}/status.json")["state"] == "done"
