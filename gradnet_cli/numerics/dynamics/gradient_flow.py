"""The gradient flow of an energy of node features on a graph, in steps (Di Giovanni et al. 2022).

E(F) = 1/2 sum_i <f_i, Omega f_i> - 1/2 sum_ij abar_ij <f_i, W f_j> - beta <F, F_0>

of features F (N, d), with the normalised adjacency Abar = D^-1/2 A D^-1/2, a symmetric W (d, d), a diagonal
Omega, and a source F_0. Steps F <- F + tau (-F Omega + Abar F W + beta F_0) are those of steepest descent.
Directions with positive eigenvalues of W attract neighbours to each other, those with negative ones repel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import scipy.sparse
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.numerics.sparse_rows import SparseRows


def normalized_adjacency(
    edge_index: Int[np.ndarray, "2 edges"], *, nodes: int, loops: bool = False
) -> scipy.sparse.csr_array:
    """Abar (N, N) of undirected edges, each once; rows of nodes without edges are zero.

    Args:
        loops: join each node to itself first (Kipf and Welling 2017)
    """
    source, target = edge_index
    matrix = scipy.sparse.coo_array((np.ones(len(source)), (source, target)), shape=(nodes, nodes))
    matrix = (matrix + matrix.T).tocsr()
    if loops:
        matrix = (matrix + scipy.sparse.eye_array(nodes)).tocsr()
    degree = np.asarray(matrix.sum(axis=1)).ravel()
    scale = scipy.sparse.diags_array(np.where(degree > 0, degree, np.inf) ** -0.5)
    return (scale @ matrix @ scale).tocsr()


def as_rows(matrix: scipy.sparse.csr_array) -> SparseRows:
    """A SciPy matrix for products in float32."""
    return SparseRows(
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        values=matrix.data.astype(np.float32),
        width=matrix.shape[1],
    )


def step_lengths(time: float, step: float) -> list[float]:
    """Steps that end at a time: all of one length but the last, which is shorter where it has to be."""
    count = max(1, math.ceil(time / step - 1e-9))
    return [step] * (count - 1) + [time - step * (count - 1)]


def flow(
    first: Float[Tensor, "nodes channels"],
    *,
    mixing: Float[Tensor, "*rows channels"],
    adjacency: SparseRows | None,
    omega: Float[Tensor, " channels"] | float,
    source: Float[Tensor, "nodes channels"] | float,
    lengths: list[float],
) -> Iterator[Tensor]:
    """The features after each step.

    Args:
        first: F(0)
        mixing: W (d, d), or its diagonal (d,)
        adjacency: Abar; None stands for the identity: nothing is passed from node to node
        omega: diagonal of Omega
        source: beta F_0
        lengths: of the steps
    """
    state = first
    for length in lengths:
        state = state * (1 - length * omega) + length * (spread(state, mixing, adjacency) + source)
        yield state


def spread(
    state: Float[Tensor, "nodes channels"],
    mixing: Float[Tensor, "*rows channels"],
    adjacency: SparseRows | None,
) -> Float[Tensor, "nodes channels"]:
    """Abar F W."""
    mixed = state * mixing if mixing.dim() == 1 else state @ mixing
    return mixed if adjacency is None else adjacency.product(mixed)


def energy(
    state: Float[Tensor, "nodes channels"],
    *,
    mixing: Float[Tensor, "*rows channels"],
    adjacency: SparseRows | None,
    omega: Float[Tensor, " channels"] | float,
    source: Float[Tensor, "nodes channels"] | float,
) -> float:
    """E(F)."""
    pulled = 0.5 * (state * state * omega).sum() - 0.5 * (state * spread(state, mixing, adjacency)).sum()
    return float(pulled - (state * source).sum())


def dirichlet_energy(state: Float[Tensor, "nodes channels"], adjacency: SparseRows) -> float:
    """1/2 tr(F^T (I - Abar) F): of |F| = 1 from 0, all smooth, to half the largest eigenvalue."""
    return float(0.5 * (state * (state - adjacency.product(state))).sum())
