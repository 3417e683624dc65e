"""Tables that an objective tells of a result, each a CSV file with its own name."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.report.files.cells import column_cells, text_cell
from gradnet_cli.result.result import Result


def write_tables(directory: Path, result: Result) -> None:
    """Write NAME.csv with a row of heads for each table."""
    for name, columns in result.tables.items():
        cells = [column_cells(np.asarray(column)) for column in columns.values()]
        with (
            replacing(directory / f"{name}.csv") as beside,
            beside.open("w", encoding="utf-8", newline="") as file,
        ):
            file.write(",".join(map(text_cell, columns)) + "\n")
            file.writelines(",".join(row) + "\n" for row in zip(*cells, strict=True))


def read_tables(directory: Path, names: Sequence[str]) -> dict[str, Mapping[str, np.ndarray]]:
    """Read tables of these names back, as far as they are there."""
    found: dict[str, Mapping[str, np.ndarray]] = {}
    for name in names:
        path = directory / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file)
            found[name] = {head: _column([row[at] for row in rows]) for at, head in enumerate(header)}
    return found


def _column(cells: list[str]) -> np.ndarray:
    for kind in (np.int64, np.float64):
        try:
            return np.array(cells, dtype=kind)
        except ValueError:
            continue
    return np.array(cells)
