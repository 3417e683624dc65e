"""Which solver of Laplacian systems suits a graph."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers.base import LaplacianSolver
from gradnet_cli.numerics.linear_solvers.conjugate_gradient import ConjugateGradientSolver
from gradnet_cli.numerics.linear_solvers.dense import DenseSolver
from gradnet_cli.numerics.linear_solvers.factorised import FactorisedSolver

SOLVERS = ("auto", "dense", "factorised", "multigrid", "conjugate_gradient")

DENSE_NODES = 64  # below, a dense eigendecomposition is the fastest
FULL, FULL_NODES = 0.1, 2048  # edges beside N^2 from which on it is so up to a larger size
# A separator of s nodes costs s^3 operations in a factorisation. Within this many times sqrt(N), planar
# graphs (a grid has 1, a random geometric graph about 4), it is cheaper than iterating.
PLANAR_WIDTH = 6.0
SMALL_SEPARATOR = 300  # a dense block of this size costs nothing
# A network with c more edges than a tree comes down to 2 c nodes when all nodes of degree one and two are
# eliminated, which fills nothing in, whatever hubs it has.
FEW_CYCLES = 1000
ITERATIVE = ("conjugate_gradient", "multigrid")
MANY_ITERATIONS = (
    60  # of diagonally preconditioned conjugate gradients; beyond, multigrid pays for its set-up
)


class LaplacianSolverFactory:
    """Builds the solver for one weight vector after another on the same graph.

    Args:
        kind: one of SOLVERS; auto chooses by size and by the width of the graph's breadth-first levels
        pattern: the graph
    """

    def __init__(self, *, kind: str, pattern: LaplacianPattern) -> None:
        if kind not in SOLVERS:
            raise ValueError(f"solver {kind!r} is none of {', '.join(SOLVERS)}")
        self.kind = kind if kind != "auto" else suitable_solver(pattern)
        self._adaptive = kind == "auto"
        self._last: LaplacianSolver | None = None
        self._iterations = 0

    @property
    def memory(self) -> tuple[str, int]:
        """The kind chosen and the iterations of the last solve: what the next choice depends on."""
        last = self._last
        return self.kind, last.iterations if isinstance(last, ConjugateGradientSolver) else self._iterations

    @memory.setter
    def memory(self, memory: tuple[str, int]) -> None:
        self.kind, self._iterations = memory

    def __call__(self, laplacian: sp.csr_array) -> LaplacianSolver:
        """The solver of one Laplacian; the one before is dropped first, for two need twice the memory."""
        kind, iterations = self.memory
        if self._adaptive and kind == "conjugate_gradient" and iterations > MANY_ITERATIONS:
            self.kind = "multigrid"
        self._last = None
        support = _few_cycles(laplacian) if self._adaptive and self.kind in ITERATIVE else None
        if support is not None:
            return FactorisedSolver(support)
        self._last = self._build(laplacian)
        return self._last

    def _build(self, laplacian: sp.csr_array) -> LaplacianSolver:
        if self.kind == "dense":
            return DenseSolver(laplacian)
        if self.kind == "factorised":
            return FactorisedSolver(laplacian)
        return ConjugateGradientSolver(laplacian, multigrid=self.kind == "multigrid")


def _few_cycles(laplacian: sp.csr_array) -> sp.csr_array | None:
    """The matrix without the entries that are zero, if what it is of then is nearly a tree.

    Of a tree within a dense mask no solve is accurate that iterates, and none as cheap as one by elimination.
    """
    nodes = laplacian.shape[0]
    if (np.count_nonzero(laplacian.data) - nodes) // 2 - nodes + 1 > FEW_CYCLES:
        return None
    support = laplacian.copy()
    support.eliminate_zeros()
    return support


def suitable_solver(pattern: LaplacianPattern) -> str:
    """dense, factorised or conjugate_gradient, whichever is the cheapest on this graph."""
    nodes = pattern.nodes
    if nodes <= (FULL_NODES if len(pattern.source) > FULL * nodes**2 else DENSE_NODES):
        return "dense"
    if len(pattern.source) - nodes + 1 <= FEW_CYCLES:
        return "factorised"
    width = pattern.level_width()
    if width <= max(SMALL_SEPARATOR, PLANAR_WIDTH * np.sqrt(nodes)):
        return "factorised"
    return "conjugate_gradient"
