"""The network that an objective is given: one weight vector, and every view of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.numerics.coupling import dense_adjacency
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.problem import Problem


def topology_of(problem: Problem, *, device: torch.device | str = "cpu") -> Topology:
    """All edges that a problem allows, for networks on a device; a new object each time."""
    return Topology(
        edge_index=torch.as_tensor(problem.edge_index, device=device),
        nodes=problem.nodes,
        directed=problem.directed,
    )


class Network:
    """Edge weights with their views, cached and differentiable.

    Leading dimensions of the weights are a batch (noise samples, replicates); every view keeps them in front.

    Attributes:
        weights: (..., E) adjacency weights, base + delta
        topology: where these edges lie; the same object for all networks on them
        problem: mask, budget and node data
    """

    def __init__(
        self, *, weights: Float[Tensor, "*batch {topology.edges}"], topology: Topology, problem: Problem
    ) -> None:
        self.weights = weights
        self.topology = topology
        self.problem = problem

    @property
    def edge_index(self) -> Int[Tensor, "2 edges"]:
        """(2, E) integers; undirected edges once, source < target."""
        return self.topology.edge_index

    @property
    def nodes(self) -> int:
        """Number of nodes N."""
        return self.topology.nodes

    @property
    def edges(self) -> int:
        """Number of edges E."""
        return self.topology.edges

    @property
    def directed(self) -> bool:
        """Whether an edge i -> j says nothing of j -> i."""
        return self.topology.directed

    @property
    def batch(self) -> tuple[int, ...]:
        """The leading dimensions of the weights; () for a single network."""
        return tuple(self.weights.shape[:-1])

    def with_weights(self, weights: Float[Tensor, "*batch {self.edges}"]) -> Network:
        """A network with other weights (..., E) on the same edges."""
        return Network(weights=weights, topology=self.topology, problem=self.problem)

    def samples(self) -> Iterator[Network]:
        """The networks of the batch one after the other, each with weights (E,)."""
        return map(self.with_weights, self.weights.reshape(-1, self.edges))

    @cached_property
    def dense(self) -> Float[Tensor, "*batch {self.nodes} {self.nodes}"]:
        """Adjacency matrix (..., N, N), A[i, j] the weight from i to j."""
        return dense_adjacency(self.weights, self.edge_index, nodes=self.nodes, directed=self.directed)

    @cached_property
    def sparse(self) -> Float[Tensor, "{self.nodes} {self.nodes}"]:
        """Adjacency matrix (N, N) as a coalesced sparse COO tensor.

        Raises:
            ValueError: the weights are a batch
        """
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
    def strengths(self) -> Float[Tensor, "*batch {self.nodes}"]:
        """Summed weight out of each node (..., N): for undirected networks, of all edges at it."""
        return self.topology.strengths(self.weights)

    def adjacency_product(self, block: Float[Tensor, "nodes columns"]) -> Float[Tensor, "nodes columns"]:
        """A x for x (N, k) and weights (E,), in O(E k) time and without a matrix."""
        source, target = self.edge_index
        product = torch.zeros_like(block).index_add(0, source, self.weights[:, None] * block[target])
        if not self.directed:
            product = product.index_add(0, target, self.weights[:, None] * block[source])
        return product

    def laplacian_product(self, block: Float[Tensor, "nodes columns"]) -> Float[Tensor, "nodes columns"]:
        """L x = D x - A x for x (N, k) and weights (E,), D the strengths."""
        return self.strengths[:, None] * block - self.adjacency_product(block)
