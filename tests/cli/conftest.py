"""The command line, called within the test's process, as a process of its own, or as it is installed."""

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradnet_cli.cli import command as cli
from tests.processes.client import COMMAND, ForkServer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command answered."""

    exit_status: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that the test stands in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """`gradnet-run` within this process, standing in an empty directory; what it sets is set back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
    monkeypatch.setattr(sys, "path", list(sys.path))

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["gradnet-run", *arguments])
        capsys.readouterr()
        with contextlib.chdir(Path.cwd()):  # a process of its own moves nobody else
            exit_status = cli.main()
        captured = capsys.readouterr()
        return Answer(exit_status=exit_status, out=captured.out, err=captured.err)

    yield call
    for handler in set(root.handlers) - set(handlers):
        with contextlib.suppress(OSError):  # a disk that a test has filled
            handler.close()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def forked(here: Path, fork_server: ForkServer) -> Command:
    """`gradnet-run` in a process of its own that imports nothing again, standing in an empty directory."""

    def call(*arguments: str, timeout: float = 120) -> Answer:
        with fork_server.start(*arguments, environment={**os.environ, "COLUMNS": "100"}) as process:
            out, err = process.communicate(timeout)
        return Answer(exit_status=process.wait(), out=out, err=err)

    return call


@pytest.fixture
def installed(here: Path) -> Command:
    """The installed `gradnet-run`, standing in an empty directory. It imports torch, which takes seconds."""

    def call(*arguments: str, timeout: float = 120) -> Answer:
        environment = {**os.environ, "COLUMNS": "100"}
        done = subprocess.run(
            [COMMAND, *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment,
            check=False,
        )
        return Answer(exit_status=done.returncode, out=done.stdout, err=done.stderr)

    return call
