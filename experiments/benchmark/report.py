"""What is published of a benchmark: for each table a Markdown file to be read, and a CSV file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.benchmark.comparison import compare
from experiments.benchmark.machine import FILE_NAME as MACHINE
from experiments.benchmark.records import LIBRARY, PRODUCT, Record, read_records
from experiments.benchmark.rows import csv_text
from experiments.benchmark.tables import (
    EQUAL_COLUMNS,
    LAMBDA_2_COLUMNS,
    OBJECTIVE_COLUMNS,
    Column,
    comparison_table,
    product_table,
    scaling_text,
)
from experiments.benchmark.task import Task
from experiments.benchmark.tasks import LAMBDA_2, OBJECTIVES, SCALING

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the library against gradnet-run.

    Attributes:
        name: of its files, without ending
        explanation: how the table is to be read
        equal: columns of a second table, at equal quality, if there is one
        scaling: tasks over which the growth of gradnet-run's time is fitted; where there are any, its own
            runs have a table too
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    columns: tuple[Column, ...]
    explanation: str
    equal: tuple[Column, ...] = ()
    scaling: tuple[str, ...] = ()


EQUAL_EXPLANATION = """\
Seconds of training until a network was first as good as the library's final one, and first within 1 % of the
optimum, or of the bound that gradnet-run proved in the end. Networks on the way are judged by SciPy from
their weights, of both programs alike; what either records of them does not count. What was never reached
counts with the library's whole training, and the ratio is at least so much. Of a run that was cut the final
score is that of the quoted whole run, and the time is scaled.
"""

TABLES = (
    Table(
        name="results",
        title="Results of the benchmark",
        tasks=LAMBDA_2,
        columns=LAMBDA_2_COLUMNS,
        equal=EQUAL_COLUMNS,
        scaling=SCALING,
        explanation="""\
A ratio is the library's figure over gradnet-run's. The second ratio sets the training of the library alone,
without imports, against the whole command of gradnet-run, with imports, mask, export and figures. A score is
given over the optimum, or, with ≥, over the bound that gradnet-run proved. The times are those to the scores
beside them, not to the same score.
""",
    ),
    Table(
        name="objectives",
        title="Results of the benchmark: other objectives",
        tasks=OBJECTIVES,
        columns=OBJECTIVE_COLUMNS,
        explanation="""\
A ratio is the library's time over gradnet-run's. The verdict says whether it reaches what is asked, and
whether gradnet-run's network is as good as asked and no worse than the library's. Both are judged alike, from
their weights. *Training to the library's score* is the library's whole training against the seconds after
which gradnet-run's network was as good as the library's. Whole commands are from start to exit of the
processes: imports, data, training and files, with the figures of gradnet-run; nothing is asked of them.
""",
    ),
)


def write_tables(tasks: Sequence[Task], directory: Path) -> list[str]:
    """Write the tables of what the runs in `directory` have left, and return what failed.

    A table takes the place of the last one only if all its tasks were chosen: the table of a few is a try-out
    and stays beside its runs.
    """
    about = json.loads((directory / MACHINE).read_text())
    failed: list[str] = []
    for table in TABLES:
        chosen = [task for task in table.tasks if task in tasks]
        if not chosen:
            continue
        records = read_records(chosen, directory)
        target = HERE if len(chosen) == len(table.tasks) else directory
        (target / f"{table.name}.md").write_text(table_text(table, records, about), encoding="utf-8")
        (target / f"{table.name}.csv").write_text(csv_text(table.tasks, records), encoding="utf-8")
        print(f"{table.name}: {_near(target / table.name)}.md and {table.name}.csv")
        failed += failures(records)
    return failed


def table_text(table: Table, records: Sequence[Record], about: dict[str, Any]) -> str:
    """Return the Markdown file: machine, table, gradnet-run on its own, failures and commands.

    `about` is the content of machine.json: machine, commit, versions, full, begun, ended, minutes.
    """
    compared = comparison_table(table.columns, compare(table.tasks, records))
    failed = failures(records)
    parts = [
        f"# {table.title}\n",
        machine_text(about),
        f"## gradnet-run against the library\n\n{compared}",
        table.explanation,
    ]
    if table.equal:
        equal = comparison_table(table.equal, compare(table.tasks, records), quotations=False)
        parts += [f"## At equal quality\n\n{equal}", EQUAL_EXPLANATION]
    if table.scaling:
        parts.append(f"## gradnet-run on its own\n\n{product_table(table.tasks, records)}")
        parts.append(scaling_text(table.scaling, records))
    if failed:
        parts.append("## Failures\n\n" + "".join(f"- {line}\n" for line in failed))
    commands = "".join(f"{record.command}\n" for record in records if record.command)
    return "\n".join([*parts, f"## Commands\n\n```bash\n{commands}```\n"])


def failures(records: Sequence[Record]) -> list[str]:
    """A line for each program that failed on a task."""
    return [
        f"{each.task}, {' '.join(filter(None, (each.program, each.method)))}: {each.note}"
        for each in records
        if each.note
    ]


def machine_text(about: dict[str, Any]) -> str:
    """Return when and on what a benchmark was run."""
    machine, versions = about["machine"], about["versions"]
    begun, ended = about["begun"], about["ended"]
    packages = [
        f"{program}: " + ", ".join(f"{name} {version}" for name, version in versions[program].items())
        for program in (PRODUCT, LIBRARY)
    ]
    return (
        f"Written by `make bench{' FULL=1' if about['full'] else ''}`, not by hand. "
        f"{begun['time']}, {about['minutes']} minutes; load {begun['load']} when it began, {ended['load']} "
        f"when it ended, its own included.\n\n"
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gib']} GiB, "
        f"{machine['system']}. "
        f"Environments: {'; '.join(packages)}. {commit_text(about.get('commit'))}\n"
    )


def commit_text(commit: dict[str, Any] | None) -> str:
    """Of gradnet-run, {"hash", "modified"}, or None."""
    if commit is None:
        return "gradnet-run's commit is not known."
    changed = ", with changes since" if commit["modified"] else ""
    return f"gradnet-run's commit: {commit['hash'][:10]}{changed}."


def _near(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
