"""Data sets as the folders of Geom-GCN (Pei et al. 2020), where torch_geometric keeps them as they are.

out1_node_feature_label.txt (node, features, label), out1_graph_edges.txt (source, target), and splits in
NAME_split_0.6_0.2_K.npz with train_mask, val_mask and test_mask, beside them or in a folder `splits`.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from gradnet_cli.datasets.dataset import TEST, TRAINING, VALIDATION
from gradnet_cli.datasets.files import Reader, refused
from gradnet_cli.datasets.forms.npz import PUBLISHED, read_arrays, required
from gradnet_cli.datasets.forms.raw import RawNodes
from gradnet_cli.datasets.rows import SparseRows

NODES, EDGES = "out1_node_feature_label.txt", "out1_graph_edges.txt"
MASKS = {"train_mask": TRAINING, "val_mask": VALIDATION, "test_mask": TEST}


def read_nodes(folder: Path, reader: Reader, *, name: str) -> RawNodes:
    """Read one graph.

    Features are a row of 0 and 1, or, where rows differ in length, the numbers of those that are 1.

    Raises:
        InputFileError: with the line
    """
    path = folder / NODES
    rows: dict[int, tuple[list[int], int]] = {}
    for number, line in reader.lines(path):
        cells = line.split("\t")
        if number == 1 and not cells[0].isdigit():
            continue  # the heads of the columns
        try:
            node, label = int(cells[0]), int(cells[2])
            listed = [int(float(cell)) for cell in cells[1].split(",") if cell]
        except (ValueError, IndexError) as error:
            allowed = "is no node, features and label with tabs between: is the file cut short?"
            raise refused(path, allowed, line=number) from error
        rows[node] = (listed, label)
    if sorted(rows) != list(range(len(rows))):
        raise refused(path, f"names {len(rows)} nodes, and not each of 0 to {max(rows, default=0)}")
    features = _features([rows[node][0] for node in range(len(rows))])
    labels = np.array([rows[node][1] for node in range(len(rows))], dtype=np.int64)
    return RawNodes(
        path=path,
        edges=_edges(folder / EDGES, reader),
        features=features,
        labels=labels,
        splits=read_splits(folder, reader, name=name, count=len(rows)),
    )


def read_splits(folder: Path, reader: Reader, *, name: str, count: int) -> dict[str, np.ndarray]:
    """The splits that lie in a folder, in `splits` below it, or beside it; nothing where there are none.

    Raises:
        InputFileError: one that cannot be read, or is of another size
    """
    stems = {name.lower(), name.lower().removesuffix("_old"), "film" if name == "actor" else name}
    known = "|".join(map(re.escape, sorted(stems)))
    form = re.compile(rf"({known})_split_0\.6_0\.2_(\d+)\.npz", re.IGNORECASE)
    for place in (folder, folder / "splits", folder.parent / "splits", folder.parent.parent / "splits"):
        found = {}
        for path in sorted(place.glob("*.npz")) if place.is_dir() else []:
            match = form.fullmatch(path.name)
            if match:
                found[int(match[2])] = _sets(path, reader, count=count)
        if found:
            return {PUBLISHED: np.stack([found[number] for number in sorted(found)])}
    return {}


def _sets(path: Path, reader: Reader, *, count: int) -> np.ndarray:
    arrays = read_arrays(path, reader)
    sets = np.zeros(count, dtype=np.int64)
    for key, number in MASKS.items():
        mask = required(arrays, key, path)
        if mask.shape != (count,):
            raise refused(path, f"has a {key} of shape {mask.shape}, and there are {count} nodes")
        sets[mask.astype(bool)] = number
    return sets


def _features(rows: list[list[int]]) -> SparseRows:
    lengths = {len(row) for row in rows}
    if len(lengths) == 1 and {value for row in rows for value in row} <= {0, 1}:
        return SparseRows.of_dense(np.array(rows, dtype=np.float32))
    pairs = np.array([(node, column) for node, row in enumerate(rows) for column in sorted(set(row))])
    pairs = pairs.reshape(-1, 2)
    width = int(pairs[:, 1].max(initial=0)) + 1
    return SparseRows.of_entries(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)), shape=(len(rows), width))


def _edges(path: Path, reader: Reader) -> np.ndarray:
    pairs = []
    for number, line in reader.lines(path):
        cells = line.split()
        if number == 1 and not cells[0].isdigit():
            continue
        try:
            source, target = map(int, cells)
        except ValueError as error:
            raise refused(path, f"{line[:40]!r} is no pair of nodes", line=number) from error
        pairs.append((source, target))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2).T
