"""The page of a sweep: what was swept, the table of its jobs, figures and failures."""

import math
import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gradnet_cli
from gradnet_cli.report.html.files import read_yaml
from gradnet_cli.report.html.page import FILE_NAME, link, value, write_page
from gradnet_cli.report.html.pictures import pictures
from gradnet_cli.report.wording import aligned, percent

STATES = ("done", "failed", "interrupted", "running", "missing")
NUMBERS = ("score", "bound", "gap", "seconds")
VALUES_TOLD = 12
"""Values of a swept setting that are listed; of more, the range."""


class Sweep(Protocol):
    """What `gradnet_cli.sweeps` makes of a sweep's directory."""

    @property
    def directory(self) -> Path: ...  # noqa: D102
    @property
    def swept(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def rows(self) -> Sequence[Mapping[str, Any]]: ...  # noqa: D102
    @property
    def sense(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of the table: what is shown, what it is sorted by (empty: last), and where it leads."""

    text: str
    key: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: `numeric` ones are aligned and sorted as numbers."""

    name: str
    numeric: bool


def write_sweep_report(sweep: Sweep) -> None:
    """Write `report.html` in the directory of a sweep, with links to the pages of its jobs."""
    directory = Path(sweep.directory)
    columns = [
        Column(name=name, numeric=_is_numeric([row.get(name) for row in sweep.rows]))
        for name in _names(sweep)
    ]
    best = _best(sweep)
    spelled = {
        name: aligned([row[name] for row in sweep.rows if _is_number(row.get(name))])
        for name in ("score", "bound")
    }
    write_page(
        directory / FILE_NAME,
        template="sweep.html",
        scripts=["theme.js", "copy.js", "table.js"],
        title=f"Sweep of {', '.join(sweep.swept)}" if sweep.swept else "Sweep",
        version=gradnet_cli.__version__,
        sense=sweep.sense,
        jobs=len(sweep.rows),
        counts=_counts(sweep.rows),
        seconds=sum(row["seconds"] for row in sweep.rows if _is_number(row.get("seconds"))),
        best=best,
        best_page=_address(directory, best) if best is not None else "",
        swept={name: _range([row.get(name) for row in sweep.rows]) for name in sweep.swept},
        columns=columns,
        rows=[
            (row["state"], row is best, [_cell(directory, row, column, spelled) for column in columns])
            for row in sweep.rows
        ],
        failures=[
            (str(row["job"]), _address(directory, row), _settings(sweep, row), str(row["error"]))
            for row in sweep.rows
            if row.get("error")
        ],
        pictures=pictures(directory),
        commands=_commands(directory),
        table_file=(directory / "sweep.csv").is_file(),
    )


def _names(sweep: Sweep) -> list[str]:
    told = [name for name in NUMBERS if any(row.get(name) is not None for row in sweep.rows)]
    return ["job", *sweep.swept, "state", *told]


def _cell(
    directory: Path,
    row: Mapping[str, Any],
    column: Column,
    spelled: Mapping[str, Callable[[float], str]],
) -> Cell:
    content = row.get(column.name)
    if content is None:
        return Cell(text="", key="")
    key = str(content)
    if column.numeric:
        key = repr(float(content)) if math.isfinite(content) else ""
    if column.name == "job":
        return Cell(text=str(content), key=key, address=_address(directory, row))
    if column.name == "gap" and column.numeric:
        return Cell(text=percent(float(content)), key=key)
    if column.name in spelled and column.numeric:
        return Cell(text=spelled[column.name](float(content)), key=key)
    if column.name == "seconds" and column.numeric:
        return Cell(text=f"{float(content):,.2f}", key=key)
    return Cell(text=value(content), key=key)


def _address(directory: Path, row: Mapping[str, Any]) -> str:
    """Where a job's page is, or its directory where it has none; empty where there is neither."""
    own = str(row.get("directory") or row["job"])
    if (directory / own / FILE_NAME).is_file():
        return link(f"{own}/{FILE_NAME}")
    return link(own) if (directory / own).is_dir() else ""


def _best(sweep: Sweep) -> Mapping[str, Any] | None:
    scored = [row for row in sweep.rows if _is_number(row.get("score")) and row["state"] == "done"]
    if not scored or sweep.sense not in ("maximize", "minimize"):
        return None
    choose = max if sweep.sense == "maximize" else min
    return choose(scored, key=lambda row: row["score"])


def _counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counted = Counter(str(row["state"]) for row in rows)
    order = (*STATES, *sorted(set(counted) - set(STATES)))
    return {state: counted[state] for state in order if counted[state]}


def _settings(sweep: Sweep, row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value(row.get(name))}" for name in sweep.swept)


def _range(values: Sequence[Any]) -> str:
    """The values of a swept setting in the order in which they came, or their range."""
    distinct = list({repr(content): content for content in values if content is not None}.values())
    if len(distinct) <= VALUES_TOLD:
        return ", ".join(map(value, distinct))
    if _is_numeric(distinct):
        return f"{len(distinct):,} values from {value(min(distinct))} to {value(max(distinct))}"
    return f"{len(distinct):,} values"


def _is_number(content: Any) -> bool:
    return _is_numeric([content]) and math.isfinite(content)


def _is_numeric(values: Sequence[Any]) -> bool:
    given = [content for content in values if content is not None]
    return bool(given) and all(isinstance(x, int | float) and not isinstance(x, bool) for x in given)


def _commands(directory: Path) -> dict[str, str]:
    hydra = read_yaml(directory / "multirun.yaml").get("hydra")
    overrides = hydra.get("overrides") if isinstance(hydra, dict) else None
    commands = {}
    if isinstance(overrides, dict):
        fixed = [str(text) for text in overrides.get("hydra") or [] if "hydra.mode=" not in str(text)]
        typed = [*map(str, overrides.get("task") or []), *fixed]
        commands["What was typed"] = shlex.join(["gradnet-run", "-m", *typed])
    place = shlex.quote(f"summarize={directory}")
    commands["Read the jobs again, and write this page anew"] = f"gradnet-run {place}"
    return commands
