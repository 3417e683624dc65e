"""Forked commands are processes of their own: nothing of one is seen by the next."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.processes.client import COMMAND, ForkServer

TINY = ("rows=3", "updates=1", "figures=false", "report=false", "trainer.progress=none")
ENDLESS = ("rows=3", "updates=1000000000", "stop.gap=null", "stop.plateau=null", "hydra.run.dir=run")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_output_and_exit_status_are_those_of_the_installed_command(fork_server: ForkServer) -> None:
    for arguments in (["--version"], ["budgte.value=3"], ["--cfg", "job", "mask=complete", "nodes=5"]):
        with fork_server.start(*arguments) as process:
            out, err = process.communicate(60)
        installed = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
        assert (process.returncode, out, err) == (installed.returncode, installed.stdout, installed.stderr)


def test_each_has_its_own_directory_and_environment(fork_server: ForkServer, here: Path) -> None:
    (here / "one").mkdir()
    environment = {**os.environ, "TO_BE_READ": "seen"}
    read = ("-m", *TINY, "seed=0", "hydra.sweep.dir=${oc.env:TO_BE_READ,unseen}")
    with (
        fork_server.start(*read, directory=here / "one", environment=environment) as first,
        fork_server.start(*read) as second,
    ):
        assert first.wait(60) == second.wait(60) == 0
        assert len({first.pid, second.pid, os.getpid()}) == 3
    assert [path.name for path in (here / "one").iterdir()] == ["seen"]
    assert sorted(path.name for path in here.iterdir()) == ["one", "unseen"]


def test_a_module_of_one_command_is_not_that_of_the_next(fork_server: ForkServer, here: Path) -> None:
    for name, nodes in (("one", 4), ("two", 7)):
        place = here / name
        (place / "mine" / "mask").mkdir(parents=True)
        (place / "mine" / "mask" / "mine.yaml").write_text(
            "# @package _global_\n# Mine.\nmask:\n  _target_: my_own.build\n  settings: []\n"
        )
        (place / "my_own.py").write_text(
            "from gradnet_cli.problem.masks import complete\n"
            f"def build():\n    return complete.build(nodes={nodes})\n"
        )
        run = ("--config-dir", "mine", "mask=mine", *TINY[1:], "hydra.run.dir=run")
        with fork_server.start(*run, directory=place) as process:
            assert process.wait(60) == 0, process.communicate()
        assert len((place / "run" / "nodes.csv").read_text().splitlines()) == nodes + 1


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 130), (signal.SIGINT, 130)]
)
def test_signals_reach_the_command_alone(fork_server: ForkServer, number: int, status: int) -> None:
    with fork_server.start(*ENDLESS) as process:
        while not Path("run/metrics.csv").exists():
            assert process.poll() is None, process.communicate()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        process.send_signal(number)
        assert process.wait(60) == status
    with fork_server.start("--version") as process:
        assert process.wait(60) == 0


def test_what_a_failed_test_leaves_running_is_ended(fork_server: ForkServer) -> None:
    with pytest.raises(ZeroDivisionError), fork_server.start(*ENDLESS) as process:
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
