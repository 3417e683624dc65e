"""One graph whose nodes are classified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradnet_cli.datasets.dataset import Dataset
from gradnet_cli.datasets.rows import SparseRows


@dataclass(frozen=True, eq=False, kw_only=True)
class NodeData(Dataset):
    """A graph of N nodes with features, of which the nodes have labels (N,).

    Attributes:
        edge_index: (2, E) undirected edges, each once, source < target, sorted
        features: (N, F)
    """

    edge_index: np.ndarray
    features: SparseRows

    @property
    def nodes(self) -> int:
        """Number of nodes N."""
        return len(self.labels)

    @property
    def homophily(self) -> float:
        """Share of the edges whose ends have the same label; nan without edges."""
        source, target = self.labels[self.edge_index]
        known = (source >= 0) & (target >= 0)
        return float((source == target)[known].mean()) if known.any() else float("nan")

    def content(self) -> Mapping[str, np.ndarray]:
        """Edges, labels and features."""
        features = self.features
        return {
            **super().content(),
            "edges": self.edge_index.astype("<i8"),
            "starts": features.indptr.astype("<i8"),
            "columns": features.indices.astype("<i8"),
            "values": features.values.astype("<f4"),
            "width": np.array([features.width], dtype="<i8"),
        }

    def numbers(self) -> Mapping[str, float]:
        """Sizes and homophily."""
        return {
            "nodes": self.nodes,
            "edges": self.edge_index.shape[1],
            "features": self.features.width,
            "classes": self.classes,
            "homophily": round(self.homophily, 6),
        }


def undirected(edges: np.ndarray) -> np.ndarray:
    """Edges (2, E) each once, source < target, sorted and without loops, of pairs (2, M) in any direction."""
    low, high = np.sort(edges.astype(np.int64), axis=0)
    apart = low != high
    return np.unique(np.stack([low[apart], high[apart]]), axis=1)
