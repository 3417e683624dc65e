"""Where the edges of networks lie, and what follows from that whatever they weigh."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.numerics.coupling import (
    Coupling,
    DenseCoupling,
    SparseCoupling,
    SparsePattern,
    prefers_dense,
)
from gradnet_cli.numerics.laplacian import LaplacianPattern


@dataclass(frozen=True, eq=False, kw_only=True)
class Topology:
    """The edges that networks of many weights have in common; other edges are another topology.

    It never changes, and is the same as another only if it is that very object. So whoever keeps something
    that belongs to these edges can tell by the object whether it still holds. What follows from the edges
    alone is made when it is first asked for, and kept here.

    Attributes:
        edge_index: (2, E) integers; undirected edges once, source < target
        nodes: N
        directed: whether an edge i -> j says nothing of j -> i
    """

    edge_index: Int[Tensor, "2 edges"]
    nodes: int
    directed: bool = False

    @property
    def edges(self) -> int:
        """Number of edges E."""
        return self.edge_index.shape[1]

    @cached_property
    def array(self) -> Int[np.ndarray, "2 edges"]:
        """The edges (2, E) for NumPy."""
        return self.edge_index.cpu().numpy()

    @cached_property
    def laplacian(self) -> LaplacianPattern:
        """Where the entries of Laplacians stand; for undirected edges."""
        return LaplacianPattern(edge_index=self.array, nodes=self.nodes)

    @cached_property
    def compressed(self) -> SparsePattern:
        """Where the entries of adjacency matrices stand in compressed rows."""
        return SparsePattern(self.edge_index, nodes=self.nodes, directed=self.directed)

    def takes_dense(self, form: str = "auto") -> bool:
        """Whether a form of the adjacency, one of FORMS, is a dense matrix here."""
        if form == "auto":
            return prefers_dense(nodes=self.nodes, edges=self.edges, directed=self.directed)
        return form == "dense"

    def coupling(self, weights: Float[Tensor, "*batch edges"], *, form: str = "auto") -> Coupling:
        """The adjacency of weights in one of FORMS: (..., E) as a dense matrix, (E,) as a sparse one."""
        if self.takes_dense(form):
            return DenseCoupling(weights, self.edge_index, nodes=self.nodes, directed=self.directed)
        return SparseCoupling(weights, self.compressed)

    def strengths(self, weights: Float[Tensor, "*batch edges"]) -> Float[Tensor, "*batch {self.nodes}"]:
        """Summed weight (..., N) out of each node of weights (..., E); of all edges at it if undirected."""
        if not self.directed:
            return self.total_strengths(weights)
        return weights.new_zeros(*weights.shape[:-1], self.nodes).index_add(-1, self.edge_index[0], weights)

    def total_strengths(self, weights: Float[Tensor, "*batch edges"]) -> Float[Tensor, "*batch {self.nodes}"]:
        """Summed weight (..., N) of all edges at each node, whichever end of theirs it is."""
        source, target = self.edge_index
        total = weights.new_zeros(*weights.shape[:-1], self.nodes).index_add(-1, source, weights)
        return total.index_add(-1, target, weights)
