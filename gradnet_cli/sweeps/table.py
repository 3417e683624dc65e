"""The table of a sweep: one row a job, read from the jobs' own files and from nothing else."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradnet_cli.report.files.atomic import read_json, write_text
from gradnet_cli.report.files.documents import read_yaml
from gradnet_cli.report.files.names import STATUS, SUMMARY
from gradnet_cli.report.files.states import END_STATES, State
from gradnet_cli.runs.liveness import is_alive
from gradnet_cli.settings.overrides import Value, settings_of
from gradnet_cli.sweeps.plan import FILE_NAME as PLAN_NAME
from gradnet_cli.sweeps.plan import read_plan
from gradnet_cli.sweeps.queue import jobs_with_slurm

FILE_NAME = "sweep.csv"
NUMBERS = ("score", "bound", "gap")
LAST = ("seconds", "error", "directory")
AFTER_SWEPT = ("state", *NUMBERS, *LAST)
DEEPEST = 3  # folders below the sweep's in which runs are looked for

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What the files of a sweep say.

    Attributes:
        directory: the sweep's
        swept: settings that differ between jobs, in the order in which they were typed, as keys of the rows
        rows: a dict a job, in their order: `job` (its directory's name), the swept settings, `state` (a
            State; `waiting` is a job in Slurm's queue, `killed` a run whose process is gone without a word,
            `missing` one that never began), `score`, `bound`, `gap`, `seconds` (of the whole job), `error` in
            one line, and `directory`, relative to the sweep's; None where there is no such value
        measures: further numbers of the jobs, as keys of the rows: `edges_used`, and the metrics of their
            summaries, scores of the reference networks (`score_uniform`) among them
        sense: maximize or minimize; None where no job says, or where they differ
        objective: what all of them look for; None likewise
    """

    directory: Path
    swept: tuple[str, ...]
    rows: list[Row]
    measures: tuple[str, ...] = ()
    sense: str | None = None
    objective: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `sweep.csv`."""
        return ("job", *self.swept, "state", *NUMBERS, *self.measures, *LAST)

    @property
    def counts(self) -> dict[str, int]:
        """How many jobs are in each state, in the order of State, those that occur."""
        found = Counter(row["state"] for row in self.rows)
        return {str(state): found[state] for state in State if found[state]}

    @property
    def unsuccessful(self) -> list[Row]:
        """The jobs that ended without a result, or never began."""
        return [row for row in self.rows if State(row["state"]).is_unsuccessful]


def _column(setting: str) -> str:
    """The key of a setting in a row: its name, unless another column has it."""
    return f"{setting} (setting)" if setting in ("job", *AFTER_SWEPT) else setting


def read_sweep(directory: str | Path) -> Sweep:
    """Read a sweep, at any time: while its jobs run, and when some failed, were killed or never began."""
    directory = Path(directory)
    planned = {job.name: job.overrides for job in read_plan(directory)}
    others = sorted(set(_found(directory)) - set(planned), key=_natural)
    overrides = {name: planned.get(name) or _typed(directory / name) for name in [*planned, *others]}
    settings = {name: settings_of(texts) for name, texts in overrides.items()}
    swept = _swept(settings)
    rows: list[Row] = []
    queued = jobs_with_slurm(directory)
    kinds: set[tuple[str, str]] = set()
    measured: dict[str, dict[str, Any]] = {}
    for name, given in settings.items():
        values = given if all(key in given for key in swept) else _composed(directory / name, swept) | given
        result, summary = _result(directory / name)
        measured[name] = _measures(summary)
        if name in queued and _waits(result["state"], begun=queued[name]):
            result |= {"state": State.WAITING, "error": None}
        kinds |= {(str(summary.get("sense")), str(summary.get("objective")))} if summary else set()
        rows.append(
            {
                "job": name,
                **{_column(key): values.get(key) for key in swept},
                **result,
                "directory": name,
            }
        )
    taken = {"job", *AFTER_SWEPT, *map(_column, swept)}
    measures = {
        key: f"{key} (metric)" if key in taken else key for found in measured.values() for key in found
    }
    for row in rows:
        row |= {column: measured[row["job"]].get(key) for key, column in measures.items()}
    senses, objectives = {sense for sense, _ in kinds}, {objective for _, objective in kinds}
    return Sweep(
        directory=directory,
        swept=tuple(_column(name) for name in swept),
        rows=rows,
        measures=tuple(measures.values()),
        sense=senses.pop() if len(senses) == 1 else None,
        objective=objectives.pop() if len(objectives) == 1 else None,
    )


def _waits(state: State, *, begun: bool) -> bool:
    """Whether a job in Slurm's queue is still to come.

    A job without a word of its own waits, or is only just starting; one that was stopped before waits to be
    taken up again until Slurm begins it.
    """
    return state == State.MISSING or (state.is_unsuccessful and not begun)


def write_table(sweep: Sweep) -> Path:
    """Write `sweep.csv`, floats to full precision, nothing where there is no value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, sweep.columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(sweep.rows)
    path = sweep.directory / FILE_NAME
    write_text(path, text.getvalue())
    return path


def read_job(sweep: Path, name: str) -> tuple[Row, tuple[str, ...]]:
    """State, numbers and error of one job, and the overrides that it was run with."""
    return _result(sweep / name)[0], _typed(sweep / name)


def _measures(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The further numbers of a summary."""
    metrics = summary.get("metrics")
    edges = {"edges_used": summary["edges_used"]} if "edges_used" in summary else {}
    return {**edges, **(metrics if isinstance(metrics, Mapping) else {})}


def _result(run: Path) -> tuple[Row, Mapping[str, Any]]:
    """State, numbers and error of a run, and the summary of a finished one."""
    status = read_json(run / STATUS)
    row: Row = {"state": _state(status), **dict.fromkeys(NUMBERS), "seconds": None, "error": None}
    row["seconds"] = status.get("seconds")
    row["error"] = status.get("error")
    summary: Mapping[str, Any] = {}
    if not status and (run / STATUS).exists():
        row |= {"state": State.FAILED, "error": "status.json cannot be read"}
    elif row["state"] == State.KILLED:
        row["error"] = "the process is gone, and did not say why"
    elif row["state"] == State.DONE:
        summary = read_json(run / SUMMARY)
        row |= {name: summary.get(name) for name in NUMBERS}
        if not summary:
            row |= {"state": State.FAILED, "error": "summary.json is missing or cannot be read"}
    return row, summary


def _state(status: Mapping[str, Any]) -> State:
    if not status:
        return State.MISSING
    state = State.of(status)
    if state == State.RUNNING:
        process = status.get("process")
        dead = isinstance(process, Mapping) and is_alive(process) is False
        return State.KILLED if dead else State.RUNNING
    return state if state in END_STATES else State.FAILED


def _swept(settings: Mapping[str, Mapping[str, Value]]) -> tuple[str, ...]:
    """The settings that differ between jobs; one that some jobs do not name differs too."""
    if len(settings) == 1:
        return ()
    names = dict.fromkeys(name for values in settings.values() for name in values)
    missing = object()
    return tuple(
        name for name in names if len({repr(values.get(name, missing)) for values in settings.values()}) > 1
    )


def _composed(run: Path, settings: Sequence[str]) -> dict[str, Value]:
    """The values of settings that a job did not name itself, from its composed configuration."""
    content = read_yaml(run / ".hydra" / "config.yaml")
    found: dict[str, Value] = {}
    for name in settings:
        node: Any = content
        for part in name.split("."):
            if isinstance(node, list) and part.isdigit() and int(part) < len(node):
                node = node[int(part)]
            else:
                node = node.get(part) if isinstance(node, Mapping) else None
        if node is None or isinstance(node, str | int | float | bool):
            found[name] = node
    return found


def _typed(run: Path) -> tuple[str, ...]:
    content = read_yaml(run / ".hydra" / "overrides.yaml")
    return tuple(str(text) for text in content) if isinstance(content, list) else ()


def _found(directory: Path) -> Iterator[str]:
    """Directories of runs that began, relative to the sweep's."""
    for place, folders, files in os.walk(directory):
        here = Path(place).relative_to(directory)
        is_run = STATUS in files or (".hydra" in folders and PLAN_NAME not in files)
        if is_run and place != str(directory):
            yield here.as_posix()
        deep = is_run or len(here.parts) >= DEEPEST
        folders[:] = [] if deep else [name for name in folders if not name.startswith(".")]


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts 2 before 10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", name)]
