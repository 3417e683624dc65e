"""Laplacian systems by preconditioned conjugate gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

from gradnet_cli.numerics.linear_solvers.base import centred, grounding

MOST_ITERATIONS = 500
SHIFTED_ITERATIONS = 60  # and no more, since a shift may be too large
Preconditioner = Callable[[np.ndarray], np.ndarray]


class ConjugateGradientSolver:
    """Conjugate gradients on all columns at once, preconditioned by the diagonal or by algebraic multigrid.

    The diagonal serves expanders, whose Laplacians are well conditioned but fill in when factorised;
    multigrid (smoothed aggregation) serves meshes in three and more dimensions. SciPy's own method takes one
    right-hand side; a block shares each product with the sparse matrix, which is most of the work.

    Attributes:
        iterations: of the last solve
    """

    def __init__(self, laplacian: sp.csr_array, *, multigrid: bool = False) -> None:
        self._laplacian = laplacian
        self._precondition = _multigrid(laplacian) if multigrid else _diagonal(laplacian)
        self.iterations = 0

    def solve(
        self,
        right: Float[np.ndarray, "nodes columns"],
        *,
        guess: Float[np.ndarray, "nodes columns"] | None = None,
        tolerance: float = 1e-2,
        shift: float = 0.0,
    ) -> Float[np.ndarray, "nodes columns"]:
        """See LaplacianSolver.solve. Stops when every column's residual is below tolerance times its norm.

        Args:
            shift: solve (L - shift) X = right instead, with a shift below lambda_2
        """
        right = centred(right)
        solution = np.zeros_like(right) if guess is None else guess.copy()
        residual = right - self._image(solution, shift) if guess is not None else right.copy()
        goal = tolerance**2 * _products(right, right)
        direction = np.zeros_like(right)
        scaled = np.empty_like(right)
        product = np.ones(right.shape[1])
        for iteration in range(SHIFTED_ITERATIONS if shift else MOST_ITERATIONS):
            if not shift:
                self.iterations = iteration
            if (_products(residual, residual) <= goal).all():
                break
            # A preconditioner adds multiples of the vector of ones, which no later step notices if unshifted.
            improved = self._precondition(residual)
            if shift:
                improved = centred(improved)
            previous, product = product, _products(residual, improved)
            direction *= _ratio(product, previous)
            direction += improved
            image = self._image(direction, shift)
            step = _ratio(product, _products(direction, image))
            solution += np.multiply(direction, step, out=scaled)
            image *= step
            residual -= image
        return centred(solution)

    def _image(self, block: np.ndarray, shift: float) -> np.ndarray:
        image: np.ndarray = self._laplacian @ block
        if shift:
            image -= shift * block
        return image


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The inner product of each column of one block with that of the other."""
    products: np.ndarray = np.einsum("nk,nk->k", left, right)
    return products


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    # A column that has converged exactly leaves 0/0, and of a shift that is too large a curvature below 0: it
    # takes no further step.
    ratio = np.zeros_like(above)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio


def _diagonal(laplacian: sp.csr_array) -> Preconditioner:
    diagonal = laplacian.diagonal()
    inverse = (1 / np.maximum(diagonal, 1e-13 * diagonal.mean()))[:, None]
    return lambda block: inverse * block


def _multigrid(laplacian: sp.csr_array) -> Preconditioner:
    import pyamg

    matrix = sp.csr_matrix(laplacian + sp.diags_array(grounding(laplacian.diagonal()), format="csr"))
    hierarchy = pyamg.smoothed_aggregation_solver(matrix, max_coarse=200)
    cycle = hierarchy.aspreconditioner(cycle="V")

    def apply(block: np.ndarray) -> np.ndarray:
        return np.column_stack([cycle.matvec(column) for column in block.T])

    return apply
