"""Made-up directories of a benchmark, as its runs would leave them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.benchmark.tasks import LibraryRun, Task

BENCHMARK = Task(
    name="grid_70",
    title="grid 70 x 70",
    settings={"mask": "grid", "rows": 70, "stop.gap": 0.001},
    repeats=3,
    library={"coo": LibraryRun(method="coo", updates=100, rate=0.01, iterations=50_000, brief=2)},
)


def write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def task() -> Task:
    return BENCHMARK


@pytest.fixture
def leave_product(tmp_path: Path) -> Callable[..., None]:
    """Leave what a run of gradnet-run leaves."""

    def leave(
        repeat: int, *, seconds: float, whole: float, status: int = 0, error: str | None = None
    ) -> None:
        place = tmp_path / BENCHMARK.name / f"gradnet-run-{repeat}"
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

    return leave


@pytest.fixture
def leave_library(tmp_path: Path) -> Callable[..., None]:
    """Leave what a run of the library leaves, and the judge."""

    def leave(*, seconds: float, updates: int, score: float, status: int = 0) -> None:
        place = tmp_path / BENCHMARK.name / "gradnet-coo"
        command = {
            "command": "python library.py",
            "seconds": seconds + 5,
            "cpu_seconds": 9.0,
            "peak_memory_mib": 202.0,
        }
        command |= {"status": status, "error": None if status == 0 else "RuntimeError: no"}
        write_json(place / "command.json", command)
        if status == 0:
            write_json(place / "summary.json", {"seconds": seconds, "updates": updates})
            write_json(place / "score.json", {"best": score, "last": 0.9 * score})

    return leave
