"""Values as cells of a CSV file that give the same values again."""

import re

import numpy as np

_QUOTED = re.compile(r'[",\r\n]|^\s|\s$|^$')


def text_cell(text: str) -> str:
    """A text as a cell, in quotes where a reader would take it apart or trim it."""
    # Python's csv module leaves a lone carriage return bare, which its own reader takes for the end of a row.
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def column_cells(values: np.ndarray) -> list[str]:
    """A column (n,) as cells; floats as the shortest decimals that give the same float64 again."""
    if values.dtype.kind in "iufb":
        return [repr(value) for value in values.tolist()]
    return [text_cell(str(value)) for value in values.tolist()]
