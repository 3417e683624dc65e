"""layout.csv: where the figures put nodes that have no positions, so that they are drawn alike again."""

from pathlib import Path

import numpy as np

from gradnet_cli.report.figures.views.columns import sides
from gradnet_cli.report.figures.views.layout import LAID_OUT_UP_TO, place_nodes, places_of
from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.report.files.cells import column_cells
from gradnet_cli.result.result import Result

FILE_NAME = "layout.csv"


def write_layout(path: Path, result: Result) -> None:
    """Write `x,y`, a row a node in the order of nodes.csv; no file where nodes have places, or are many."""
    mask = result.problem.mask
    placed = sides(result) is not None or places_of(mask) is not None
    if placed or mask.nodes > LAID_OUT_UP_TO:
        return
    columns = [column_cells(column) for column in place_nodes(result).T]
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.write("x,y\n")
        file.writelines(f"{x},{y}\n" for x, y in zip(*columns, strict=True))


def read_layout(path: Path) -> np.ndarray | None:
    """Read the positions (N, 2); None where there is no such file."""
    if not Path(path).is_file():
        return None
    return np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
