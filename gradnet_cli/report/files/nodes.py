"""nodes.csv: the nodes and what is known of them."""

from pathlib import Path

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.report.files.cells import column_cells, text_cell
from gradnet_cli.report.files.edges import CHUNK
from gradnet_cli.result.result import Result

FILE_NAME = "nodes.csv"
AXES = ("x", "y", "z")


def write_nodes(path: Path, result: Result) -> None:
    """Write `Id`, node data, positions and strengths, one row a node; Gephi joins it to `edges.csv`."""
    columns = {"Id": node_names(result.problem.mask), **node_columns(result)}
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(map(text_cell, columns)) + "\n")
        for start in range(0, result.problem.nodes, CHUNK):
            cells = [column_cells(values[start : start + CHUNK]) for values in columns.values()]
            file.write("".join([",".join(row) + "\n" for row in zip(*cells, strict=True)]))


def node_names(mask: Mask) -> np.ndarray:
    """What nodes are called in every file: the mask's labels if it has some, otherwise 0..N-1."""
    return np.arange(mask.nodes) if mask.labels is None else mask.labels


def node_columns(result: Result) -> dict[str, np.ndarray]:
    """Columns (N,) by name: node data, positions and strengths, then what the objective found."""
    mask = result.problem.mask
    columns = {name: np.asarray(values) for name, values in mask.node_data.items() if name != "Id"}
    if mask.positions is not None:
        for name, coordinate in zip(AXES, mask.positions.T, strict=False):
            columns.setdefault(name, coordinate)
    if result.problem.strengths is not None:
        columns["largest_strength"] = result.problem.room.strength
    outward, inward = result.strengths
    if result.problem.directed:
        columns.setdefault("out_strength", outward)
        columns.setdefault("in_strength", inward)
    else:
        columns.setdefault("strength", outward)
    return {**columns, **{name: np.asarray(values) for name, values in result.node_data.items()}}
