"""The CSV file of a table: all records with all their numbers unrounded, one a row."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from typing import Any, get_type_hints

from experiments.benchmark.comparison import RATIOS, compare
from experiments.benchmark.records import Record
from experiments.benchmark.task import Task

FIELDS = [each.name for each in dataclasses.fields(Record) if each.name != "outcome"]
DERIVED = ("scaled", "share")
VERDICTS = ("fast", "good")


def csv_text(tasks: Sequence[Task], records: Sequence[Record]) -> str:
    """Return the rows; the library's carry ratios and verdicts. Numbers of an outcome come last, by name."""
    compared = {(each.task.name, each.library.method): each for each in compare(tasks, records)}
    outcomes = list(dict.fromkeys(name for record in records for name in record.outcome))
    output = io.StringIO()
    names = [*FIELDS, *DERIVED, *RATIOS, "asked", *VERDICTS, *outcomes]
    writer = csv.DictWriter(output, names, lineterminator="\n")
    writer.writeheader()
    for record in records:
        row: dict[str, Any] = {name: getattr(record, name) for name in (*FIELDS, *DERIVED)} | record.outcome
        if (comparison := compared.get((record.task, record.method))) is not None:
            row |= {name: getattr(comparison, name) for name in (*RATIOS, *VERDICTS)}
            row["asked"] = comparison.task.asked
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return output.getvalue()


def read_csv(text: str) -> list[Record]:
    """Return the records of a CSV file; what was derived from them is left to them."""
    types, records = get_type_hints(Record), []
    known = {*FIELDS, *DERIVED, *RATIOS, "asked", *VERDICTS}
    for row in csv.DictReader(io.StringIO(text)):
        # A file of before a column was added lacks it.
        values = {name: _value(row.get(name, ""), types[name]) for name in FIELDS}
        outcome = {name: _number(value) for name, value in row.items() if name not in known and value != ""}
        records.append(Record(**values, outcome=outcome))
    return records


def _number(text: str) -> float:
    return int(text) if text.isdigit() else float(text)


def _value(text: str, kind: Any) -> Any:
    if kind in (int | None, float | None) and text == "":
        return None
    return {int: int, int | None: int, float | None: float}.get(kind, str)(text)
