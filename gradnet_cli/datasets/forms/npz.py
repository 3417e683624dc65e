"""Data sets as NumPy's .npz without pickles.

Of a graph whose nodes are classified: edge_index (2, E), y (N,), x_indptr, x_indices, x_shape and perhaps
x_values (features in compressed rows), split (folds, N) and others named NAME_split. Of many graphs:
edge_index, graph_sizes (G,), y (G,), perhaps node_label or node_labels, node_attribute or x, edge_label,
edge_attr, and splits. Edges stand once or in both directions.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gradnet_cli.datasets.files import Reader, refused
from gradnet_cli.datasets.forms.raw import RawGraphs, RawNodes
from gradnet_cli.datasets.rows import SparseRows

UNREADABLE = (ValueError, OSError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error)
CUT = "is no .npz file that can be read: cut short, damaged, or with pickled objects"
PUBLISHED = "published"


def read_nodes(path: Path, reader: Reader) -> RawNodes:
    """Read one graph.

    Raises:
        InputFileError: the file is damaged, or something is missing or does not fit
    """
    arrays = read_arrays(path, reader)
    if "graph_sizes" in arrays:
        raise refused(path, "holds many graphs, and not one whose nodes have labels")
    indptr = required(arrays, "x_indptr", path).astype(np.int64)
    indices = required(arrays, "x_indices", path).astype(np.int64)
    shape = required(arrays, "x_shape", path)
    values = arrays.get("x_values", np.ones(len(indices)))
    if len(values) != len(indices) or len(indptr) < 2 or indptr[-1] != len(indices):
        raise refused(path, "has rows of features that do not fit together: is it cut short?")
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    features = SparseRows.of_entries(rows, indices, values, shape=(len(indptr) - 1, int(shape[-1])))
    labels = required(arrays, "y", path)
    return RawNodes(
        path=path,
        edges=required(arrays, "edge_index", path).astype(np.int64),
        features=features,
        labels=classes(labels, path),
        splits=splits_in(arrays),
    )


def read_graphs(path: Path, reader: Reader) -> RawGraphs:
    """Read many graphs.

    Raises:
        InputFileError: as above
    """
    arrays = read_arrays(path, reader)
    if "graph_sizes" not in arrays and "x_indptr" in arrays:
        raise refused(path, "holds one graph whose nodes have labels, and not many graphs")

    def rows(*names: str) -> np.ndarray | None:
        found = next((arrays[name] for name in names if name in arrays), None)
        if found is None:
            return None
        return found.reshape(len(found), -1).astype(np.float32)

    def kinds(*names: str) -> np.ndarray | None:
        found = next((arrays[name] for name in names if name in arrays), None)
        return None if found is None else found.astype(np.int64)

    return RawGraphs(
        path=path,
        sizes=required(arrays, "graph_sizes", path).astype(np.int64),
        edges=required(arrays, "edge_index", path).astype(np.int64),
        labels=classes(required(arrays, "y", path), path),
        node_labels=kinds("node_label", "node_labels"),
        node_attributes=rows("node_attribute", "node_attributes", "x"),
        edge_labels=kinds("edge_label", "edge_labels"),
        edge_attributes=rows("edge_attr", "edge_attributes"),
        splits=splits_in(arrays),
    )


def read_arrays(path: Path, reader: Reader) -> dict[str, np.ndarray]:
    """All arrays of a file by name.

    Raises:
        InputFileError: it is missing, cut short or damaged
    """
    content = reader.read(path)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise ValueError("a single array")
            return dict(file)
    except UNREADABLE as error:
        raise refused(path, CUT) from error


def required(arrays: Mapping[str, np.ndarray], name: str, path: Path) -> np.ndarray:
    """An array that has to be there.

    Raises:
        InputFileError: it is missing
    """
    if name not in arrays:
        what = "has no labels: the array y is missing" if name == "y" else f"has no array {name}"
        raise refused(path, f"{what}; it has {', '.join(arrays)}")
    return arrays[name]


def classes(labels: np.ndarray, path: Path) -> np.ndarray:
    """Labels as classes 0, 1, ... in the order of their numbers; below 0 and not a number is unknown.

    Labels -1 and 1 alone, which are common, are two classes.

    Raises:
        InputFileError: they are no whole numbers
    """
    if labels.ndim != 1 or labels.dtype.kind not in "iufb":
        raise refused(
            path, f"has labels of shape {labels.shape} and type {labels.dtype}, and not one number each"
        )
    numbers = labels.astype(np.float64)
    known = np.isfinite(numbers)
    if (numbers[known] != np.round(numbers[known])).any():
        raise refused(path, "has labels that are no whole numbers")
    if set(np.unique(numbers[known]).tolist()) != {-1.0, 1.0}:
        known &= np.where(known, numbers, -1.0) >= 0
    found = np.full(len(labels), -1, dtype=np.int64)
    found[known] = np.unique(numbers[known], return_inverse=True)[1]
    return found


def splits_in(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Splits by name: `split` is the published one, NAME_split is NAME."""
    found = {PUBLISHED if name == "split" else name.removesuffix("_split"): array
             for name, array in arrays.items() if name == "split" or name.endswith("_split")}  # fmt: skip
    return {name: np.atleast_2d(array).astype(np.int64) for name, array in found.items()}
