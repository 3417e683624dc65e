"""How the edges of a run have changed from the base network, as edges.csv says."""

import csv
from pathlib import Path

import numpy as np


def read_changes(path: Path, *, count: int) -> np.ndarray | None:
    """The column Change (count,) in the order of the rows; None where there is none, or other rows."""
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows, [])
        if "Change" not in header:
            return None
        place = header.index("Change")
        try:
            change = np.array([float(row[place]) for row in rows])
        except (ValueError, IndexError):
            return None
    return change if len(change) == count else None
