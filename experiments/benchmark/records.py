"""What the runs of one benchmark left in their directories, read back as records of equal form."""

import dataclasses
import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import OmegaConf

from experiments.benchmark.courses import first_passage, library_course, product_passage
from experiments.benchmark.judges.judge import Outcome
from experiments.benchmark.measure import FILE_NAME as COMMAND
from experiments.benchmark.task import LibraryRun, Measured, Task
from experiments.kuramoto.claims import seconds_to
from gradnet_cli.report.files.metrics import read_metrics

PRODUCT = "gradnet-run"
LIBRARY = "gradnet"
RUN = "run"  # the directory of gradnet-run's own, within that of the measured command
NEAR = 0.99  # share of the limit that training is timed to
OUTCOME = "outcome.json"  # by the judge: of gradnet-run's last network, and of the library's best and last

Summary = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One program on one task; None stands for what was not measured or does not exist.

    Seconds, of the clock but for `cpu_seconds`, are medians over `repeats` runs, memory the largest of them,
    outcome and gap the last run's. `seconds` is what is `measured`, of `updates_whole` updates: where only
    `updates` of them were run it is scaled, as is `command_seconds`, from start to exit of the process. The
    library's outcome is that of the better of the best network by its own estimate and of the last, whose
    score is `score_last`; of a run that was cut it is that after `updates`. `limit` is the optimum where it
    is known and otherwise the bound that gradnet-run proved, so that score / optimum is at least
    score / limit.

    At equal quality, where there is a limit: `aim` is the library's final score, `seconds_to_aim` the
    library's training until a network was first so good, `product_to_aim` gradnet-run's, and `score_first`
    the score of the network that the library began with. `seconds_to_percent` is a program's training to
    0.99 limit, by hindsight. What never came so far took an infinite time. See courses.py.
    """

    task: str
    program: str
    method: str = ""
    measured: Measured = "training"
    repeats: int = 0
    nodes: int | None = None
    edges: int | None = None
    updates: int | None = None
    updates_whole: int | None = None
    seconds: float | None = None
    command_seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_mib: float | None = None
    outcome: Outcome = field(default_factory=dict)
    score_last: float | None = None
    limit: float | None = None
    limit_kind: str = ""
    aim: float | None = None
    seconds_to_aim: float | None = None
    product_to_aim: float | None = None
    score_first: float | None = None
    seconds_to_percent: float | None = None
    gap: float | None = None
    command: str = ""
    note: str = ""

    @property
    def score(self) -> float | None:
        """The better the larger."""
        return self.outcome.get("score")

    @property
    def cut(self) -> bool:
        """Whether fewer updates were run than the whole run has."""
        return self.updates is not None and self.updates != self.updates_whole

    @property
    def scaled(self) -> bool:
        """Whether the seconds stand for more updates than were run."""
        return self.cut and self.measured != "an update"

    @property
    def share(self) -> float | None:
        """Score / limit, of a whole run."""
        return None if self.cut or self.score is None or not self.limit else self.score / self.limit


def read_records(tasks: Iterable[Task], directory: Path) -> list[Record]:
    """Read all records of a benchmark: for each task gradnet-run's, then the library's."""
    return [record for task in tasks for record in read_task(task, directory)]


def read_task(task: Task, directory: Path) -> list[Record]:
    """Read `directory/TASK/gradnet-run-1` and so on, and `directory/TASK/gradnet-NAME`, of one task."""
    place = directory / task.name
    library = [library_record(task, run, place) for run in task.library]
    product = product_record(task, place, aim=library[0].score if library else None)
    known = {name: getattr(product, name) for name in ("nodes", "edges", "limit", "limit_kind")}
    library = [dataclasses.replace(r, **known) if r.seconds is not None else r for r in library]
    if product.limit is None:
        return [product, *library]
    runs = product_runs(place)
    product = dataclasses.replace(product, seconds_to_percent=product_passage(runs, NEAR * product.limit))
    return [
        product,
        *(at_equal_quality(r, run, place, runs) for r, run in zip(library, task.library, strict=True)),
    ]


def product_runs(place: Path) -> list[Path]:
    """The directories of gradnet-run's own, of its runs on a task."""
    return [each / RUN for each in sorted(place.glob(f"{PRODUCT}-*"))]


def at_equal_quality(record: Record, run: LibraryRun, place: Path, runs: Sequence[Path]) -> Record:
    """Add to a record of the library when it came how far, and when gradnet-run came as far.

    Args:
        runs: directories of gradnet-run's own
    """
    if record.seconds is None or record.limit is None:
        return record
    course = library_course(place / f"{LIBRARY}-{run.name}")
    aim = record.score
    near = first_passage(course, NEAR * record.limit)
    if record.cut:  # the rest of the run is known by its last score alone, if at all
        aim = None if run.known_share is None else run.known_share * record.limit
        never = run.known_share is not None and run.known_share < NEAR
        near = near if near is not None and math.isfinite(near) else math.inf if never else None
    own = None if aim is None else record.seconds
    if not record.cut and (passed := first_passage(course, aim)) is not None:
        own = min(passed, record.seconds)  # the last network, which was never evaluated, may be the best
    return dataclasses.replace(
        record,
        aim=aim,
        seconds_to_aim=own,
        product_to_aim=product_passage(runs, aim),
        score_first=None if course is None else float(course[1][0]),
        seconds_to_percent=near,
    )


def product_record(task: Task, place: Path, *, aim: float | None = None) -> Record:
    """Read gradnet-run's runs on a task, in `place/gradnet-run-1` and so on.

    Args:
        aim: score of the library, where the seconds to it are measured
    """
    found = [
        (path, command, read_json(path / RUN / "summary.json"))
        for path in sorted(place.glob(f"{PRODUCT}-*"))
        if (command := read_json(path / COMMAND)) is not None
    ]
    record = Record(task=task.name, program=PRODUCT, measured=task.measured, note="not run")
    if not found:
        return record
    failed = failure([(command, summary) for _, command, summary in found])
    record = dataclasses.replace(record, command=str(found[-1][1]["command"]), note=failed)
    done = [each for each in found if each[1]["status"] == 0 and each[2]]
    if not done:
        return record
    path, _, summary = done[-1]
    seconds = [_SECONDS[task.measured](path / RUN, aim) for path, _, _ in done]
    commands = [command for _, command, _ in done]
    limit, kind = (task.optimum, "optimum") if task.optimum else (summary["bound"], "bound")
    if not task.judge.bounded:
        limit = None
    return dataclasses.replace(
        record,
        repeats=len(done),
        nodes=summary["nodes"],
        edges=summary["edges"],
        updates=summary["updates"],
        updates_whole=summary["updates"],
        seconds=None if None in seconds else statistics.median(seconds),
        command_seconds=statistics.median(command["seconds"] for command in commands),
        cpu_seconds=statistics.median(command["cpu_seconds"] for command in commands),
        peak_memory_mib=max(command["peak_memory_mib"] for command in commands),
        outcome=(read_json(path / OUTCOME) or {"last": {"score": summary["score"]}})["last"],
        limit=limit,
        limit_kind=kind if limit else "",
        gap=summary["gap"],
    )


def library_record(task: Task, run: LibraryRun, place: Path) -> Record:
    """Read a run of the library on a task, in `place/gradnet-NAME`."""
    path = place / f"{LIBRARY}-{run.name}"
    record = Record(task=task.name, program=LIBRARY, method=run.name, measured=task.measured, note="not run")
    command = read_json(path / COMMAND)
    if command is None:
        return record
    record = dataclasses.replace(record, command=str(command["command"]), note="")
    summary = read_json(path / "summary.json")
    if command["status"] != 0 or summary is None:
        return dataclasses.replace(record, note=failure([(command, summary)]))
    whole = summary["seconds"] * run.updates_whole / summary["updates"]
    cut = summary["updates"] != run.updates_whole
    judged: dict[str, Outcome] = read_json(path / OUTCOME) or {}
    return dataclasses.replace(
        record,
        repeats=1,
        updates=summary["updates"],
        updates_whole=run.updates_whole,
        seconds=summary["update_seconds"] if task.measured == "an update" else whole,
        command_seconds=command["seconds"] - summary["seconds"] + whole,
        cpu_seconds=None if cut else command["cpu_seconds"],
        peak_memory_mib=command["peak_memory_mib"],
        outcome=max(judged.values(), key=lambda each: each["score"]) if judged else {},
        score_last=judged["last"]["score"] if judged else None,
    )


def _training_seconds(run: Path, aim: float | None) -> float:
    return float((read_json(run / "summary.json") or {})["seconds"])


def _seconds_to_aim(run: Path, aim: float | None) -> float | None:
    return None if aim is None else seconds_to(run, aim)


def _update_seconds(run: Path, aim: float | None) -> float:
    """Median time of an update with noise."""
    rows = read_metrics(run)
    settings = OmegaConf.load(run / ".hydra" / "config.yaml")
    noisy = rows[rows["step"] <= settings.noise.until * settings.updates]
    return float(np.median(np.diff(noisy["seconds"]) / np.diff(noisy["step"])))


_SECONDS: dict[Measured, Callable[[Path, float | None], float | None]] = {
    "training": _training_seconds,
    "training to the library's score": _seconds_to_aim,
    "an update": _update_seconds,
}


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


def failure(found: Sequence[tuple[dict[str, Any], Summary | None]]) -> str:
    """Say in one line what went wrong with the first run that failed."""
    for command, summary in found:
        if command["status"] != 0:
            return f"failed with status {command['status']}: {command['error']}"
        if summary is None:
            return "failed: left no summary"
    return ""
