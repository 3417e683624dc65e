"""The network that an objective is given: one weight vector, and every view of it."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from gradnet_cli.problem import Problem


class Network:
    """Edge weights with their views, cached and differentiable.

    Leading dimensions of the weights are a batch (noise samples, replicates); every view keeps them in front.

    Attributes:
        weights: (..., E) adjacency weights, base + delta
        edge_index: (2, E) integers; undirected edges once, source < target
        nodes: N
        directed: whether an edge i -> j says nothing of j -> i
        problem: mask, budget and node data
    """

    def __init__(self, *, weights: Tensor, edge_index: Tensor, problem: Problem) -> None:
        self.weights = weights
        self.edge_index = edge_index
        self.nodes = problem.nodes
        self.directed = problem.directed
        self.problem = problem

    @property
    def edges(self) -> int:
        """Number of edges E."""
        return self.weights.shape[-1]

    @cached_property
    def dense(self) -> Tensor:
        """Adjacency matrix (..., N, N), A[i, j] the weight from i to j."""
        source, target = self.edge_index
        matrix = self.weights.new_zeros(*self.weights.shape[:-1], self.nodes, self.nodes)
        matrix[..., source, target] = self.weights
        if not self.directed:
            matrix[..., target, source] = self.weights
        return matrix

    @cached_property
    def sparse(self) -> Tensor:
        """Adjacency matrix (N, N) as a coalesced sparse COO tensor; without batch dimensions only."""
        if self.weights.dim() != 1:
            raise ValueError("a batch of weights has no single sparse matrix: take the samples one by one")
        index, values = self.edge_index, self.weights
        if not self.directed:
            index = torch.cat([index, index.flip(0)], dim=1)
            values = torch.cat([values, values])
        return torch.sparse_coo_tensor(
            index, values, (self.nodes, self.nodes), check_invariants=False
        ).coalesce()

    @cached_property
    def strengths(self) -> Tensor:
        """Summed weight out of each node (..., N): for undirected networks, of all edges at it."""
        return self._gather(self.weights)

    def adjacency_product(self, block: Tensor) -> Tensor:
        """A x for x (N, k) and weights (E,), in O(E k) time and without a matrix."""
        source, target = self.edge_index
        product = torch.zeros_like(block).index_add(0, source, self.weights[:, None] * block[target])
        if not self.directed:
            product = product.index_add(0, target, self.weights[:, None] * block[source])
        return product

    def laplacian_product(self, block: Tensor) -> Tensor:
        """L x = D x - A x for x (N, k) and weights (E,), D the strengths."""
        return self.strengths[:, None] * block - self.adjacency_product(block)

    def _gather(self, values: Tensor) -> Tensor:
        source, target = self.edge_index
        total = values.new_zeros(*values.shape[:-1], self.nodes).index_add(-1, source, values)
        return total if self.directed else total.index_add(-1, target, values)
