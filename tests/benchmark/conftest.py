"""Made-up directories of a benchmark, as its runs would leave them."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.benchmark.judges.connectivity import Connectivity
from experiments.benchmark.judges.karate import Karate
from experiments.benchmark.task import LibraryRun, Task

GRID = Task(
    name="grid_70",
    title="grid 70 x 70",
    settings={"mask": "grid", "rows": 70, "stop.gap": 0.001},
    judge=Connectivity(),
    repeats=3,
    library=(LibraryRun(name="coo", method="coo", updates=(100,), rate=0.01, iterations=50_000, brief=2),),
    optimum=3 / (70**2 - 1),  # 3 b / (n^2 - 1), b = 1
)
KARATE = Task(
    name="karate",
    title="karate club",
    settings={"experiment": "karate"},
    judge=Karate(),
    repeats=3,
    library=(LibraryRun(updates=(250,), rate=0.008),),
    asked=5,
)
SPLIT = {"score": -1e-7, "parts": 2, "misplaced": 1}


def write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def task() -> Task:
    return GRID


@pytest.fixture
def club() -> Task:
    return KARATE


@pytest.fixture
def leave_product(tmp_path: Path) -> Callable[..., None]:
    """Leave what a run of gradnet-run leaves, and the judge."""

    def leave(
        repeat: int,
        *,
        seconds: float,
        whole: float,
        status: int = 0,
        error: str | None = None,
        task: Task = GRID,
        outcome: dict | None = None,
    ) -> None:
        place = tmp_path / task.name / f"gradnet-run-{repeat}"
        command = {
            "command": "gradnet-run rows=70",
            "seconds": whole,
            "cpu_seconds": whole,
            "peak_memory_mib": 400.0 + repeat,
        }
        write_json(place / "command.json", command | {"status": status, "error": error})
        if status == 0:
            summary = {"seconds": seconds, "updates": 4, "nodes": 4900, "edges": 9660}
            summary |= {"score": 6.12e-4, "bound": 6.13e-4, "gap": 1 - 6.12 / 6.13}
            write_json(place / "run" / "summary.json", summary)
            if outcome is not None:
                write_json(place / "outcome.json", {"last": outcome})

    return leave


@pytest.fixture
def leave_library(tmp_path: Path) -> Callable[..., None]:
    """Leave what a run of the library leaves, and the judge."""

    def leave(
        *, seconds: float, updates: int, status: int = 0, task: Task = GRID, **outcomes: float | dict
    ) -> None:
        place = tmp_path / task.name / f"gradnet-{task.library[0].name}"
        command = {
            "command": "python train.py",
            "seconds": seconds + 5,
            "cpu_seconds": 9.0,
            "peak_memory_mib": 202.0,
        }
        command |= {"status": status, "error": None if status == 0 else "RuntimeError: no"}
        write_json(place / "command.json", command)
        if status == 0:
            done = {"seconds": seconds, "updates": updates, "update_seconds": seconds / updates}
            write_json(place / "summary.json", done)
            write_json(place / "outcome.json", outcomes)

    return leave


@pytest.fixture
def leave_club(leave_product, leave_library) -> Callable[..., None]:
    """Leave three runs of gradnet-run on the karate club, and the library's, whose best is as good."""

    def leave(
        *,
        seconds: float = 2.0,
        library: float = 20.0,
        updates: int = 250,
        status: int = 0,
        task: Task = KARATE,
        **found: float,
    ) -> None:
        outcome = SPLIT | found
        for repeat in (1, 2, 3):
            times = {"seconds": repeat * seconds / 2, "whole": 3 * seconds}
            leave_product(repeat, **times, task=task, outcome=outcome)
        last = outcome | {"score": -1.0, "misplaced": 3}
        leave_library(seconds=library, updates=updates, status=status, task=task, best=outcome, last=last)

    return leave


def renamed(task: Task, **changes: object) -> Task:
    """The same task with other properties."""
    return dataclasses.replace(task, **changes)
