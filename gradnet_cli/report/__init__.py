"""What a run leaves in its directory: edges, nodes, metrics, summary and figures of a frozen result.

The files and their order: `edges.csv` first, for it is the result itself; `summary.json` last, so that its
presence says that all others are whole. `report.html` is made of these files when the run has ended, however
that was. Nothing here imports torch or Lightning.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from gradnet_cli.problem import Problem
from gradnet_cli.report.files import edges, network_files, nodes
from gradnet_cli.report.files.arrays import FILE_NAME as ARRAYS_NAME
from gradnet_cli.report.files.arrays import write_arrays
from gradnet_cli.report.files.metrics import read_course
from gradnet_cli.report.files.names import REMOVED
from gradnet_cli.report.files.summary import write_summary
from gradnet_cli.report.files.tables import write_tables
from gradnet_cli.report.panel import show
from gradnet_cli.result.result import Result

__all__ = ["record_edges", "show", "write"]


def record_edges(
    problem: Problem, weights: np.ndarray, directory: Path, *, name: str = edges.FILE_NAME
) -> np.ndarray:
    """Write `edges.csv`, or by another name, and return the weights (E,) read back from it, to be scored."""
    path = Path(directory) / name
    edges.write_edges(path, problem, weights)
    return edges.read_edges(path, problem)


def write(
    result: Result,
    directory: Path,
    *,
    edges_recorded: bool = False,
    figures: bool = True,
    layout: bool = True,
) -> None:
    """Write every file of the report into `directory`, but for the page that is made of them.

    `edges_recorded` says that `record_edges` wrote these very weights before. `figures=False` draws none, and
    `layout=False` computes no places for nodes that have none. The figures find the course of training in
    `metrics.csv`, which training has written.
    """
    directory = Path(directory)
    if not edges_recorded:
        edges.write_edges(directory / edges.FILE_NAME, result.problem, result.weights)
    edges.write_removed(directory / REMOVED, result.problem, result.weights)
    nodes.write_nodes(directory / nodes.FILE_NAME, result)
    network_files.write_npz(directory / network_files.NPZ_NAME, result.problem, result.weights)
    network_files.write_graphml(directory / network_files.GRAPHML_NAME, result)
    write_arrays(directory / ARRAYS_NAME, result)
    write_tables(directory, result)
    if layout:
        from gradnet_cli.report.files.layout import FILE_NAME as LAYOUT_NAME
        from gradnet_cli.report.files.layout import write_layout

        write_layout(directory / LAYOUT_NAME, result)
    if figures:
        from gradnet_cli.report.figures import draw_all

        draw_all(replace(result, course=read_course(directory)), directory / "figures")
    write_summary(directory, result)
