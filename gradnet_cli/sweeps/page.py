"""The page of a sweep: what was swept, the table of its jobs, figures and failures."""

import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradnet_cli
from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.files.states import State
from gradnet_cli.report.html.page import FILE_NAME, link, value, write_page
from gradnet_cli.report.html.pictures import pictures
from gradnet_cli.report.wording import aligned, aligned_exactly, aligned_shares
from gradnet_cli.settings.overrides import is_number
from gradnet_cli.sweeps.plan import FILE_NAME as PLAN_NAME
from gradnet_cli.sweeps.table import FILE_NAME as TABLE_NAME
from gradnet_cli.sweeps.table import Sweep

NUMBERS = ("score", "bound", "gap", "seconds")
VALUES_TOLD = 12
"""Values of a swept setting that are listed; of more, the range."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of the table: what is shown, what it is sorted by (empty: last), and where it leads."""

    text: str
    key: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: `numeric` ones are aligned and sorted as numbers, spelled so that they compare by eye."""

    name: str
    title: str
    numeric: bool
    spell: Callable[[Any], str]


def write_sweep_report(sweep: Sweep) -> None:
    """Write `report.html` in the directory of a sweep, with links to the pages of its jobs."""
    directory = Path(sweep.directory)
    columns = [_column(sweep, name) for name in _names(sweep)]
    best = _best(sweep)
    write_page(
        directory / FILE_NAME,
        template="sweep.html",
        scripts=["theme.js", "copy.js", "table.js"],
        title=f"Sweep of {', '.join(sweep.swept)}" if sweep.swept else "Sweep",
        version=gradnet_cli.__version__,
        sense=sweep.sense,
        jobs=len(sweep.rows),
        counts=sweep.counts,
        seconds=sum(_finite([row.get("seconds") for row in sweep.rows])),
        best=best,
        best_page=_address(directory, best) if best is not None else "",
        swept={name: _range([row.get(name) for row in sweep.rows]) for name in sweep.swept},
        columns=columns,
        rows=[
            (row["state"], row is best, [_cell(directory, row, column) for column in columns])
            for row in sweep.rows
        ],
        failures=_failures(sweep),
        pictures=pictures(directory),
        commands=_commands(sweep),
        table_file=(directory / TABLE_NAME).is_file(),
    )


def _names(sweep: Sweep) -> list[str]:
    told = [name for name in NUMBERS if any(row.get(name) is not None for row in sweep.rows)]
    return ["job", *sweep.swept, "state", *told]


def _column(sweep: Sweep, name: str) -> Column:
    values = [row.get(name) for row in sweep.rows]
    numeric = _is_numeric(values)
    title = name
    spell: Callable[[Any], str] = value
    if numeric:
        known = _finite(values)
        if name == "gap":
            title, spell = "gap [%]", aligned_shares(known)
        elif name == "seconds":
            spell = "{:,.2f}".format
        else:
            spell = aligned(known) if name in NUMBERS else aligned_exactly(known)
    return Column(name=name, title=title, numeric=numeric, spell=spell)


def _cell(directory: Path, row: Mapping[str, Any], column: Column) -> Cell:
    content = row.get(column.name)
    if content is None:
        return Cell(text="", key="")
    key = str(content)
    if column.numeric:
        key = repr(float(content)) if math.isfinite(content) else ""
    if column.name == "job":
        return Cell(text=str(content), key=key, address=_address(directory, row))
    return Cell(text=column.spell(content), key=key)


def _address(directory: Path, row: Mapping[str, Any]) -> str:
    """Where a job's page is, or its directory where it has none; empty where there is neither."""
    own = str(row.get("directory") or row["job"])
    if (directory / own / FILE_NAME).is_file():
        return link(f"{own}/{FILE_NAME}")
    return link(own) if (directory / own).is_dir() else ""


def _best(sweep: Sweep) -> Mapping[str, Any] | None:
    scored = [row for row in sweep.rows if row["state"] == State.DONE and _finite([row.get("score")])]
    if not scored or sweep.sense not in ("maximize", "minimize"):
        return None
    choose = max if sweep.sense == "maximize" else min
    return choose(scored, key=lambda row: row["score"])


def _failures(sweep: Sweep) -> dict[str, list[tuple[str, str, str]]]:
    """Jobs by the error that they ended with: name, address and settings of each."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in sweep.rows:
        if row.get("error"):
            settings = ", ".join(f"{name}={value(row.get(name))}" for name in sweep.swept)
            job = (str(row["job"]), _address(Path(sweep.directory), row), settings)
            found.setdefault(str(row["error"]), []).append(job)
    return found


def _range(values: Sequence[Any]) -> str:
    """The values of a swept setting in the order in which they came, or their range."""
    distinct = list({repr(content): content for content in values if content is not None}.values())
    if len(distinct) <= VALUES_TOLD:
        return ", ".join(map(value, distinct))
    if _is_numeric(distinct):
        return f"{len(distinct):,} values from {value(min(distinct))} to {value(max(distinct))}"
    return f"{len(distinct):,} values"


def _finite(values: Sequence[Any]) -> list[float]:
    """The finite numbers among the values."""
    return [float(x) for x in values if is_number(x)]


def _is_numeric(values: Sequence[Any]) -> bool:
    given = [content for content in values if content is not None]
    return bool(given) and all(isinstance(x, int | float) and not isinstance(x, bool) for x in given)


def _commands(sweep: Sweep) -> dict[str, str]:
    """Commands by what they do."""
    directory = Path(sweep.directory)
    typed = read_json(directory / PLAN_NAME).get("command")
    commands = {}
    if isinstance(typed, str) and typed:
        commands["What was typed"] = typed
        if any(row["state"] != State.DONE for row in sweep.rows):
            place = "" if "hydra.sweep.dir=" in typed else f" {shlex.quote(f'hydra.sweep.dir={directory}')}"
            commands["Run only what is missing"] = f"{typed} skip_completed=true{place}"
    summarize = shlex.quote(f"summarize={directory}")
    commands["Read the jobs again, and write this page anew"] = f"gradnet-run {summarize}"
    return commands
