"""What both programs left on one task of another objective, read back as one comparison."""

import dataclasses
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import OmegaConf

from experiments.benchmark.measure import FILE_NAME as COMMAND
from experiments.benchmark.objectives.judge import Outcome
from experiments.benchmark.objectives.tasks import ObjectiveTask
from experiments.benchmark.records import LIBRARY, PRODUCT, RUN, failure, read_json
from experiments.kuramoto.claims import seconds_to
from gradnet_cli.report.files.metrics import read_metrics

OUTCOME = "outcome.json"  # by the judge: of gradnet-run's last network, and of the library's best and last


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One task: seconds of either, and what they found; None stands for what was not measured.

    `command_seconds` are of whole commands, from start to exit: imports, data, training and files, with the
    figures of gradnet-run.

    Seconds of gradnet-run are medians over `repeats` runs, its outcome the last run's. The library's outcome
    is that of the better of the best network by its own estimate and the last one. Where `updates` are fewer
    than `updates_whole`, its seconds are scaled to all of them (but for the time of one update), and its
    outcome is that after `updates`.
    """

    task: ObjectiveTask
    repeats: int = 0
    seconds: float | None = None
    outcome: Outcome | None = None
    command_seconds: float | None = None
    library_seconds: float | None = None
    library_command_seconds: float | None = None
    library_outcome: Outcome | None = None
    updates: int | None = None
    updates_whole: int | None = None
    commands: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def cut(self) -> bool:
        """Whether the library took fewer updates than the whole run has."""
        return self.updates is not None and self.updates != self.updates_whole

    @property
    def scaled(self) -> bool:
        """Whether the library's seconds stand for more updates than were run."""
        return self.cut and self.task.measured != "an update"

    @property
    def ratio(self) -> float | None:
        """The library's seconds over gradnet-run's: above 1, gradnet-run takes less."""
        if self.library_seconds is None or not self.seconds:
            return None
        return self.library_seconds / self.seconds

    @property
    def command_ratio(self) -> float | None:
        """The same of the whole commands."""
        if self.library_command_seconds is None or not self.command_seconds:
            return None
        return self.library_command_seconds / self.command_seconds

    @property
    def fast(self) -> bool | None:
        """Whether the ratio reaches the factor that is asked for."""
        return None if self.ratio is None else self.ratio >= self.task.factor

    @property
    def good(self) -> bool | None:
        """Whether gradnet-run's network is as good as asked, and no worse than the library's."""
        if self.outcome is None:
            return None
        return _GOOD[self.task.objective](self.outcome, self.library_outcome or {})


def read_comparison(task: ObjectiveTask, directory: Path) -> Comparison:
    """Read `directory/TASK/gradnet-run-1` and so on, and `directory/TASK/gradnet-study`."""
    place = directory / task.name
    runs = [path for path in sorted(place.glob(f"{PRODUCT}-*")) if (path / COMMAND).is_file()]
    library = place / f"{LIBRARY}-study"
    comparison, notes = Comparison(task=task), []
    command = read_json(library / COMMAND)
    if command is None:
        notes.append(f"{LIBRARY}: not run")
    else:
        comparison, note = _with_library(comparison, library, command)
        notes += note
    if not runs:
        notes.append(f"{PRODUCT}: not run")
    found = [(read_json(path / COMMAND) or {}, read_json(path / RUN / "summary.json")) for path in runs]
    done = [path for path, (ran, summary) in zip(runs, found, strict=True) if ran["status"] == 0 and summary]
    if len(done) < len(runs):
        notes.append(f"{PRODUCT}: {failure(found)}")
    if done:
        comparison = _with_product(comparison, done)
    commands = [str(found[-1][0]["command"])] if found else []
    commands += [str(command["command"])] if command else []
    return dataclasses.replace(comparison, commands=tuple(commands), notes=tuple(notes))


def read_comparisons(tasks: Iterable[ObjectiveTask], directory: Path) -> list[Comparison]:
    return [read_comparison(task, directory) for task in tasks]


def _with_library(
    comparison: Comparison, place: Path, command: dict[str, Any]
) -> tuple[Comparison, list[str]]:
    summary = read_json(place / "summary.json")
    if command["status"] != 0 or summary is None:
        return comparison, [f"{LIBRARY}: {failure([(command, summary)])}"]
    whole = summary["seconds"] * summary["updates_whole"] / summary["updates"]
    seconds = summary["update_seconds"] if comparison.task.measured == "an update" else whole
    judged = read_json(place / OUTCOME) or {}
    return dataclasses.replace(
        comparison,
        library_seconds=seconds,
        library_command_seconds=command["seconds"] - summary["seconds"] + whole,
        library_outcome=max(judged.values(), key=lambda each: each["score"]) if judged else None,
        updates=summary["updates"],
        updates_whole=summary["updates_whole"],
    ), []


def _with_product(comparison: Comparison, done: list[Path]) -> Comparison:
    seconds = [_seconds(comparison, path) for path in done]
    known = [value for value in seconds if value is not None]
    judged = read_json(done[-1] / OUTCOME)
    return dataclasses.replace(
        comparison,
        repeats=len(done),
        seconds=statistics.median(known) if known else None,
        command_seconds=statistics.median((read_json(path / COMMAND) or {})["seconds"] for path in done),
        outcome=None if judged is None else judged["last"],
    )


def _seconds(comparison: Comparison, path: Path) -> float | None:
    measured = comparison.task.measured
    if measured == "training":
        return float((read_json(path / RUN / "summary.json") or {})["seconds"])
    if measured == "an update":
        return _update_seconds(path / RUN)
    if comparison.library_outcome is None:
        return None
    return seconds_to(path / RUN, comparison.library_outcome["score"])


def _update_seconds(run: Path) -> float:
    """Median time of an update with noise."""
    rows = read_metrics(run)
    settings = OmegaConf.load(run / ".hydra" / "config.yaml")
    noisy = rows[rows["step"] <= settings.noise.until * settings.updates]
    return float(np.median(np.diff(noisy["seconds"]) / np.diff(noisy["step"])))


_GOOD: dict[str, Callable[[Outcome, Outcome], bool]] = {
    "kuramoto": lambda ours, library: ours["score"] >= library.get("score", 0.0),
    "karate": lambda ours, library: ours["parts"] == 2 and ours["misplaced"] <= 1,
    "quantum": lambda ours, library: ours["score"] > library.get("score", 0.0),
    "reconstruction": lambda ours, library: ours["f1"] == 1,
}
