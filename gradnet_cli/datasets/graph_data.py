"""Many graphs that are classified, each as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradnet_cli.datasets.dataset import Dataset


@dataclass(frozen=True, eq=False, kw_only=True)
class GraphData(Dataset):
    """G graphs with labels (G,); the nodes of graph g are offsets[g] .. offsets[g + 1] - 1 of all N.

    Attributes:
        offsets: (G + 1,)
        edge_index: (2, E) undirected edges of all graphs, each once, sorted; two nodes may share several, and
            what a direction matters to, a flow say, is told of source -> target
        node_labels, edge_labels: (N,) and (E,) kinds 0, 1, ..., or None
        node_attributes, edge_attributes: (N, k) and (E, m) numbers, or None
    """

    offsets: np.ndarray
    edge_index: np.ndarray
    node_labels: np.ndarray | None = None
    node_attributes: np.ndarray | None = None
    edge_labels: np.ndarray | None = None
    edge_attributes: np.ndarray | None = None

    @property
    def graphs(self) -> int:
        """Number of graphs G."""
        return len(self.labels)

    @property
    def nodes(self) -> int:
        """Number of nodes N of all graphs."""
        return int(self.offsets[-1])

    def node_features(self) -> np.ndarray:
        """(N, F) float32: one column a kind of node, then the attributes; 1 where there is neither."""
        return _features(self.node_labels, self.node_attributes, count=self.nodes)

    def edge_features(self) -> np.ndarray:
        """(E, F) float32, likewise."""
        return _features(self.edge_labels, self.edge_attributes, count=self.edge_index.shape[1])

    def content(self) -> Mapping[str, np.ndarray]:
        """Edges, labels and attributes of everything."""
        optional = {
            "node labels": (self.node_labels, "<i8"),
            "edge labels": (self.edge_labels, "<i8"),
            "node attributes": (self.node_attributes, "<f4"),
            "edge attributes": (self.edge_attributes, "<f4"),
        }
        return {
            **super().content(),
            "edges": self.edge_index.astype("<i8"),
            "offsets": self.offsets.astype("<i8"),
            **{name: array.astype(kind) for name, (array, kind) in optional.items() if array is not None},
        }

    def numbers(self) -> Mapping[str, float]:
        """Sizes."""
        return {
            "graphs": self.graphs,
            "nodes": self.nodes,
            "edges": self.edge_index.shape[1],
            "classes": self.classes,
        }


def _features(labels: np.ndarray | None, attributes: np.ndarray | None, *, count: int) -> np.ndarray:
    parts = []
    if labels is not None:
        parts.append((labels[:, None] == np.arange(labels.max() + 1)).astype(np.float32))
    if attributes is not None:
        parts.append(attributes.astype(np.float32))
    return np.concatenate(parts, axis=1) if parts else np.ones((count, 1), dtype=np.float32)
