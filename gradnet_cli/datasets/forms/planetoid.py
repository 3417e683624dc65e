"""Citation networks as Planetoid's files (Yang et al. 2016), which are pickles: only arrays are unpickled.

ind.NAME.x, tx, allx (features in compressed rows), y, ty, ally (one column a class), graph (neighbours by
node), test.index (the nodes that the rows of tx are of).
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.datasets.dataset import TEST, TRAINING, VALIDATION
from gradnet_cli.datasets.files import Reader, refused
from gradnet_cli.datasets.forms.geom_gcn import read_splits
from gradnet_cli.datasets.forms.raw import RawNodes
from gradnet_cli.datasets.rows import SparseRows

PARTS = ("x", "tx", "allx", "y", "ty", "ally", "graph", "test.index")
PUBLIC_VALIDATION = 500  # nodes of the public split, those after the labelled ones


class _Matrix:
    """Stands for SciPy's matrix of compressed rows, of which only the arrays are wanted."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def dense_rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]:
        """Rows, columns and values of the entries, and the shape."""
        state = self.__dict__
        indptr = np.asarray(state["indptr"])
        rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        count, width = state["_shape"]
        return rows, np.asarray(state["indices"]), np.asarray(state["data"]), (int(count), int(width))


class _Unpickler(pickle.Unpickler):
    """Knows arrays and lists by neighbours, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:
        """One of the few classes that these files have."""
        if module.startswith("scipy.sparse") and name in ("csr_matrix", "csr_array"):
            return _Matrix
        if name in ("_reconstruct", "scalar") and module.endswith("core.multiarray"):
            from numpy._core import multiarray

            return getattr(multiarray, name)
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if (module, name) == ("collections", "defaultdict"):
            from collections import defaultdict

            return defaultdict
        if module in ("builtins", "__builtin__") and name in ("list", "object"):
            return {"list": list, "object": object}[name]
        if (module, name) == ("copy_reg", "_reconstructor") or (module, name) == (
            "copyreg",
            "_reconstructor",
        ):
            return _reconstructed
        if (module, name) == ("_codecs", "encode"):
            import codecs

            return codecs.encode
        raise pickle.UnpicklingError(f"{module}.{name} has no place in it")


def _reconstructed(kind: type, base: type, state: object) -> object:
    return _Matrix() if kind is _Matrix else object()


def read_nodes(folder: Path, reader: Reader, *, name: str) -> RawNodes:
    """Read one graph.

    Nodes that no test row is of, as in Citeseer, have no features, and class 0 as everybody gives them.

    Raises:
        InputFileError: a file that is missing, cut short or holds something else
    """
    found = {part: _part(folder, part, reader) for part in PARTS}
    path = folder / _file(folder, "allx")
    try:
        features, labels, order = _assembled(found)
        graph = found["graph"]
        pairs = [(int(node), int(other)) for node, others in graph.items() for other in others]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise refused(path, "and the files beside it do not fit together: is one cut short?") from error
    raw = RawNodes(
        path=path,
        edges=np.array(pairs, dtype=np.int64).reshape(-1, 2).T,
        features=features,
        labels=labels,
    )
    count = len(labels)
    public = np.zeros(count, dtype=np.int64)
    labelled = len(np.asarray(found["y"]))
    public[:labelled] = TRAINING
    public[labelled : labelled + PUBLIC_VALIDATION] = VALIDATION
    public[order] = TEST
    raw.splits = {**read_splits(folder, reader, name=name, count=count), "public": public[None]}
    return raw


def holds(folder: Path) -> bool:
    """Whether these files lie in a folder."""
    return folder.is_dir() and any(folder.glob("ind.*.allx"))


def _assembled(found: dict[str, Any]) -> tuple[SparseRows, np.ndarray, np.ndarray]:
    order = found["test.index"]
    rows, columns, values, (known, width) = found["allx"].dense_rows()
    test_rows, test_columns, test_values, (tested, _) = found["tx"].dense_rows()
    if len(order) != tested or len(np.asarray(found["ally"])) != known:
        raise ValueError("of different lengths")
    count = int(order.max()) + 1
    labels = np.zeros((count, np.asarray(found["ally"]).shape[1]))
    labels[:known] = found["ally"]
    labels[order] = found["ty"]
    features = SparseRows.of_entries(
        np.concatenate([rows, order[test_rows]]),
        np.concatenate([columns, test_columns]),
        np.concatenate([values, test_values]),
        shape=(count, width),
    )
    return features, labels.argmax(axis=1), order


def _file(folder: Path, part: str) -> str:
    files = sorted(path.name for path in folder.glob(f"ind.*.{part}"))
    return files[0] if files else f"ind.NAME.{part}"


def _part(folder: Path, part: str, reader: Reader) -> Any:
    path = folder / _file(folder, part)
    if part == "test.index":
        return reader.table(path, kind=np.int64, columns=1)[:, 0]
    content = reader.read(path)
    try:
        return _Unpickler(io.BytesIO(content), encoding="latin1").load()
    except Exception as error:  # a damaged pickle fails in any way
        raise refused(
            path, "is no file of Planetoid that can be read: cut short, or something else"
        ) from error
