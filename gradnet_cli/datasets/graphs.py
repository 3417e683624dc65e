"""Many graphs that are classified, from wherever they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gradnet_cli.datasets.files import Reader, check_sum
from gradnet_cli.datasets.forms import npz, tu
from gradnet_cli.datasets.forms.raw import RawGraphs
from gradnet_cli.datasets.graph_data import GraphData
from gradnet_cli.datasets.places import folders, installed, path_of, unknown_form
from gradnet_cli.datasets.splits import split_of

GRAKEL = ("tests", "data")  # where grakel keeps the data of its tests, a folder each


def build(
    *,
    stem: str,
    path: object,
    split: str,
    fold: int,
    folds: int,
    validation: float,
    split_seed: int,
    sha256: str | None,
) -> GraphData:
    """Read many graphs with labels.

    Args:
        stem: what its files and folders are called, ``mutag``; empty for any
        path: an .npz file, a folder of the TU collection or of torch_geometric, a folder with NAME.npz, or
            None: MUTAG is taken out of the installed package grakel, which is not imported
        split, fold, folds, validation, split_seed: see gradnet_cli.datasets.splits.split_of
        sha256: the checksum that the data must have, of the content or of the one file, or None

    Raises:
        SettingError: a setting or file that cannot be used, or another checksum
    """
    packed = installed("grakel", *GRAKEL, stem.upper()) if path is None and stem else None
    place = packed or path_of(path, name=stem)
    reader = Reader()
    raw = _read(place, reader, name=stem)
    raw.check()
    chosen = split_of(
        raw.labels,
        raw.splits,
        split=split,
        fold=fold,
        folds=folds,
        validation=validation,
        split_seed=split_seed,
    )
    kept = _once(raw.edges)

    def of_edges(rows: np.ndarray | None) -> np.ndarray | None:
        return None if rows is None else rows[kept]

    data = GraphData(
        name=stem or place.stem,
        labels=raw.labels,
        split=chosen,
        files=tuple(reader.files),
        offsets=np.concatenate([[0], np.cumsum(raw.sizes)]),
        edge_index=raw.edges[:, kept],
        node_labels=raw.node_labels,
        node_attributes=raw.node_attributes,
        edge_labels=of_edges(raw.edge_labels),
        edge_attributes=of_edges(raw.edge_attributes),
    )
    check_sum(sha256, checksum=data.checksum, files=reader.files, name=data.name)
    return data


def _read(place: Path, reader: Reader, *, name: str) -> RawGraphs:
    if place.is_file():
        return npz.read_graphs(place, reader)
    for folder in folders(place, name=name):
        if tu.prefix_of(folder) is not None:
            return tu.read_graphs(folder, reader)
        if name and (folder / f"{name}.npz").is_file():
            return npz.read_graphs(folder / f"{name}.npz", reader)
    raise unknown_form(place, f"{name or 'NAME'}.npz or NAME_A.txt (TU collection)")


def _once(edges: np.ndarray) -> np.ndarray:
    """Which of (2, M) edges stay, sorted: no loops; of a list of both directions source < target alone."""
    source, target = edges
    order = np.lexsort((target, source))
    mirrored = edges[::-1][:, np.lexsort((source, target))]
    both = bool((edges[:, order] == mirrored).all())
    kept: np.ndarray = order[(source < target)[order] if both else (source != target)[order]]
    return kept
