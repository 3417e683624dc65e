"""Synchrony of Kuramoto oscillators: the order parameter over time, or in the steady state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.coupling import (
    Coupling,
    DenseCoupling,
    SparseCoupling,
    SparsePattern,
    prefers_dense,
)
from gradnet_cli.numerics.kuramoto import KuramotoField, magnitude
from gradnet_cli.numerics.locked_branch import LockedBranch
from gradnet_cli.numerics.phase_locking import LockedState, locked_state, steady_order
from gradnet_cli.numerics.trajectory import observed_means
from gradnet_cli.objectives.base import Description, Evaluation, Objective
from gradnet_cli.objectives.kuramoto_synchrony.description import describe_synchrony
from gradnet_cli.objectives.kuramoto_synchrony.frequencies import Frequencies
from gradnet_cli.objectives.kuramoto_synchrony.integration import Integration
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, integer, number

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

ARRIVED = 0.3  # radians between the phases at the horizon and the locked state that they have come to
TRACK_TIMES = 200  # at least, of the phases that are kept for the figures


class KuramotoSynchrony(Objective):
    """Maximise r = |mean of exp(i theta)| of theta_i' = omega_i + sum_j A_ij sin(theta_j - theta_i - alpha).

    A_ij is the weight of the edge from i to j: in a directed network a node follows those it points to.

    time_mean: the mean of r(t) over `times` equidistant times of [0, horizon], both ends included.
    steady: r of the phase-locked state that the network has reached from the initial phases at the horizon,
    to rounding by Newton's method; where there is none, the mean of r(t) over times of the second half of
    [0, horizon]. In training the locked state is followed as weights change; networks that do not lock are
    led to do so at first at smaller frequencies, and where the budget does not suffice with a core of the
    nodes alone, see LockedBranch.

    Both are means over replicates. The error of rk4 falls with steps^-4; describe() states that of the final
    score: its change when the steps are halved or the tolerance is 100 times smaller.

    Args:
        measure: time_mean or steady
        frequencies, low, high, deviation, column: see Frequencies
        lag: alpha [radians]
        phases: initial phases, zero or random (uniform on the circle)
        replicates: R, draws of random frequencies and phases that are scored as a batch
        times: output times P >= 2
        horizon, integrator, steps, tolerance, memory: see Integration
        solver: form of the network: dense, sparse or auto, by the share of pairs that are edges
        seed: of random frequencies and phases

    Metrics: in steady locked, the share of replicates (and noise samples) that are phase-locked, and in
    training frequency_share and core, see LockedBranch.
    """

    sense = "maximize"
    requires = ("budget",)
    smooth = True

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
        self.quantity = "order parameter r, " + ("mean over time" if measure == "time_mean" else "steady")
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
        self.times = integer(setting="objective.times", value=times, minimum=2)
        self.integration = Integration(
            horizon=horizon, integrator=integrator, steps=steps, tolerance=tolerance, memory=memory
        )
        self.solver = choice(setting="objective.solver", value=solver, choices=("auto", "dense", "sparse"))
        self.holds_dense = self.solver == "dense"
        self.seed = seed
        self._problem: Problem | None = None
        self._edges: Tensor | None = None
        self._pattern: SparsePattern | None = None
        self._branches: dict[tuple[int, int], LockedBranch] = {}
        self._first: LockedState | None = None  # the locked state of the first replicate scored last
        self._omega: np.ndarray
        self._start: np.ndarray

    def get_extra_state(self) -> dict[str, Any]:
        """The phase-locked states that are followed."""
        return {"branches": [[*key, branch.memory] for key, branch in self._branches.items()]}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Follow these states; after prepare()."""
        self._branches = {}
        for sample, which, memory in state["branches"]:
            self._branches[sample, which] = LockedBranch()
            self._branches[sample, which].memory = memory

    def prepare(self, problem: Problem) -> None:
        """Make frequencies and initial phases."""
        generator = np.random.default_rng([self.seed, 2])
        self._problem = problem
        self._branches = {}
        self._omega = self.frequencies.make(problem, replicates=self.replicates, generator=generator)
        shape = (problem.nodes, self.replicates)
        self._start = generator.uniform(-np.pi, np.pi, shape) if self.random_phases else np.zeros(shape)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), or each sample of (S, E)."""
        if self._problem is not network.problem:
            self.prepare(network.problem)
        weights, batch = network.weights, network.weights.shape[:-1]
        if self.measure == "time_mean":
            if not batch or self._takes_dense(
                nodes=network.nodes, edges=network.edges, directed=network.directed
            ):
                return Evaluation(score=self._time_mean(network, weights))
            scores = [self._time_mean(network, sample) for sample in weights.flatten(end_dim=-2)]
            return Evaluation(score=torch.stack(scores).reshape(batch))
        samples = weights.reshape(-1, weights.shape[-1])
        found = [self._steady(network, sample, number) for number, sample in enumerate(samples)]
        score = torch.stack([score for score, _ in found]).reshape(batch)
        locked = sum(share for _, share in found) / len(found)
        if not self.training:
            return Evaluation(score=score, metrics={"locked": locked})
        branches = self._branches.values()
        return Evaluation(
            score=score,
            metrics={
                "locked": locked,
                "frequency_share": float(np.mean([branch.share for branch in branches])),
                "core": float(np.mean([branch.core / network.nodes for branch in branches])),
            },
        )

    def describe(self, network: Network) -> Description:
        """Bipartiteness, assortativity, strengths and phases over time; see describe_synchrony."""
        weights, state = network.weights, None
        if self.measure == "time_mean":
            errors = [self._time_mean(network, weights, refinement=level) for level in (0, 1)]
        else:
            errors = []
            for level in (0, 1):
                errors.append(self._steady(network, weights, 0, refinement=level)[0])
            state = self._first
        field = self._field(self._coupling(network, weights), weights, slice(0, 1))
        times = np.linspace(0.0, self.integration.horizon, max(self.times, TRACK_TIMES))
        trajectory = self.integration.trajectory(
            field, self._start_of(field, slice(0, 1)), times, training=False
        )
        return describe_synchrony(
            problem=network.problem,
            weights=weights.double().cpu().numpy(),
            frequencies=self._omega,
            times=times,
            phases=trajectory.phases()[..., 0].double().cpu().numpy(),
            locked=None if state is None else state.phases.squeeze(-1).cpu().numpy(),
            lag=self.lag,
            integration_error=float((errors[0] - errors[1]).abs()),
        )

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Matrix, strengths and phases, beside what theory says."""
        from gradnet_cli.objectives.kuramoto_synchrony.figures import drawings

        return drawings(result)

    def _time_mean(self, network: Network, weights: Tensor, *, refinement: int = 0) -> Tensor:
        """The mean of r over times and replicates, (...) for weights (..., E)."""
        field = self._field(self._coupling(network, weights.detach()), weights, slice(None))
        times = np.linspace(0.0, self.integration.horizon, self.times)
        return self._mean_order(field, weights, times, slice(None), refinement)[0].mean((0, -1))

    def _steady(
        self, network: Network, weights: Tensor, sample: int, *, refinement: int = 0
    ) -> tuple[Tensor, float]:
        """Steady r of weights (E,), and the share of replicates that are locked."""
        weights = weights.double()
        coupling = self._coupling(network, weights.detach())
        make = partial(self._couple, directed=network.directed)
        how: dict[str, Any] = {"lag": self.lag, "symmetric": not network.directed and self.lag == 0.0}
        scores: list[Tensor] = []
        locked: list[bool] = []
        for which in range(self.replicates):
            replicate = slice(which, which + 1)
            if self.training:
                branch = self._branches.setdefault((sample, which), LockedBranch())
                followed = branch.score(
                    weights, network.edge_index, self._omega_of(weights, replicate), **how, make_coupling=make
                )
                if followed is not None:
                    scores.append(followed)
                    locked.append(branch.whole)
                    continue
            field = self._field(coupling, weights, replicate)
            times = np.linspace(0.5, 1.0, self.times) * self.integration.horizon
            orders, end = self._mean_order(field, weights, times, replicate, refinement)
            state = None if self.training else locked_state(field, end, **how)
            if state is not None and float(state.distance(end)) > ARRIVED:
                state = None  # Newton's method went elsewhere, and maybe to an unstable state
            locked.append(state is not None)
            scores.append(orders.mean() if state is None else steady_order(weights, field, state))
            self._first = state if which == 0 else self._first
        return torch.stack(scores).mean(), sum(locked) / len(locked)

    def _mean_order(
        self, field: KuramotoField, weights: Tensor, times: np.ndarray, replicates: slice, refinement: int
    ) -> tuple[Tensor, Tensor]:
        """r (P, ..., R) at times, and the phases (..., N, R) at the horizon."""
        start = self._start_of(field, replicates)
        start = start.expand(*weights.shape[:-1], *start.shape)
        trajectory = self.integration.trajectory(
            field, start, times, training=self.training, refinement=refinement
        )
        cosine, sine = observed_means(weights, trajectory).unbind(1)
        return magnitude(cosine, sine), trajectory.end

    def _start_of(self, field: KuramotoField, replicates: slice) -> Tensor:
        return torch.as_tensor(self._start[:, replicates]).to(field.frequencies)

    def _field(self, coupling: Coupling, weights: Tensor, replicates: slice) -> KuramotoField:
        return KuramotoField(coupling, self._omega_of(weights, replicates), lag=self.lag)

    def _omega_of(self, weights: Tensor, replicates: slice) -> Tensor:
        omega = self._omega if self._omega.shape[1] == 1 else self._omega[:, replicates]
        return torch.as_tensor(omega).to(weights)

    def _coupling(self, network: Network, weights: Tensor) -> Coupling:
        return self._couple(weights, network.edge_index, network.nodes, directed=network.directed)

    def _couple(self, weights: Tensor, edge_index: Tensor, nodes: int, *, directed: bool) -> Coupling:
        if self._takes_dense(nodes=nodes, edges=edge_index.shape[1], directed=directed):
            return DenseCoupling(weights, edge_index, nodes=nodes, directed=directed)
        if self._edges is not edge_index:
            self._edges = edge_index
            self._pattern = SparsePattern(edge_index, nodes=nodes, directed=directed)
        assert self._pattern is not None
        return SparseCoupling(weights, self._pattern)

    def _takes_dense(self, *, nodes: int, edges: int, directed: bool) -> bool:
        if self.solver == "auto":
            return prefers_dense(nodes=nodes, edges=edges, directed=directed)
        return self.solver == "dense"
