"""The eigenvalues next to lambda_2, followed from one weight vector to the next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import scipy.sparse as sp

from gradnet_cli.numerics.linear_solvers.base import LaplacianSolver
from gradnet_cli.numerics.linear_solvers.conjugate_gradient import ConjugateGradientSolver
from gradnet_cli.numerics.spectra.eigenpairs import (
    DENSE_EIGEN_NODES,
    LARGEST_BLOCK,
    Eigenpairs,
    dense_eigenpairs,
    lanczos_eigenpairs,
    lowest_eigenpairs,
    rayleigh_ritz,
)
from gradnet_cli.numerics.spectra.principal_directions import principal_directions
from gradnet_cli.numerics.spectra.spectrum_sketch import SpectrumSketch

START_ITERATIONS = 6  # of inverse iteration on random vectors
START_WIDTH = 1.3  # the block is doubled at the start until its eigenvalues spread over this factor
START_POWER = 4  # Y begins as the eigenvectors, weighted by (lambda_2 / lambda_k)^START_POWER
SKETCHED_POWER = 16  # the same behind a sketch, whose networks are in balance with high powers
MOST_ROUNDS = 6  # of refinement an update
# Least amplitude of a direction of Y beside the largest: one that died out could not come back when its
# eigenvalue becomes the lowest.
LEAST_AMPLITUDE = 1e-3
# Share of a step that the mixture looks ahead: 0 swings for ever, 1 answers the first updates too strongly.
AHEAD = 0.5
CLUSTER_WIDTH = 1.15  # an eigenvalue within this factor of lambda_2 belongs to its cluster
FAR, MANY = 1.3, 1.25  # directions beyond this factor of lambda_2 are left out if it becomes so much narrower
SETTLING = 20  # updates until directions are left out: what is far at first may be needed soon
LEAST_RANK = 32
NEGLIGIBLE = 0.05  # part of a direction of Y that the accurate eigenvectors do not have already
SETTLED = 2 * LARGEST_BLOCK  # directions that eigenpairs outside training are found from
SPARE = 2  # directions kept beyond the cluster


class EigenCluster:
    """A warm-started block of eigenvectors, and the embedding Y that mixes them into a supergradient.

    At an optimal network lambda_2 is multiple, and no single eigenvector points uphill: what does is
    g_e = norm(y_i - y_j)^2 / norm(Y)^2 with the rows y_i of a right mixture Y (N, r) of the whole cluster. Y
    follows one step of inverse iteration an update, Y <- L^+ Y, without orthogonalisation. What is soft in
    the network grows in Y, gains weight, stiffens, and shrinks again: the amplitudes settle where all
    eigenvalues of the mixture coincide, which is the optimality condition. (At the optimum Y is the maximum
    variance unfolding of the graph; Goering, Helmberg and Wappler 2008.)

    Args:
        nodes: N
        rank: r to begin with; it grows while the cluster fills it, and shrinks where that is far from it
        most: the largest r
        generator: for the random start
        sketched: whether networks of the first updates are improved by cheap sketches, see SpectrumSketch

    Attributes:
        embedding: Y (N, r)
        mixture: (N, r) what the supergradient is taken from: Y, looked ahead for a share of a step
        pairs: the lowest eigenpairs of the latest network
        sketch: of the first updates, None when they are over
    """

    def __init__(
        self, *, nodes: int, rank: int, most: int, generator: np.random.Generator, sketched: bool = False
    ) -> None:
        self._most = max(1, min(most, nodes - 1))
        self._least = min(rank, self._most, LEAST_RANK)
        self._generator = generator
        self.embedding = generator.standard_normal((nodes, min(rank, self._most)))
        self.mixture = self.embedding
        self.pairs: Eigenpairs | None = None
        self.sketch = SpectrumSketch(nodes=nodes, generator=generator) if sketched else None
        self._updates = 0

    @property
    def memory(self) -> dict[str, Any]:
        """All that the next step depends on: arrays, numbers, and the state of the generator."""
        return {
            "embedding": self.embedding,
            "pairs": None if self.pairs is None else asdict(self.pairs),
            "generator": self._generator.bit_generator.state,
            "updates": self._updates,
            "sketch": None if self.sketch is None else self.sketch.memory,
        }

    @memory.setter
    def memory(self, memory: dict[str, Any]) -> None:
        self.embedding = self.mixture = memory["embedding"]
        self.pairs = None if memory["pairs"] is None else Eigenpairs(**memory["pairs"])
        self._generator.bit_generator.state = memory["generator"]
        # Checkpoints of earlier versions do not tell.
        self._updates = memory.get("updates", SETTLING)
        sketched = memory.get("sketch")
        self.sketch = None
        if sketched is not None:
            self.sketch = SpectrumSketch(nodes=len(self.embedding), generator=self._generator)
            self.sketch.memory = sketched
            self.mixture = self.sketch.mixture

    @property
    def rank(self) -> int:
        """Columns of the embedding."""
        return int(self.embedding.shape[1])

    def advance(self, laplacian: sp.csr_array, solver: LaplacianSolver, *, tolerance: float) -> Eigenpairs:
        """Take Y one step on and return the eigenpairs, the first to a relative residual of tolerance."""
        if self.sketch is not None:
            if not self.sketch.over and isinstance(solver, ConjugateGradientSolver):
                return self._sketched(laplacian, solver)
            power = SKETCHED_POWER if self.sketch.balanced else START_POWER
            self.sketch = None
            self._start(laplacian, solver, power=power)
        elif self.pairs is None:
            self._start(laplacian, solver)
        assert self.pairs is not None
        # Of a network that has come apart it is 0, or rounding.
        lowest = max(float(self.pairs.values[0]), np.finfo(float).eps * float(laplacian.diagonal().mean()))
        image = solver.solve(self.embedding, guess=self.embedding / lowest)
        left, amplitudes = principal_directions(image)
        amplitudes = np.hypot(amplitudes / amplitudes[0], LEAST_AMPLITUDE)
        self.embedding = left * (amplitudes / np.linalg.norm(amplitudes))
        block = rayleigh_ritz(laplacian, left, orthonormal=True)
        self.mixture = self._ahead(block)
        # The residual of the whole block is not needed, only that of lambda_2: a few columns are refined.
        self.pairs = lowest_eigenpairs(
            laplacian,
            solver,
            guess=block.vectors[:, :LARGEST_BLOCK],
            tolerance=tolerance,
            most_rounds=MOST_ROUNDS,
        )
        self._narrow(block)
        self._widen(block.values)
        return self.pairs

    def _ahead(self, block: Eigenpairs) -> np.ndarray:
        """Y a share of a further step of inverse iteration on, within the span of the block.

        Amplitudes add up what is out of balance and weights answer to the amplitudes: alone, such a pair
        swings for ever. A response to the present imbalance beside the accumulated one damps it, as the
        proportional part does in a controller.
        """
        floor = np.finfo(float).eps * max(float(block.values[-1]), np.finfo(float).tiny)
        gain = (max(float(block.values[0]), floor) / np.maximum(block.values, floor)) ** AHEAD
        ahead: np.ndarray = block.vectors @ (gain[:, None] * (block.vectors.T @ self.embedding))
        return ahead

    def settle(self, laplacian: sp.csr_array, solver: LaplacianSolver, *, tolerance: float) -> Eigenpairs:
        """Eigenpairs of any network, found from all that is known; Y stays as it is.

        Two random directions join in: a small residual tells that a value is an eigenvalue, not that it is
        the lowest, and they find what the block has no part of. Of a wide block the lowest directions go on.
        """
        nodes = self.embedding.shape[0]
        if nodes <= DENSE_EIGEN_NODES:
            self.pairs = dense_eigenpairs(laplacian, min(nodes - 1, LARGEST_BLOCK))
            return self.pairs
        known = self.embedding if self.sketch is None else self.mixture
        known = known / np.linalg.norm(known, axis=0)
        accurate = known[:, :0] if self.pairs is None else self.pairs.vectors
        rest, sizes, _ = np.linalg.svd(known - accurate @ (accurate.T @ known), full_matrices=False)
        guess = np.column_stack([accurate, rest[:, sizes > NEGLIGIBLE]])
        if guess.shape[1] > SETTLED:
            guess = rayleigh_ritz(laplacian, guess).vectors[:, :SETTLED]
        guess = np.column_stack([guess, self._random(SPARE)])[:, : nodes - 1]
        pairs = lowest_eigenpairs(laplacian, solver, guess=guess, tolerance=tolerance)
        if pairs.residual > tolerance:
            pairs = lanczos_eigenpairs(laplacian, solver, guess=pairs.vectors)
        self.pairs = pairs
        return pairs

    def _sketched(self, laplacian: sp.csr_array, solver: ConjugateGradientSolver) -> Eigenpairs:
        assert self.sketch is not None
        known = None if self.pairs is None else self.pairs.vectors
        self.pairs = self.sketch.advance(laplacian, solver, known=known)
        self.mixture = self.sketch.mixture
        return self.pairs

    def _start(self, laplacian: sp.csr_array, solver: LaplacianSolver, *, power: int = START_POWER) -> None:
        block = self.embedding
        if self.pairs is not None:
            block = np.column_stack([self.pairs.vectors, self.mixture, block])[:, : self.rank]
        while True:
            for _ in range(START_ITERATIONS):
                block, _ = np.linalg.qr(solver.solve(block))
            pairs = rayleigh_ritz(laplacian, block)
            floor = max(float(pairs.values[0]), np.finfo(float).tiny)
            rank = block.shape[1]
            if pairs.values[-1] > START_WIDTH * floor or rank >= self._most:
                break
            # An expander: directions that join in later, from nothing, take long to find their share.
            block = np.column_stack([pairs.vectors, self._random(min(2 * rank, self._most) - rank)])
        self.embedding = pairs.vectors * (floor / np.maximum(pairs.values, floor)) ** power
        self.pairs = pairs

    def _random(self, columns: int) -> np.ndarray:
        noise = self._generator.standard_normal((self.embedding.shape[0], columns))
        directions: np.ndarray = noise / np.linalg.norm(noise, axis=0)
        return directions

    def _narrow(self, block: Eigenpairs) -> None:
        """Leave directions out that are far from being the lowest, where they are many."""
        self._updates += 1
        if self._updates <= SETTLING:
            return
        near = int((block.values < FAR * block.values[0]).sum()) + SPARE
        if self.rank <= max(self._least, MANY * near):
            return
        kept = block.vectors[:, : max(self._least, near)]
        left, amplitudes, _ = np.linalg.svd(kept.T @ self.embedding, full_matrices=False)
        self.embedding = kept @ (left * amplitudes)

    def _widen(self, values: np.ndarray) -> None:
        """Add random directions while nearly all of the block lies within the cluster."""
        within = int((values < CLUSTER_WIDTH * values[0]).sum())
        rank = self.rank
        if within <= rank - SPARE or rank >= self._most:
            return
        added = min(self._most, rank + max(SPARE, rank // 2)) - rank
        scale = np.linalg.norm(self.embedding, axis=0).max() * LEAST_AMPLITUDE
        self.embedding = np.column_stack([self.embedding, scale * self._random(added)])
