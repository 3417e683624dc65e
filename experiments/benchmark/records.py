"""What the runs of one benchmark left in their directories, read back as records of equal form."""

import dataclasses
import json
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.benchmark.measure import FILE_NAME as COMMAND
from experiments.benchmark.tasks import Task

PRODUCT = "gradnet-run"
LIBRARY = "gradnet"
RUN = "run"  # the directory of gradnet-run's own, within that of the measured command
SCORE = "score.json"  # of the library's networks, by `judge`


@dataclass(frozen=True, kw_only=True)
class Record:
    """One program on one task; None stands for what was not measured or does not exist.

    Seconds, of the clock but for `cpu_seconds`, are medians over `repeats` runs, memory the largest of them,
    score and gap the last run's. `training_seconds` is for `updates_whole` updates: where only `updates` of
    them were run it is scaled, and the scores, which are then not those of the whole run, are left out. The
    library's `score` is the better of the best network by its own estimate and of the last, `score_last`.
    `limit` is the optimum where it is known and otherwise the bound that gradnet-run proved, so that
    score / optimum is at least score / limit.
    """

    task: str
    program: str
    method: str = ""
    repeats: int = 0
    nodes: int | None = None
    edges: int | None = None
    updates: int | None = None
    updates_whole: int | None = None
    training_seconds: float | None = None
    command_seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_mib: float | None = None
    score: float | None = None
    score_last: float | None = None
    limit: float | None = None
    limit_kind: str = ""
    gap: float | None = None
    command: str = ""
    note: str = ""

    @property
    def scaled(self) -> bool:
        """Whether the training time stands for more updates than were run."""
        return self.updates is not None and self.updates != self.updates_whole

    @property
    def share(self) -> float | None:
        """Score / limit."""
        return None if self.score is None or not self.limit else self.score / self.limit


def product_record(task: Task, directory: Path) -> Record:
    """Read gradnet-run's runs on a task, `directory/TASK/gradnet-run-1` and so on."""
    found = [
        (command, read_json(path / RUN / "summary.json"))
        for path in sorted((directory / task.name).glob(f"{PRODUCT}-*"))
        if (command := read_json(path / COMMAND)) is not None
    ]
    record = Record(task=task.name, program=PRODUCT, note="not run")
    if not found:
        return record
    record = dataclasses.replace(record, command=str(found[-1][0]["command"]), note="")
    done = [(command, summary) for command, summary in found if command["status"] == 0 and summary]
    if len(done) < len(found):
        record = dataclasses.replace(record, note=failure(found))
    if not done:
        return record
    summary = done[-1][1]
    assert summary is not None
    limit, kind = (task.optimum, "optimum") if task.optimum else (summary["bound"], "bound")
    return dataclasses.replace(
        record,
        repeats=len(done),
        nodes=summary["nodes"],
        edges=summary["edges"],
        updates=summary["updates"],
        updates_whole=summary["updates"],
        training_seconds=statistics.median(summary["seconds"] for _, summary in done if summary),
        command_seconds=statistics.median(command["seconds"] for command, _ in done),
        cpu_seconds=statistics.median(command["cpu_seconds"] for command, _ in done),
        peak_memory_mib=max(command["peak_memory_mib"] for command, _ in done),
        score=summary["score"],
        limit=limit,
        limit_kind=kind if limit else "",
        gap=summary["gap"],
    )


def library_record(task: Task, name: str, directory: Path, *, product: Record) -> Record:
    """Read the library's run `name` on a task, in `directory/TASK/gradnet-NAME`."""
    planned = task.library[name]
    path = directory / task.name / f"{LIBRARY}-{name}"
    record = Record(task=task.name, program=LIBRARY, method=planned.method, note="not run")
    command = read_json(path / COMMAND)
    if command is None:
        return record
    record = dataclasses.replace(record, command=str(command["command"]), note="")
    summary = read_json(path / "summary.json")
    if command["status"] != 0 or summary is None:
        return dataclasses.replace(record, note=failure([(command, summary)]))
    scaled = summary["updates"] != planned.updates
    judged = read_json(path / SCORE)
    return dataclasses.replace(
        record,
        repeats=1,
        nodes=product.nodes,
        edges=product.edges,
        updates=summary["updates"],
        updates_whole=planned.updates,
        training_seconds=summary["seconds"] * planned.updates / summary["updates"],
        command_seconds=None if scaled else command["seconds"],
        cpu_seconds=None if scaled else command["cpu_seconds"],
        peak_memory_mib=command["peak_memory_mib"],
        score=None if scaled or judged is None else max(judged.values()),
        score_last=None if scaled or judged is None else judged["last"],
        limit=product.limit,
        limit_kind=product.limit_kind,
    )


def read_records(tasks: Iterable[Task], directory: Path) -> list[Record]:
    """Read all records of a benchmark: for each task gradnet-run's, then the library's."""
    records = []
    for task in tasks:
        product = product_record(task, directory)
        records += [
            product,
            *(library_record(task, name, directory, product=product) for name in task.library),
        ]
    return records


def exponent(records: Iterable[Record], seconds: str) -> float | None:
    """Slope of log(seconds) over log(N), fitted by least squares; None below two sizes."""
    points = [(r.nodes, getattr(r, seconds)) for r in records if r.nodes and getattr(r, seconds)]
    if len({nodes for nodes, _ in points}) < 2:
        return None
    x, y = ([math.log(point[k]) for point in points] for k in (0, 1))
    return statistics.linear_regression(x, y).slope


def read_json(path: Path) -> dict[str, Any] | None:
    """Content of a file, None where there is none."""
    return json.loads(path.read_text()) if path.is_file() else None


def failure(found: list[tuple[dict[str, Any], dict[str, Any] | None]]) -> str:
    """Say in one line what went wrong with the first run that failed."""
    for command, summary in found:
        if command["status"] != 0:
            return f"failed with status {command['status']}: {command['error']}"
        if summary is None:
            return "failed: left no summary"
    return ""
