"""Many graphs as the folders of the TU collection (Morris et al. 2020).

NAME_A.txt (an edge a line, nodes from 1), NAME_graph_indicator.txt (the graph of each node, from 1),
NAME_graph_labels.txt, and perhaps NAME_node_labels.txt, _node_attributes, _edge_labels, _edge_attributes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gradnet_cli.datasets.files import Reader, refused
from gradnet_cli.datasets.forms.npz import classes
from gradnet_cli.datasets.forms.raw import RawGraphs


def prefix_of(folder: Path) -> str | None:
    """What the files of a folder are called before _A.txt; None where there are no such files."""
    found = sorted(path.name for path in folder.glob("*_A.txt")) if folder.is_dir() else []
    return found[0].removesuffix("_A.txt") if found else None


def read_graphs(folder: Path, reader: Reader) -> RawGraphs:
    """Read many graphs.

    Raises:
        InputFileError: with the line where there is one
    """
    prefix = prefix_of(folder) or folder.name
    path = folder / f"{prefix}_A.txt"

    def table(part: str, kind: type[np.generic], columns: int | None = None) -> np.ndarray | None:
        place = folder / f"{prefix}_{part}.txt"
        return reader.table(place, kind=kind, columns=columns) if place.exists() else None

    edges = reader.table(path, kind=np.int64, columns=2).T - 1
    indicator_path = folder / f"{prefix}_graph_indicator.txt"
    graph = reader.table(indicator_path, kind=np.int64, columns=1)[:, 0] - 1
    labels_path = folder / f"{prefix}_graph_labels.txt"
    if not labels_path.exists():
        raise refused(labels_path, "is not there: the graphs have no labels")
    labels = reader.table(labels_path, kind=np.float64, columns=1)[:, 0]
    if (np.diff(graph) < 0).any() or (len(graph) and graph.min() < 0):
        raise refused(indicator_path, "must name the graphs in order, from 1")
    node_labels, edge_labels = table("node_labels", np.int64), table("edge_labels", np.int64)
    return RawGraphs(
        path=path,
        sizes=np.bincount(graph, minlength=len(labels)),
        edges=edges,
        labels=classes(_from_zero(labels), labels_path),
        node_labels=None if node_labels is None else node_labels[:, 0],
        node_attributes=table("node_attributes", np.float32),
        edge_labels=None if edge_labels is None else edge_labels[:, 0],
        edge_attributes=table("edge_attributes", np.float32),
    )


def _from_zero(labels: np.ndarray) -> np.ndarray:
    """Any numbers are names of classes here: each graph of the collection has a label."""
    numbers: np.ndarray = np.unique(labels, return_inverse=True)[1]
    return numbers
