"""Patterns of loads in a CSV file, a line a pattern and node."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.files import Source, existing_file
from gradnet_cli.problem.files.delimited import read_table
from gradnet_cli.problem.files.table import to_floats

COLUMNS = ("pattern", "node", "load")


def read_patterns(*, setting: str, path: object, names: np.ndarray) -> np.ndarray:
    """Read the columns pattern, node and load, in any order of rows; nodes without a line have no load.

    Without a column pattern there is one.

    Args:
        setting: the setting that names the file, for messages
        path: relative to the current directory
        names: (N,) str, what the nodes are called

    Returns:
        (P, N), patterns in the order in which they appear

    Raises:
        InputFileError: a missing column, an unknown node, a load that is no finite number, or two for one
            node of a pattern; with its line
    """
    import pandas

    source = Source(setting=setting, path=existing_file(setting=setting, path=path))
    table = read_table(source, header=True)
    first = table.named(table.row(0))
    place = {name: first.find((name,)) for name in COLUMNS}
    if place["node"] is None or place["load"] is None:
        allowed = (
            f"must begin with a header that names [pattern,] node and load, not '{', '.join(first.names)}'"
        )
        raise source.error(allowed, line=table.first_line)
    table = table.headed()
    if not table.rows:
        raise source.error("the file has no load")
    texts = table.cells[place["load"]]
    load = to_floats(texts)
    if not np.isfinite(load).all():
        row = int(np.argmin(np.isfinite(load)))
        raise table.error(f"the load '{texts[row]}' must be a finite number", row=row)
    called = np.array([text.strip() for text in table.cells[place["node"]]], dtype=object)
    node = pandas.Index(names.astype(object)).get_indexer(called)
    if (node < 0).any():
        row = int(np.argmax(node < 0))
        raise table.error(f"the mask has no node '{called[row]}'", row=row)
    group = np.zeros(table.rows, dtype=np.int64)
    if place["pattern"] is not None:
        group = pandas.factorize(table.cells[place["pattern"]])[0]
    cell = group * len(names) + node
    again = pandas.Series(cell).duplicated().to_numpy()
    if again.any():
        row = int(np.argmax(again))
        raise table.error(f"node {called[row]} has a second load in this pattern", row=row)
    patterns = np.zeros((int(group.max()) + 1, len(names)))
    patterns[group, node] = load
    return patterns
