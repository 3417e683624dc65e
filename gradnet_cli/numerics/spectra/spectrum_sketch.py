"""Many low eigenvectors at once, by random vectors that are filtered anew at every update."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from gradnet_cli.numerics.linear_solvers.conjugate_gradient import ConjugateGradientSolver
from gradnet_cli.numerics.spectra.eigenpairs import LARGEST_BLOCK, Eigenpairs, rayleigh_ritz

COLUMNS = 32  # random vectors an update: squares of differences are known to sqrt(2 / COLUMNS)
SOLVES, FIRST_SOLVES = 2, 4  # of the shifted system that filter them, and without a shift at first
LEAST = 0.04  # of lambda_2 that the shift stays below it by
SOLVED = 0.1  # relative residual of these solves: any polynomial of L filters
EXPONENT, LEAST_EXPONENT = 0.12, 0.05  # of multiplicative updates; halved when the score rises no more
RISE = 3e-3  # of the best score within PATIENCE updates: with less nothing more is to be gained at this size
PATIENCE = 3
MOST = 60  # updates
ROUGH = 0.3  # relative residual from which on so few solves tell nothing of lambda_2
CROWDED = 2.0  # factor of lambda_2 within which COLUMNS eigenvalues lie: fewer are followed one by one


class SpectrumSketch:
    """A cheap mixture of the eigenvectors near lambda_2, where they are hundreds.

    Y = (L - sigma)^-SOLVES R with sigma a little below lambda_2 and R (N, COLUMNS) random, drawn anew each
    time: on average norm(y_i - y_j)^2 is what the whole spectrum gives, weighted by (lambda - sigma)^(-2
    SOLVES). Errors of one update are made good by the next, so that no eigenvector need be known, and a
    network is improved as a whole with a small part of the vectors that a proof takes.

    Args:
        nodes: N
        generator: of the random vectors

    Attributes:
        mixture: Y (N, COLUMNS)
        exponent: of multiplicative updates that follow it: its slopes answer to weights far more strongly
            than those of single eigenvectors, and noise is left out by small steps
        over: whether updates hardly help any more
    """

    def __init__(self, *, nodes: int, generator: np.random.Generator) -> None:
        self._nodes, self._generator = nodes, generator
        self._best = 0.0
        self._latest = 0.0
        self.mixture = np.zeros((nodes, 0))
        self.exponent = EXPONENT
        self._waited, self._updates = 0, 0
        self.over = False

    @property
    def balanced(self) -> bool:
        """Whether networks have followed it for long enough to be in balance with it."""
        return self._updates > PATIENCE and self.over

    @property
    def memory(self) -> dict[str, Any]:
        """All that it remembers beside the generator."""
        kept = ("_best", "_latest", "_waited", "_updates", "exponent", "mixture", "over")
        return {name: getattr(self, name) for name in kept}

    @memory.setter
    def memory(self, memory: dict[str, Any]) -> None:
        for name, value in memory.items():
            setattr(self, name, value)

    def advance(
        self, laplacian: sp.csr_array, solver: ConjugateGradientSolver, *, known: np.ndarray | None
    ) -> Eigenpairs:
        """Draw Y for a network, and return its lowest eigenpairs.

        Args:
            known: vectors (N, k) to begin with, those of the network before
        """
        filtered = self._filtered(solver)
        known = filtered[:, :0] if known is None else known
        self.mixture = filtered
        pairs = rayleigh_ritz(laplacian, np.column_stack([known, filtered]))
        self._judge(pairs)
        return Eigenpairs(
            values=pairs.values[:LARGEST_BLOCK],
            vectors=pairs.vectors[:, :LARGEST_BLOCK],
            residual=pairs.residual,
        )

    def _filtered(self, solver: ConjugateGradientSolver) -> np.ndarray:
        """New random vectors, filtered by what the network before tells of lambda_2."""
        below = self._latest
        filtered = self._random(COLUMNS)
        for _ in range(SOLVES if below else FIRST_SOLVES):
            image = solver.solve(filtered, tolerance=SOLVED, shift=below)
            if not image.any():  # lambda_2 has fallen below the shift
                image = solver.solve(filtered, tolerance=SOLVED)
            filtered = image / np.linalg.norm(image)
        return filtered

    def _judge(self, pairs: Eigenpairs) -> None:
        values = pairs.values
        # Within its residual of the value lies an eigenvalue.
        self._latest = max(float(values[0]) * (1 - max(pairs.residual, LEAST)), 0.0)
        self._updates += 1
        self._waited += 1
        if pairs.residual > ROUGH:
            self.over = True
            return
        if self._updates == 1:  # the first vectors tell of neither
            return
        if values[0] > (1 + RISE) * self._best:
            self._best, self._waited = float(values[0]), 0
        if self._waited > PATIENCE:
            self.exponent, self._waited = self.exponent / 2, 0
        crowded = values[min(COLUMNS, len(values)) - 1] <= CROWDED * values[0]
        self.over = self.exponent < LEAST_EXPONENT or self._updates > MOST or not crowded

    def _random(self, columns: int) -> np.ndarray:
        noise = self._generator.standard_normal((self._nodes, columns))
        centred: np.ndarray = noise - noise.mean(axis=0)
        return centred
