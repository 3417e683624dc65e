"""Disks that are full, cannot be written, or lose the directory under a run."""

import os
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bad_days.broken import broken
from tests.bad_days.conftest import assert_told, assert_whole_files
from tests.cli.conftest import Command
from tests.quick import quick

KIB = 1024


@pytest.mark.parametrize("kib", quick([4, 8, 12, 16, 24, 32, 48, 64, 96, 128], *range(0, 10, 2)))
def test_a_full_disk(run: Command, mounted: Callable[..., Path], kib: int) -> None:
    disk = mounted(f"size={kib}k")
    answer = run(directory=disk / "run")
    if answer.exit_status == 0:
        pytest.skip("there is room enough")
    assert re.search("No space left on device|the disk may be full", assert_told(answer))
    assert_whole_files(disk / "run")


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Writing more than so many bytes into a file fails, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [16, 150, 400, 800, 1500, 2500, 4000])
def test_a_file_that_cannot_grow(run: Command, here: Path, size: int) -> None:
    with files_of_at_most(size):
        answer = run("checkpoint.updates=1")
    assert re.search("File too large|the disk may be full", assert_told(answer))
    assert_whole_files(here / "run")


def test_a_disk_that_cannot_be_written(run: Command, mounted: Callable[..., Path]) -> None:
    assert "Read-only file system" in assert_told(run(directory=mounted("ro") / "run"))


@pytest.mark.parametrize("place", ["file/run", "/proc/run", "/dev/null/run"])
def test_a_directory_that_cannot_be_made(run: Command, here: Path, place: str) -> None:
    (here / "file").write_text("precious")
    assert_told(run(directory=place))
    assert (here / "file").read_text() == "precious"


def test_a_directory_that_may_not_be_written(run: Command, here: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    (here / "mine").mkdir(mode=0o500)
    assert "Permission denied" in assert_told(run(directory="mine/run"))


@pytest.mark.parametrize("at", [0, 3, 20])
def test_a_directory_deleted_under_a_run(run: Command, here: Path, at: int) -> None:
    answer = run(*broken("removes", at=at))
    assert "the directory of the run is gone" in assert_told(answer)
    assert not (here / "run").exists()
