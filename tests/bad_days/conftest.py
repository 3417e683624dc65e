"""What the tests of bad days share: the command line, and what may be left of a run that failed."""

import csv
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from tests.cli.conftest import Answer, Command, command, forked, here

__all__ = ["command", "forked", "here"]

Failure = Callable[[Answer], str]


@pytest.fixture
def run(command: Command) -> Command:
    """A small run in the directory `run`, or elsewhere, of the objective that is named."""

    def call(*overrides: str, directory: Path | str = "run") -> Answer:
        quiet = ("rows=4", "updates=20", "stop.gap=null", "figures=false", "trainer.progress=none")
        return command(*quiet, f"hydra.run.dir={directory}", *overrides)

    return call


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount small file systems in memory, if this machine lets the test do so."""
    places: list[Path] = []

    def mount(*options: str) -> Path:
        place = tmp_path / f"disk{len(places)}"
        place.mkdir()
        what = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)]
        try:
            done = subprocess.run(what, capture_output=True, text=True, check=False)
        except OSError as error:
            pytest.skip(f"no file system can be mounted here: {error}")
        if done.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def assert_told(answer: Answer, *, exit_status: int = 1) -> str:
    """The failure is one line of the program's; return it."""
    assert answer.exit_status == exit_status
    assert answer.err.startswith("gradnet-run: ")
    assert answer.err.count("\n") == 1, answer.err
    return answer.err


def assert_whole_files(directory: Path) -> None:
    """Nothing that lies in a run's directory is a part of a file; it does not look finished."""
    assert not (directory / "summary.json").exists()
    for path in directory.rglob("*"):
        assert ".part" not in path.name
        if path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".npz":
            scipy.sparse.load_npz(path) if path.stem == "network" else np.load(path, allow_pickle=False)
        elif path.name in ("edges.csv", "nodes.csv"):
            rows = list(csv.reader(path.read_text().splitlines()))
            assert len({len(row) for row in rows}) == 1
        elif path.suffix in (".graphml", ".svg"):
            assert path.read_text().rstrip().endswith(("</graphml>", "</svg>"))


def state(directory: Path | str) -> dict:
    """What status.json says."""
    return json.loads(Path(directory, "status.json").read_text())
