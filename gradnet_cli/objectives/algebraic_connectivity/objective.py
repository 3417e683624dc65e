"""Algebraic connectivity: the second smallest eigenvalue of the graph Laplacian."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
import torch

from gradnet_cli.model.network import Network
from gradnet_cli.numerics.exchanges import Exchanges, PossibleExchanges
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers import SOLVERS, LaplacianSolver, LaplacianSolverFactory
from gradnet_cli.numerics.pairs.pair_prices import PairPrices, SquaredDistances
from gradnet_cli.numerics.spectra.barrier import lowering_exchange
from gradnet_cli.numerics.spectra.best_exchanges import best_exchanges
from gradnet_cli.numerics.spectra.eigencluster import EigenCluster
from gradnet_cli.numerics.spectra.eigenpairs import DENSE_EIGEN_NODES, Eigenpairs, dense_eigenpairs
from gradnet_cli.numerics.spectra.exchanged_eigenvalues import ExchangedEigenvalues
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.numerics.threads import single_threaded
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.algebraic_connectivity.optima import known_optimum
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation, Optimum
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, integer, number, optional

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

# Eigenvalues this close to lambda_2 are taken as equal to it when the exact gradient is asked for.
MULTIPLE = 1e-9
# On a complete graph the cluster is the whole spectrum, and half of it proves little.
BLOCK_NUMBERS = 2 * 10**6
CLUSTER, MOST_TANGENTS = 1.2, 8  # eigenvalues up to this factor of lambda_2 have tangents, so many at most
DENSE_SHARE = 0.05  # of N^2; with more edges all distances are found by one product of matrices
# Eigenvectors kept at first, by solver. Where graphs have no small separators, which is why their systems are
# not factorised, clusters are large, and directions that join in later take long to find their share.
RANKS, WIDE = {"factorised": 4, "dense": 4}, 256
COMPRESSED = 16  # eigenvectors that exchanges of edges are judged by
EXCHANGED_NODES = 2 * DENSE_EIGEN_NODES  # up to which all exchanges are judged by the whole spectrum
SMALL = 40  # nodes, up to which all eigenvectors are kept: they cost nothing, and none joins in late
FINAL_TOLERANCE = 1e-4  # relative residual outside training; the eigenvalue's error is of its square


class AlgebraicConnectivity(Objective):
    """Maximise lambda_2(L), L = D - A, for an undirected network with weights >= 0 (Fiedler 1973).

    lambda_2 = min of sum_e w_e (v_i - v_j)^2 over unit vectors v orthogonal to 1: a minimum of linear
    functions, hence concave and homogeneous in the weights. Any unit matrix Y (N, r) with centred columns
    gives

        lambda_2(w') <= <g, w'> for every w' >= 0,  g_e = norm(y_i - y_j)^2,

    because each column's share is a Rayleigh quotient of L(w'), which is never below lambda_2(w'). No
    eigenvector need be exact for that: g is a valid slope for bounds whatever the solver's error. In training
    mode Y is the embedding of gradnet_cli.numerics.spectra.eigencluster, a mixture of the eigenvectors next
    to lambda_2, because at the optimum lambda_2 is multiple and the gradient of one eigenvector leads
    nowhere. In evaluation mode the gradient is that of the eigenvalue itself. Either costs O(E r).

    Args:
        solver: of Laplacian systems, one of auto, dense, factorised, multigrid, conjugate_gradient
        tolerance: relative residual of the eigenvector while training; outside training it is 1e-4
        rank: eigenvectors kept at first, >= 2, or None for few on graphs with small separators and many on
            others; the block grows and shrinks with the cluster of lambda_2
        most: the largest block, or None for 64 and, on small networks, for as many as 2 10^6 numbers hold
        seed: of the random start vectors

    Metrics: lambda_3 (the next eigenvalue), residual (of lambda_2's vector), rank.
    """

    sense = "maximize"
    requires = ("undirected", "connected", "nonnegative", "budget")
    quantity = "algebraic connectivity λ₂"
    concave = True
    homogeneous = True
    monotone = "increasing"

    def __init__(
        self, *, solver: str, tolerance: float, rank: int | None, most: int | None, seed: int = 0
    ) -> None:
        super().__init__()
        self.solver = choice(setting="objective.solver", value=solver, choices=SOLVERS)
        self.holds_dense = self.solver == "dense"
        self.tolerance = number(setting="objective.tolerance", value=tolerance, above=0, maximum=1)
        self.rank = optional(integer, setting="objective.rank", value=rank, minimum=2)
        if most is not None:
            integer(setting="objective.most", value=most, minimum=self.rank or 2)
        self.most = most
        self.seed = seed
        self._spectrum = WarmStart(self._begin, of_nodes=lambda memory: {**memory, "solver": None})
        self._mixture: np.ndarray | None = None
        self._sketched = False

    def get_extra_state(self) -> dict[str, Any]:
        """The warm starts."""
        return self._spectrum.memory or {}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Begin with these warm starts at the next network."""
        self._spectrum.memory = state or None

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score lambda_2 of weights (E,)."""
        weights = network.weights
        spectrum = self._spectrum.on(network.topology)
        with single_threaded():
            pairs, mixture = self._pairs(spectrum, numbers_of(weights))
            slope = edge_slopes(mixture, network.topology.laplacian)
        if self.training:
            self._mixture = mixture
        metrics = {"residual": pairs.residual, "rank": float(spectrum.cluster.rank)}
        if len(pairs.values) > 1:
            metrics["lambda_3"] = float(pairs.values[1])
        value = float(pairs.values[0])
        score = with_gradient(weights, value=value, slope=slope)
        # Within the norm of the residual of every approximate eigenvalue lies a true one.
        rough = pairs.residual > (self.tolerance if self.training else FINAL_TOLERANCE)
        return Evaluation(score=score, metrics=metrics, error=pairs.residual * value if rough else None)

    def tangents(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """Those of the eigenvectors next to lambda_2: each bounds it, and kinks have several."""
        spectrum = self._spectrum.on(network.topology)
        with single_threaded():
            pairs = spectrum.settle(numbers_of(network.weights))
            near = pairs.values <= CLUSTER * abs(pairs.values[0])
            vectors = pairs.vectors[:, near][:, :MOST_TANGENTS]
            slopes = [edge_slopes(vector[:, None], network.topology.laplacian) for vector in vectors.T]
        return np.zeros(len(slopes)), np.stack(slopes)

    @property
    def prices_pairs(self) -> bool:
        """The embedding gives a slope to any pair."""
        return True

    def prices(self) -> PairPrices | None:
        """norm(y_i - y_j)^2 / norm(Y)^2."""
        return None if self._mixture is None else SquaredDistances(unit_embedding(self._mixture))

    def exchanged_limits(
        self, network: Network, out: np.ndarray, new: np.ndarray, sizes: np.ndarray
    ) -> np.ndarray | None:
        """The least Rayleigh quotient within the space of the eigenvectors next to lambda_2."""
        spectrum = self._spectrum.on(network.topology)
        with single_threaded():
            pairs = spectrum.settle(numbers_of(network.weights))
            values, vectors = pairs.values[:COMPRESSED], pairs.vectors[:, :COMPRESSED]
            return exchanged_values(values, vectors, network.problem.edge_index, out, new, sizes)

    def best_exchanges(self, network: Network, possible: PossibleExchanges) -> Exchanges | None:
        """By the inertia of what an exchange changes, where the whole spectrum is soon found."""
        nodes, pattern = network.topology.nodes, network.topology.laplacian
        if nodes > EXCHANGED_NODES:
            return None
        with single_threaded():
            pairs = dense_eigenpairs(pattern.assemble(numbers_of(network.weights)), nodes - 1)
            eigenvalues = ExchangedEigenvalues(
                values=pairs.values,
                vectors=pairs.vectors,
                edge_index=pattern.edge_index,
                sizes=possible.sizes,
            )
            return best_exchanges(eigenvalues, possible)

    def smooth_exchange(
        self, network: Network, possible: PossibleExchanges, *, level: float
    ) -> Exchanges | None:
        """By a barrier below lambda_2, which all eigenvalues next to it are kept off."""
        pattern = network.topology.laplacian
        if pattern.nodes > EXCHANGED_NODES:
            return None
        with single_threaded():
            laplacian = pattern.assemble(numbers_of(network.weights)).toarray()
            return lowering_exchange(laplacian, level, pattern.edge_index, possible)

    def exponents(self) -> Callable[[], float]:
        """Slopes of a sketch answer to weights far more than those of the cluster do."""
        self._sketched = True

        def exponent() -> float:
            sketch = None if (spectrum := self._spectrum.present) is None else spectrum.cluster.sketch
            return self.power if sketch is None else sketch.exponent

        return exponent

    def idle(self, problem: Problem) -> Mapping[str, str]:
        """On small networks no block of eigenvectors has to grow."""
        return {"rank": f"up to {SMALL} nodes all eigenvectors are kept"} if problem.nodes <= SMALL else {}

    def optimum(self, problem: Problem) -> Optimum | None:
        """That of trees, and of complete masks whose costs are squared distances of some points."""
        return known_optimum(problem)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """The profile of a grid beside its optimum."""
        from gradnet_cli.objectives.algebraic_connectivity.figures import drawings

        return drawings(result)

    def _pairs(self, spectrum: _Spectrum, weights: np.ndarray) -> tuple[Eigenpairs, np.ndarray]:
        """The lowest eigenpairs, and the mixture Y (N, r) that the gradient is taken from."""
        if self.training:
            pairs = spectrum.advance(weights, tolerance=self.tolerance)
            return pairs, spectrum.cluster.mixture
        pairs = spectrum.settle(weights)
        equal = pairs.values <= pairs.values[0] + MULTIPLE * abs(pairs.values[0])
        return pairs, pairs.vectors[:, equal] / np.sqrt(equal.sum())

    def _begin(self, topology: Topology) -> _Spectrum:
        nodes = topology.nodes
        solvers = LaplacianSolverFactory(kind=self.solver, pattern=topology.laplacian)
        cluster = EigenCluster(
            nodes=nodes,
            rank=nodes - 1 if nodes <= SMALL else self.rank or RANKS.get(solvers.kind, WIDE),
            most=self.most or max(64, BLOCK_NUMBERS // nodes),
            generator=np.random.default_rng(self.seed),
            sketched=self._sketched
            and self.rank is None
            and nodes > DENSE_EIGEN_NODES
            and solvers.kind not in RANKS,
        )
        return _Spectrum(topology.laplacian, solvers, cluster)


class _Spectrum:
    """The lower end of the spectrum, followed from one network to the next on the same edges."""

    def __init__(
        self, pattern: LaplacianPattern, solvers: LaplacianSolverFactory, cluster: EigenCluster
    ) -> None:
        self.cluster = cluster
        self._pattern = pattern
        self._solvers = solvers
        self._final: tuple[sp.csr_array, Eigenpairs] | None = None
        self._latest: tuple[np.ndarray, sp.csr_array, LaplacianSolver] | None = None

    @property
    def memory(self) -> dict[str, Any]:
        """All that the next eigenpairs depend on."""
        return {"cluster": self.cluster.memory, "solver": self._solvers.memory}

    @memory.setter
    def memory(self, memory: Mapping[str, Any]) -> None:
        self.cluster.memory = memory["cluster"]
        if memory["solver"] is not None:
            self._solvers.memory = memory["solver"]

    def advance(self, weights: np.ndarray, *, tolerance: float) -> Eigenpairs:
        """Eigenpairs in training, which take the cluster one step on."""
        return self.cluster.advance(*self._system(weights), tolerance=tolerance)

    def settle(self, weights: np.ndarray) -> Eigenpairs:
        """Eigenpairs as they are told of a final network."""
        laplacian, solver = self._system(weights)
        if self._final is None or self._final[0] is not laplacian:
            pairs = self.cluster.settle(laplacian, solver, tolerance=FINAL_TOLERANCE)
            self._final = (laplacian, pairs)
        return self._final[1]

    def _system(self, weights: np.ndarray) -> tuple[sp.csr_array, LaplacianSolver]:
        # The best network is scored again at a tight tolerance, often right after it was scored for training.
        if self._latest is None or not np.array_equal(weights, self._latest[0]):
            self._latest = None  # dropped first: two factorisations need twice the memory
            laplacian = self._pattern.assemble(weights)
            self._latest = (weights.copy(), laplacian, self._solvers(laplacian))
        return self._latest[1:]


def numbers_of(weights: torch.Tensor) -> np.ndarray:
    """The same as NumPy has them."""
    numbers: np.ndarray = weights.detach().to("cpu", torch.float64).numpy()
    return numbers


def exchanged_values(
    values: np.ndarray,
    vectors: np.ndarray,
    edge_index: np.ndarray,
    out: np.ndarray,
    new: np.ndarray,
    sizes: np.ndarray,
) -> np.ndarray:
    """The lowest eigenvalue (M,) of V^T L V for each exchange of edges, V (N, r) eigenvectors of L before."""

    def change(edges: np.ndarray) -> np.ndarray:
        tension = vectors[edge_index[0, edges]] - vectors[edge_index[1, edges]]
        size = np.where(edges < 0, 0.0, sizes[edges])
        changed: np.ndarray = size[:, None, None] * tension[:, :, None] * tension[:, None, :]
        return changed

    compressed = np.diag(values) + change(new) - change(out)
    lowest: np.ndarray = np.linalg.eigvalsh(compressed)[:, 0]
    return lowest


def edge_slopes(embedding: np.ndarray, pattern: LaplacianPattern) -> np.ndarray:
    """norm(y_i - y_j)^2 / norm(Y)^2 of every edge e = (i, j), (E,), with Y (N, r) centred first."""
    unit = unit_embedding(embedding)
    if len(pattern.source) > DENSE_SHARE * pattern.nodes**2:
        gram = unit @ unit.T
        squares = gram.diagonal()
        distances = squares[pattern.source] + squares[pattern.target]
        distances -= 2 * gram[pattern.source, pattern.target]
        dense: np.ndarray = np.maximum(distances, 0.0)
        return dense
    slope = np.zeros(len(pattern.source))
    for column in np.ascontiguousarray(unit.T):  # one at a time: (E, r) would be the largest array of a run
        slope += (column[pattern.source] - column[pattern.target]) ** 2
    return slope


def unit_embedding(embedding: np.ndarray) -> np.ndarray:
    """Y (N, r) with centred columns and norm 1."""
    centred: np.ndarray = embedding - embedding.mean(axis=0)
    unit: np.ndarray = centred / np.linalg.norm(centred)
    return unit
