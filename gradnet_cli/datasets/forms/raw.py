"""What every form is read into, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gradnet_cli.datasets.files import refused
from gradnet_cli.datasets.rows import SparseRows


@dataclass(eq=False, kw_only=True)
class RawNodes:
    """A graph with features and labels as a file has them.

    Attributes:
        path: of the file that messages name
        edges: (2, M) in any direction
        features: (N, F)
        labels: (N,) -1 where none is known
        splits: (folds, N) by name
    """

    path: Path
    edges: np.ndarray
    features: SparseRows
    labels: np.ndarray
    splits: Mapping[str, np.ndarray] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse what does not fit together.

        Raises:
            InputFileError: sizes that differ, ends of edges that are no nodes, no labels at all
        """
        nodes = len(self.labels)
        if len(self.features) != nodes:
            raise refused(
                self.path,
                f"has features of {len(self.features)} nodes and labels of {nodes}: is it cut short?",
            )
        check_edges(self.edges, nodes=nodes, path=self.path)
        indices, width = self.features.indices, self.features.width
        if len(indices) and (indices.min() < 0 or indices.max() >= width):
            raise refused(self.path, f"has features beyond the {width} that it names")
        if len(indices) != self.features.indptr[-1] or (np.diff(self.features.indptr) < 0).any():
            raise refused(self.path, "has rows of features that do not fit together: is it cut short?")
        check_labels(self.labels, path=self.path, what="node")
        check_splits(self.splits, count=nodes, path=self.path)


@dataclass(eq=False, kw_only=True)
class RawGraphs:
    """Many graphs as a file has them.

    Attributes:
        path: of the file that messages name
        sizes: (G,) nodes of each
        edges: (2, M) in any direction, over the nodes of all graphs
        labels: (G,) -1 where none is known
        node_labels, node_attributes, edge_labels, edge_attributes: (N, ...) and (M, ...), or None
        splits: (folds, G) by name
    """

    path: Path
    sizes: np.ndarray
    edges: np.ndarray
    labels: np.ndarray
    node_labels: np.ndarray | None = None
    node_attributes: np.ndarray | None = None
    edge_labels: np.ndarray | None = None
    edge_attributes: np.ndarray | None = None
    splits: Mapping[str, np.ndarray] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse what does not fit together.

        Raises:
            InputFileError: sizes that differ, edges between graphs, no labels at all
        """
        nodes, count = int(self.sizes.sum()), self.edges.shape[1]
        if len(self.labels) != len(self.sizes):
            raise refused(self.path, f"has {len(self.sizes)} graphs and labels of {len(self.labels)}")
        if (self.sizes < 1).any():
            raise refused(self.path, "has a graph without nodes")
        check_edges(self.edges, nodes=nodes, path=self.path)
        graph = np.repeat(np.arange(len(self.sizes)), self.sizes)
        source, target = graph[self.edges]
        if (source != target).any():
            raise refused(self.path, "has an edge between nodes of two graphs")
        for name, expected in (("node_labels", nodes), ("node_attributes", nodes)):
            self._check_rows(name, expected)
        for name in ("edge_labels", "edge_attributes"):
            self._check_rows(name, count)
        check_labels(self.labels, path=self.path, what="graph")
        check_splits(self.splits, count=len(self.sizes), path=self.path)

    def _check_rows(self, name: str, expected: int) -> None:
        rows = getattr(self, name)
        if rows is not None and len(rows) != expected:
            told = name.replace("_", " ")
            raise refused(self.path, f"has {len(rows)} {told} and must have {expected}: is it cut short?")


def check_edges(edges: np.ndarray, *, nodes: int, path: Path) -> None:
    """Refuse edges that are no pairs of nodes."""
    if edges.ndim != 2 or edges.shape[0] != 2:
        raise refused(path, f"has edges of shape {edges.shape}, and not (2, E)")
    if edges.size and (edges.min() < 0 or edges.max() >= nodes):
        raise refused(
            path, f"has an edge of node {int(edges.max())}, and nodes 0 to {nodes - 1}: is it cut short?"
        )


def check_labels(labels: np.ndarray, *, path: Path, what: str) -> None:
    """Refuse labels of less than two classes."""
    if (labels < 0).all():
        raise refused(path, f"has no labels: every {what} needs a class, or -1 where it is not known")
    if len(np.unique(labels[labels >= 0])) < 2:
        raise refused(path, "has labels of one class only: there is nothing to tell apart")


def check_splits(splits: Mapping[str, np.ndarray], *, count: int, path: Path) -> None:
    """Refuse splits of another size, or of other sets."""
    for name, split in splits.items():
        if split.ndim != 2 or split.shape[1] != count:
            raise refused(path, f"has a {name} split of shape {split.shape}, and not (folds, {count})")
        if ((split < 0) | (split > 3)).any():
            raise refused(
                path, f"has a {name} split with other sets than 0 none, 1 training, 2 validation, 3 test"
            )
