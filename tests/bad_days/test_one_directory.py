"""Several runs that are given the same directory: one has it, the others leave all as it is."""

import errno
import fcntl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.runs.lock import held
from gradnet_cli.runs.status import Status
from tests.bad_days.conftest import assert_told, state
from tests.cli.conftest import Command

RUNNERS = 8


def test_of_many_claims_one_succeeds(tmp_path: Path) -> None:
    for number in range(20):
        directory = tmp_path / str(number)
        at_once = threading.Barrier(RUNNERS)

        def race(_: int, directory: Path = directory, at_once: threading.Barrier = at_once) -> bool:
            at_once.wait()
            try:
                Status.claim(directory)
            except SettingError:
                return False
            return True

        with ThreadPoolExecutor(RUNNERS) as pool:
            assert sum(pool.map(race, range(RUNNERS))) == 1
        assert [path.name for path in directory.iterdir()] == ["status.json"]
        assert state(directory)["state"] == "running"


@pytest.mark.slow
def test_of_two_commands_at_once_one_runs(forked: Command, here: Path) -> None:
    small = ("rows=10", "updates=5", "figures=false", "hydra.run.dir=run")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda seed: forked(*small, f"seed={seed}"), (1, 2)))
    (done,) = (answer for answer in answers if answer.exit_status == 0)
    (refused,) = (answer for answer in answers if answer is not done)
    assert "holds a run already" in assert_told(refused, exit_status=2)
    assert state("run")["state"] == "done"
    seed = 1 + answers.index(done)
    assert f"seed={seed}" in Path("run/.hydra/overrides.yaml").read_text()


def test_a_run_that_is_done_keeps_its_directory(run: Command, here: Path) -> None:
    assert run().exit_status == 0
    before = (here / "run" / "edges.csv").read_bytes()
    assert "holds a run already" in assert_told(run("seed=1", "budget.value=2"), exit_status=2)
    assert (here / "run" / "edges.csv").read_bytes() == before


def test_a_directory_is_held_by_one(tmp_path: Path) -> None:
    with held(tmp_path / "new", setting="resume", allowed="still runs"):  # noqa: SIM117
        with (
            pytest.raises(SettingError, match="still runs"),
            held(tmp_path / "new", setting="", allowed="still runs"),
        ):
            pass
    with held(tmp_path / "new", setting="", allowed=""):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def none(*_: object) -> None:
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", none)
    for _ in range(2):
        with held(tmp_path, setting="", allowed=""):
            pass


def test_a_directory_that_cannot_be_held(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"), held(tmp_path / "file" / "run", setting="", allowed=""):
        pass
    (tmp_path / ".lock").mkdir()
    with pytest.raises(OSError, match=r"\.lock"), held(tmp_path, setting="", allowed=""):
        pass
