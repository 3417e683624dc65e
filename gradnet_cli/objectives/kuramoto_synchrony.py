"""Synchrony of Kuramoto oscillators: the order parameter over time, or in the steady state."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.network import Network
from gradnet_cli.numerics.coupling import (
    Coupling,
    DenseCoupling,
    SparseCoupling,
    SparsePattern,
    prefers_dense,
)
from gradnet_cli.numerics.kuramoto import KuramotoField, magnitude
from gradnet_cli.numerics.phase_locking import locked_state, steady_order
from gradnet_cli.numerics.runge_kutta import DORMAND_PRINCE, RK4, adaptive_mesh
from gradnet_cli.numerics.trajectory import Trajectory, keeps_all, observed_means
from gradnet_cli.objectives._frequencies import Frequencies
from gradnet_cli.objectives._synchrony_description import describe_synchrony
from gradnet_cli.objectives.base import Description, Evaluation, Objective
from gradnet_cli.problem import Problem
from gradnet_cli.values import choice, integer, number

CONFIRMED = 1e-2  # tolerance outside training, relative to that of training


class KuramotoSynchrony(Objective):
    """Maximise r = abs(mean of exp(i theta)) of theta_i' = omega_i + sum_j A_ij sin(theta_j - theta_i - alpha).

    A_ij is the weight of the edge from i to j: in a directed network a node follows those it points to.

    time_mean: the mean of r(t) over `times` equidistant times of [0, horizon], both ends included.
    steady: r of the phase-locked state that the network has reached from the initial phases at the horizon,
    to rounding by Newton's method (in training, from the last locked state); where there is none, the mean
    of r(t) over times of the second half of [0, horizon].

    Both are means over replicates. The error of rk4 falls with steps^-4; describe() states that of the final
    score, its change when the steps are halved or the tolerance is 100 times smaller.

    Arguments:
        measure: time_mean or steady
        frequencies, low, high, deviation, column: see Frequencies
        lag: alpha [radians]
        phases: initial phases, zero or random (uniform on the circle)
        replicates: R, draws of random frequencies and phases that are scored as a batch
        horizon: T > 0 [units of time]
        times: output times P >= 2
        integrator: rk4 with equal `steps`, or adaptive with the error of each step within `tolerance`
        memory: of the gradient: store all stages, checkpoint (memory does not grow with the horizon), or
            auto, store where it needs less than half a GiB
        solver: form of the network: dense, sparse or auto, by the share of pairs that are edges
        seed: of random frequencies and phases

    Metrics: locked, in steady: the share of replicates (and noise samples) that are phase-locked.
    """

    sense = "maximize"

    def __init__(
        self,
        *,
        measure: str,
        frequencies: str | list[float],
        low: float,
        high: float,
        deviation: float,
        column: str | None,
        lag: float,
        phases: str,
        replicates: int,
        horizon: float,
        times: int,
        integrator: str,
        steps: int,
        tolerance: float,
        memory: str,
        solver: str,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.measure = choice(setting="objective.measure", value=measure, choices=("time_mean", "steady"))
        self.frequencies = Frequencies(
            kind=frequencies, low=low, high=high, deviation=deviation, column=column
        )
        self.lag = number(setting="objective.lag", value=lag)
        self.random_phases = (
            choice(setting="objective.phases", value=phases, choices=("zero", "random")) == "random"
        )
        self.replicates = integer(setting="objective.replicates", value=replicates, minimum=1)
        if self.replicates > 1 and not (self.random_phases or self.frequencies.random):
            raise SettingError(
                setting="objective.replicates",
                value=replicates,
                allowed="must be 1 where neither frequencies nor phases are random: all replicates are alike",
            )
        self.horizon = number(setting="objective.horizon", value=horizon, above=0)
        self.times = integer(setting="objective.times", value=times, minimum=2)
        self.integrator = choice(
            setting="objective.integrator", value=integrator, choices=("rk4", "adaptive")
        )
        self.steps = integer(setting="objective.steps", value=steps, minimum=1)
        self.tolerance = number(setting="objective.tolerance", value=tolerance, above=0, maximum=1)
        self.memory = choice(
            setting="objective.memory", value=memory, choices=("auto", "store", "checkpoint")
        )
        self.solver = choice(setting="objective.solver", value=solver, choices=("auto", "dense", "sparse"))
        self.seed = seed
        self._problem: Problem | None = None
        self._edges: Tensor | None = None
        self._pattern: SparsePattern | None = None
        self._locked: dict[int, Tensor] = {}
        self._omega: np.ndarray
        self._start: np.ndarray

    def prepare(self, problem: Problem) -> None:
        """Make frequencies and initial phases."""
        generator = np.random.default_rng([self.seed, 2])
        self._problem = problem
        self._omega = self.frequencies.make(problem, replicates=self.replicates, generator=generator)
        shape = (problem.nodes, self.replicates)
        self._start = generator.uniform(-np.pi, np.pi, shape) if self.random_phases else np.zeros(shape)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), or each sample of (S, E)."""
        if self._problem is not network.problem:
            self.prepare(network.problem)
        weights, batch = network.weights, network.weights.shape[:-1]
        samples = list(weights.flatten(end_dim=-2)) if batch and not self._takes_batch(network) else [weights]
        found = [self._evaluate(network, sample, number) for number, sample in enumerate(samples)]
        score = found[0][0] if len(found) == 1 else torch.stack([score for score, _ in found])
        metrics = (
            {"locked": sum(share for _, share in found) / len(found)} if self.measure == "steady" else {}
        )
        return Evaluation(score=score.reshape(batch), metrics=metrics)

    def describe(self, network: Network) -> Description:
        """Bipartiteness, assortativity, strengths and phases over time; see describe_synchrony."""
        coupling = self._coupling(network, network.weights)
        score = self._evaluate(network, network.weights, 0)[0]
        finer = self._evaluate(network, network.weights, 0, refinement=2)[0]
        field = self._field(coupling, network.weights, slice(None))
        times = np.linspace(0.0, self.horizon, max(self.times, 200))
        trajectory = self._trajectory(field, times, slice(None), batch=(), keep=False)
        locked = {number: phases for number, phases in self._locked.items() if self.measure == "steady"}
        return describe_synchrony(
            problem=network.problem,
            weights=network.weights.double().cpu().numpy(),
            frequencies=self._omega,
            times=times,
            phases=trajectory.phases()[..., 0].double().cpu().numpy(),
            locked=locked[0].squeeze(-1).double().cpu().numpy() if 0 in locked else None,
            lag=self.lag,
            integration_error=float((score - finer).abs()),
        )

    def _evaluate(
        self, network: Network, weights: Tensor, sample: int, *, refinement: int = 1
    ) -> tuple[Tensor, float]:
        """Score (...) of weights (..., E), and the share of locked replicates."""
        coupling = self._coupling(network, weights.detach())
        if self.measure == "time_mean":
            times = np.linspace(0.0, self.horizon, self.times)
            return self._mean_order(coupling, weights, times, slice(None), refinement)[0].mean(-1), 0.0
        scores, locked = [], 0
        symmetric = not network.directed and self.lag == 0.0
        for replicate in range(self.replicates):
            key = sample * self.replicates + replicate
            column = slice(replicate, replicate + 1)
            field = self._field(coupling, weights, column)
            state = None
            if self.training and key in self._locked:
                state = locked_state(field, self._locked[key].to(weights), lag=self.lag, symmetric=symmetric)
            if state is None:
                times = np.linspace(0.5 * self.horizon, self.horizon, self.times)
                score, end = self._mean_order(coupling, weights, times, column, refinement)
                state = locked_state(field, end, lag=self.lag, symmetric=symmetric)
            self._locked.pop(key, None)
            if state is not None:
                self._locked[key] = state.phases
                score, locked = steady_order(weights, field, state), locked + 1
            scores.append(score.reshape(()))
        return torch.stack(scores).mean(), locked / self.replicates

    def _mean_order(
        self, coupling: Coupling, weights: Tensor, times: np.ndarray, replicates: slice, refinement: int
    ) -> tuple[Tensor, Tensor]:
        """The mean of r over times (..., R), and the phases (..., N, R) at the horizon."""
        field = self._field(coupling, weights, replicates)
        trajectory = self._trajectory(
            field, times, replicates, batch=weights.shape[:-1], keep=None, refinement=refinement
        )
        cosine, sine = observed_means(weights, trajectory).unbind(1)
        return magnitude(cosine, sine).mean(0), trajectory.end

    def _trajectory(
        self,
        field: KuramotoField,
        times: np.ndarray,
        replicates: slice,
        *,
        batch: tuple[int, ...],
        keep: bool | None,
        refinement: int = 1,
    ) -> Trajectory:
        start = torch.as_tensor(self._start[:, replicates]).to(field.frequencies)
        start = start.expand(*batch, *start.shape)
        tableau = RK4 if self.integrator == "rk4" else DORMAND_PRINCE
        if self.integrator == "rk4":
            mesh = np.linspace(0.0, self.horizon, self.steps * refinement + 1)
        else:
            tolerance = self.tolerance if self.training else max(1e-12, self.tolerance * CONFIRMED)
            mesh = adaptive_mesh(
                lambda y: field.value(y)[0],
                start,
                horizon=self.horizon,
                tolerance=tolerance if refinement == 1 else max(1e-13, tolerance * CONFIRMED),
            )
        if keep is None:
            fits = keeps_all(steps=len(mesh) - 1, tableau=tableau, start=start)
            keep = torch.is_grad_enabled() and (self.memory == "store" or (self.memory == "auto" and fits))
        return Trajectory(field, start, mesh=mesh, times=times, tableau=tableau, keep=keep)

    def _field(self, coupling: Coupling, weights: Tensor, replicates: slice) -> KuramotoField:
        omega = self._omega if self._omega.shape[1] == 1 else self._omega[:, replicates]
        return KuramotoField(coupling, torch.as_tensor(omega).to(weights), lag=self.lag)

    def _coupling(self, network: Network, weights: Tensor) -> Coupling:
        if self._takes_dense(network):
            return DenseCoupling(weights, network.edge_index, nodes=network.nodes, directed=network.directed)
        if self._edges is not network.edge_index:
            self._edges = network.edge_index
            self._pattern = SparsePattern(network.edge_index, nodes=network.nodes, directed=network.directed)
        assert self._pattern is not None
        return SparseCoupling(weights, self._pattern)

    def _takes_dense(self, network: Network) -> bool:
        if self.solver == "auto":
            return prefers_dense(nodes=network.nodes, edges=network.edges, directed=network.directed)
        return self.solver == "dense"

    def _takes_batch(self, network: Network) -> bool:
        return self.measure == "time_mean" and self._takes_dense(network)
