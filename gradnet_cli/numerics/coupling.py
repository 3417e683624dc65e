"""Products with an adjacency matrix given by its edges, and the gradient of sums over its edges.

Two forms of one interface. Columns X (..., N, K) are real; A[i, j] is the weight of the edge from i to j, and
of both directions where the network is undirected. Measured on one thread with K = 2, float64: at N = 100 and
all pairs both forms take 7 us, at N = 10,000 and 10^6 directed pairs DenseCoupling takes 165 ms,
SparseCoupling 0.6 ms and a sum by index_add over the edges 43 ms.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from functools import cached_property

import torch
from jaxtyping import Complex, Float, Int
from torch import Tensor

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers.choice import suitable_solver

FORMS = ("auto", "dense", "sparse")  # of an adjacency; auto takes the faster one
DENSE_ABOVE = 0.5  # share of all ordered pairs that are edges
DENSE_NODES = 8192  # a float64 matrix of 0.5 GiB
ENOUGH_NODES = 150  # from which a dense product is worth more than what is done around it
COLUMNS_AT_ONCE = 64  # of the sampled product: blocks of this width stay in cache


class Coupling(ABC):
    """An adjacency matrix A (..., N, N) that may be multiplied by."""

    @abstractmethod
    def product(self, x: Float[Tensor, "... nodes columns"]) -> Float[Tensor, "... nodes columns"]:
        """A x for x (..., N, K)."""

    @abstractmethod
    def transposed_product(self, x: Float[Tensor, "... nodes columns"]) -> Float[Tensor, "... nodes columns"]:
        """A^T x for x (..., N, K)."""

    @abstractmethod
    def slope(
        self, left: Float[Tensor, "... nodes columns"], right: Float[Tensor, "... nodes columns"]
    ) -> Float[Tensor, "... edges"]:
        """d/dw_e of sum_ij A_ij <left_i, right_j> for left, right (..., N, K): shape (..., E)."""

    @abstractmethod
    def matrix(self) -> Float[Tensor, "... nodes nodes"]:
        """A as a dense matrix (..., N, N)."""

    def complex_product(
        self, z: Complex[Tensor, "... nodes columns"]
    ) -> Complex[Tensor, "... nodes columns"]:
        """A z for complex z (..., N, K)."""
        return _complex(self.product(real_columns(z)), z)

    def complex_transposed_product(
        self, z: Complex[Tensor, "... nodes columns"]
    ) -> Complex[Tensor, "... nodes columns"]:
        """A^T z for complex z (..., N, K)."""
        return _complex(self.transposed_product(real_columns(z)), z)


class DenseCoupling(Coupling):
    """A as a matrix; leading dimensions of the weights (..., E) are a batch."""

    def __init__(
        self,
        weights: Float[Tensor, "*batch edges"],
        edge_index: Int[Tensor, "2 edges"],
        *,
        nodes: int,
        directed: bool,
    ) -> None:
        self._source, self._target = edge_index
        self._directed = directed
        self._matrix = dense_adjacency(weights, edge_index, nodes=nodes, directed=directed)

    def product(self, x: Float[Tensor, "... nodes columns"]) -> Float[Tensor, "... nodes columns"]:
        """A x for x (..., N, K)."""
        return _from_the_left(x, self._matrix.mT) if self._wide else self._matrix @ x

    def transposed_product(self, x: Float[Tensor, "... nodes columns"]) -> Float[Tensor, "... nodes columns"]:
        """A^T x for x (..., N, K)."""
        return _from_the_left(x, self._matrix) if self._wide else self._matrix.mT @ x

    def complex_product(
        self, z: Complex[Tensor, "... nodes columns"]
    ) -> Complex[Tensor, "... nodes columns"]:
        """A z for complex z (..., N, K)."""
        return self._of_complex @ z if self._is_narrow(z) else super().complex_product(z)

    def complex_transposed_product(
        self, z: Complex[Tensor, "... nodes columns"]
    ) -> Complex[Tensor, "... nodes columns"]:
        """A^T z for complex z (..., N, K)."""
        narrow = self._is_narrow(z)
        return self._of_complex.mT @ z if narrow else super().complex_transposed_product(z)

    @cached_property
    def _of_complex(self) -> Tensor:
        """A as complex numbers: twice the work, and none to take z apart and put it together again."""
        return self._matrix.to(torch.complex(self._matrix[..., :0], self._matrix[..., :0]).dtype)

    def _is_narrow(self, z: Tensor) -> bool:
        return z.shape[-1] == 1 and not self._wide

    @property
    def _wide(self) -> bool:
        return self._matrix.shape[-1] > ENOUGH_NODES

    def matrix(self) -> Float[Tensor, "... nodes nodes"]:
        """A itself."""
        return self._matrix

    def slope(
        self, left: Float[Tensor, "... nodes columns"], right: Float[Tensor, "... nodes columns"]
    ) -> Float[Tensor, "... edges"]:
        """Entries of left right^T at the edges."""
        outer = left @ right.mT
        slope = outer[..., self._source, self._target]
        return slope if self._directed else slope + outer[..., self._target, self._source]


class SparsePattern:
    """Where the entries of A stand in compressed rows; made once for an edge_index (2, E)."""

    def __init__(self, edge_index: Int[Tensor, "2 edges"], *, nodes: int, directed: bool) -> None:
        self.nodes = nodes
        self.directed = directed
        self._edge_index = edge_index
        self.edges = edge_index.shape[1]
        source, target = edge_index
        row, column = (
            (source, target) if directed else (torch.cat([source, target]), torch.cat([target, source]))
        )
        self.rows, self.columns, self.order = _compressed(row, column, nodes)
        # The sampled product runs over stored edges only, each once.
        self.edge_rows, self.edge_columns, self.edge_order = _compressed(source, target, nodes)
        if directed:
            self.transposed_rows, self.transposed_columns, self.transposed_order = _compressed(
                target, source, nodes
            )

    @cached_property
    def laplacian(self) -> LaplacianPattern:
        """Where the entries of Laplacians on these edges stand."""
        return LaplacianPattern(edge_index=self._edge_index.cpu().numpy(), nodes=self.nodes)

    @cached_property
    def factorises(self) -> bool:
        """Whether Laplacians on these undirected edges have sparse factors."""
        return not self.directed and suitable_solver(self.laplacian) in ("dense", "factorised")

    def matrix(
        self,
        rows: Int[Tensor, " pointers"],
        columns: Int[Tensor, " entries"],
        values: Float[Tensor, " entries"],
    ) -> Tensor:
        """A compressed-row tensor (N, N)."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sparse")  # beta state; checks of invariants
            return torch.sparse_csr_tensor(
                rows, columns, values, (self.nodes, self.nodes), check_invariants=False
            )


class SparseCoupling(Coupling):
    """A in compressed rows; weights (E,) without a batch."""

    def __init__(self, weights: Float[Tensor, "*batch edges"], pattern: SparsePattern) -> None:
        if weights.dim() != 1:
            raise ValueError("a batch of weights has no single sparse matrix: take the samples one by one")
        self.pattern = pattern
        self.weights = weights
        values = weights if pattern.directed else torch.cat([weights, weights])
        self._matrix = pattern.matrix(pattern.rows, pattern.columns, values[pattern.order])
        self._transposed = self._matrix
        if pattern.directed:
            self._transposed = pattern.matrix(
                pattern.transposed_rows, pattern.transposed_columns, weights[pattern.transposed_order]
            )

    def product(self, x: Float[Tensor, "nodes columns"]) -> Float[Tensor, "nodes columns"]:
        """A x for x (N, K)."""
        return self._matrix @ x

    def transposed_product(self, x: Float[Tensor, "nodes columns"]) -> Float[Tensor, "nodes columns"]:
        """A^T x for x (N, K)."""
        return self._transposed @ x

    def matrix(self) -> Float[Tensor, "nodes nodes"]:
        """A as a dense matrix (N, N)."""
        return self._matrix.to_dense()

    def slope(
        self, left: Float[Tensor, "nodes columns"], right: Float[Tensor, "nodes columns"]
    ) -> Float[Tensor, " edges"]:
        """Entries of left right^T at the edges, none elsewhere."""
        pattern = self.pattern
        if not pattern.directed:
            left, right = torch.cat([left, right], dim=1), torch.cat([right, left], dim=1)
        total = pattern.matrix(pattern.edge_rows, pattern.edge_columns, left.new_zeros(pattern.edges))
        for begin in range(0, left.shape[1], COLUMNS_AT_ONCE):
            block = slice(begin, begin + COLUMNS_AT_ONCE)
            total = torch.sparse.sampled_addmm(total, left[:, block].contiguous(), right[:, block].mT)
        slope = left.new_empty(pattern.edges)
        slope[pattern.edge_order] = total.values()
        return slope


def dense_adjacency(
    weights: Float[Tensor, "*batch edges"], edge_index: Int[Tensor, "2 edges"], *, nodes: int, directed: bool
) -> Float[Tensor, "*batch {nodes} {nodes}"]:
    """A (..., N, N) of weights (..., E), A[i, j] the weight from i to j."""
    source, target = edge_index
    matrix = weights.new_zeros(*weights.shape[:-1], nodes, nodes)
    matrix[..., source, target] = weights
    if not directed:
        matrix[..., target, source] = weights
    return matrix


def prefers_dense(*, nodes: int, edges: int, directed: bool) -> bool:
    """Whether a matrix is the faster form for E stored edges."""
    pairs = edges if directed else 2 * edges
    return nodes <= DENSE_NODES and pairs >= DENSE_ABOVE * nodes * (nodes - 1)


def real_columns(z: Complex[Tensor, "... nodes columns"]) -> Float[Tensor, "... nodes 2*columns"]:
    """Complex numbers (..., N, K) as real columns (..., N, 2 K)."""
    return torch.view_as_real(z).flatten(-2)


def _complex(columns: Tensor, like: Tensor) -> Tensor:
    return torch.view_as_complex(columns.reshape(*like.shape, 2))


def _from_the_left(x: Tensor, matrix: Tensor) -> Tensor:
    """(x^T M)^T for few columns x (..., N, K): BLAS takes rows two to three times faster than columns."""
    return (x.mT.contiguous() @ matrix).mT.contiguous()


def _compressed(row: Tensor, column: Tensor, nodes: int) -> tuple[Tensor, Tensor, Tensor]:
    """Row pointers (N + 1,), column numbers and the order of the entries, by row and then column."""
    order = torch.argsort(row * nodes + column)
    pointers = torch.zeros(nodes + 1, dtype=torch.int64, device=row.device)
    pointers[1:] = torch.bincount(row, minlength=nodes).cumsum(0)
    # 32-bit numbers: with 64 bits each product would first convert them, at five times its cost.
    return pointers.to(torch.int32), column[order].to(torch.int32), order
