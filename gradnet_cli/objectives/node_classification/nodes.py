"""A data set as tensors."""

from __future__ import annotations

import torch
from torch import Tensor

from gradnet_cli.datasets.dataset import SETS
from gradnet_cli.datasets.node_data import NodeData
from gradnet_cli.numerics.dynamics.gradient_flow import as_rows, normalized_adjacency
from gradnet_cli.numerics.sparse_rows import SparseRows


class Nodes:
    """Features, graph, labels and sets, in float32 and on the device of what is learned.

    Args:
        data: what they are read from
        loops: whether each node is joined to itself, too

    Attributes:
        members: (m,) the nodes of each set by name
    """

    def __init__(self, data: NodeData, *, loops: bool) -> None:
        features = data.features
        self.features = SparseRows(
            indptr=features.indptr, indices=features.indices, values=features.values, width=features.width
        )
        self.adjacency = as_rows(normalized_adjacency(data.edge_index, nodes=data.nodes, loops=loops))
        self.labels = torch.as_tensor(data.labels)
        self.members = {name: torch.as_tensor(data.split.members(name)) for name in SETS}

    def to(self, like: Tensor) -> Nodes:
        """Move everything to the device of a tensor; nothing happens if it is there."""
        self.features.to(like)
        self.adjacency.to(like)
        if self.labels.device != like.device:
            self.labels = self.labels.to(like.device)
            self.members = {name: members.to(like.device) for name, members in self.members.items()}
        return self
