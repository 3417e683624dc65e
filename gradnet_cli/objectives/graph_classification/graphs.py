"""Several graphs side by side, as tensors: what a model is given."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import scipy.sparse
import torch
from torch import Tensor

from gradnet_cli.numerics.dynamics.gradient_flow import as_rows, normalized_adjacency
from gradnet_cli.numerics.sparse_rows import SparseRows


class Graphs:
    """G graphs with n nodes and m edges in all; nodes of a graph stand together.

    Products with matrices of the graphs' own are sparse, and made once.

    Args:
        features: (n, F)
        sizes: (G,) nodes of each graph
        edges: (2, m) undirected edges, each once
        edge_features: (m, D)
        signed: columns of these whose sign is that of the direction from the first node to the second
        labels: (G,)

    Attributes:
        features: (n, F)
        labels: (G,)
    """

    def __init__(
        self,
        *,
        features: np.ndarray,
        sizes: np.ndarray,
        edges: np.ndarray,
        edge_features: np.ndarray,
        signed: Sequence[int],
        labels: np.ndarray,
    ) -> None:
        self.features = torch.as_tensor(features)
        self.labels = torch.as_tensor(labels)
        self._sizes, self._edges, self._edge_features, self._signed = sizes, edges, edge_features, signed

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def nodes(self) -> int:
        """n."""
        return len(self.features)

    @cached_property
    def adjacency(self) -> SparseRows:
        """A (n, n)."""
        return self._rows(self._matrix)

    @cached_property
    def adjacency_with_loops(self) -> SparseRows:
        """A + I."""
        return self._rows(self._matrix + scipy.sparse.eye_array(self.nodes))

    @cached_property
    def normalized_adjacency(self) -> SparseRows:
        """D^-1/2 (A + I) D^-1/2 with the degrees D of A + I (Kipf and Welling 2017)."""
        return self._rows(normalized_adjacency(self._edges, nodes=self.nodes, loops=True))

    @cached_property
    def summed(self) -> Tensor:
        """(A + I) X of the features, which nothing learned is in."""
        return self.adjacency_with_loops.product(self.features)

    @cached_property
    def averaged(self) -> Tensor:
        """The same with the normalised matrix."""
        return self.normalized_adjacency.product(self.features)

    @cached_property
    def pool(self) -> SparseRows:
        """(G, n): sums up what belongs to the nodes of each graph."""
        return self._rows(self._members)

    @cached_property
    def mean(self) -> SparseRows:
        """(G, n): takes the mean of it."""
        return self._rows(scipy.sparse.diags_array(1.0 / self._sizes) @ self._members)

    @cached_property
    def from_source(self) -> SparseRows:
        """(2 m, n): what is at the node that each direction of an edge begins at."""
        source = np.concatenate(self._edges)
        count = len(source)
        return self._rows(
            scipy.sparse.csr_array((np.ones(count), source, np.arange(count + 1)), shape=(count, self.nodes))
        )

    @cached_property
    def to_target(self) -> SparseRows:
        """(n, 2 m): sums up what comes along edges to each node."""
        target = np.concatenate(self._edges[::-1])
        count = len(target)
        ones = (np.ones(count), (target, np.arange(count)))
        return self._rows(scipy.sparse.coo_array(ones, shape=(self.nodes, count)).tocsr())

    @cached_property
    def edge_features(self) -> Tensor:
        """(2 m, D): of edges from first node to second, and then the other way."""
        back = self._edge_features.copy()
        back[:, list(self._signed)] *= -1
        return torch.as_tensor(np.concatenate([self._edge_features, back])).to(self.features)

    def to(self, like: Tensor) -> Graphs:
        """Move to the device of a tensor; nothing happens if they are there."""
        if self.features.device != like.device:
            made = {name for name, member in vars(type(self)).items() if isinstance(member, cached_property)}
            for name in made & vars(self).keys():
                delattr(self, name)
            self.features, self.labels = self.features.to(like.device), self.labels.to(like.device)
        return self

    @cached_property
    def _matrix(self) -> scipy.sparse.csr_array:
        source, target = self._edges
        half = scipy.sparse.coo_array((np.ones(len(source)), (source, target)), shape=(self.nodes,) * 2)
        return (half + half.T).tocsr()

    @cached_property
    def _members(self) -> scipy.sparse.csr_array:
        begins = np.concatenate([[0], np.cumsum(self._sizes)])
        return scipy.sparse.csr_array(
            (np.ones(self.nodes), np.arange(self.nodes), begins), shape=(len(self), self.nodes)
        )

    def _rows(self, matrix: scipy.sparse.csr_array) -> SparseRows:
        return as_rows(scipy.sparse.csr_array(matrix)).to(self.features)
