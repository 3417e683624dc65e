"""Synchrony of Kuramoto oscillators: the order parameter over time, or in the steady state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.coupling import FORMS, Coupling
from gradnet_cli.numerics.kuramoto import KuramotoField, magnitude
from gradnet_cli.numerics.locked_branch import LockedBranch
from gradnet_cli.numerics.phase_locking import LockedState, locked_state, steady_order
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.numerics.trajectory import observed_means
from gradnet_cli.objectives.base import Description, Evaluation, Objective
from gradnet_cli.objectives.kuramoto_synchrony.description import describe_synchrony
from gradnet_cli.objectives.kuramoto_synchrony.frequencies import Frequencies
from gradnet_cli.objectives.kuramoto_synchrony.integration import Integration
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.objectives.warm_start import WarmStart
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
    batched = True
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
        self.solver = choice(setting="objective.solver", value=solver, choices=FORMS)
        self.holds_dense = self.solver == "dense"
        self.seed = seed
        self._followed = WarmStart(_Branches)
        self._omega: np.ndarray | None = None
        self._start: np.ndarray | None = None

    def get_extra_state(self) -> dict[str, Any]:
        """The phase-locked states that are followed."""
        return {"branches": self._followed.memory or []}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Follow these states; after prepare()."""
        self._followed.memory = state["branches"]

    def prepare(self, problem: Problem) -> None:
        """Make frequencies and initial phases.

        Raises:
            SettingError: frequencies that do not fit the nodes
        """
        generator = np.random.default_rng([self.seed, 2])
        self._followed = WarmStart(_Branches)
        self._omega = self.frequencies.make(problem, replicates=self.replicates, generator=generator)
        shape = (problem.nodes, self.replicates)
        self._start = generator.uniform(-np.pi, np.pi, shape) if self.random_phases else np.zeros(shape)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), or each sample of (S, E)."""
        if self.measure == "time_mean":
            if network.batch and not network.topology.takes_dense(self.solver):
                return self.one_by_one(network, step)
            return Evaluation(score=self._time_mean(network))
        # One by one here, for each sample is followed by branches of its own.
        found = [self._steady(sample, number) for number, sample in enumerate(network.samples())]
        score = torch.stack([steady.score for steady in found]).reshape(network.batch)
        metrics = {"locked": sum(steady.locked for steady in found) / len(found)}
        if self.training:
            metrics |= self._followed.on(network.topology).metrics()
        return Evaluation(score=score, metrics=metrics)

    def describe(self, network: Network) -> Description:
        """Bipartiteness, assortativity, strengths and phases over time; see describe_synchrony."""
        weights, state = network.weights, None
        if self.measure == "time_mean":
            errors = [self._time_mean(network, refinement=level) for level in (0, 1)]
        else:
            found = [self._steady(network, 0, refinement=level) for level in (0, 1)]
            errors, state = [steady.score for steady in found], found[-1].first
        field = self._field(self._coupling(network), weights, slice(0, 1))
        times = np.linspace(0.0, self.integration.horizon, max(self.times, TRACK_TIMES))
        trajectory = self.integration.trajectory(
            field, self._start_of(field, slice(0, 1)), times, training=False
        )
        return describe_synchrony(
            problem=network.problem,
            weights=weights.double().cpu().numpy(),
            frequencies=prepared(self._omega),
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

    def _time_mean(self, network: Network, *, refinement: int = 0) -> Tensor:
        """The mean of r over times and replicates, (...) for weights (..., E)."""
        field = self._field(self._coupling(network), network.weights, slice(None))
        times = np.linspace(0.0, self.integration.horizon, self.times)
        return self._mean_order(field, network.weights, times, slice(None), refinement)[0].mean((0, -1))

    def _steady(self, network: Network, sample: int, *, refinement: int = 0) -> _Steady:
        """Steady r of weights (E,)."""
        network = network.with_weights(network.weights.double())
        weights, coupling = network.weights, self._coupling(network)
        symmetric = not network.directed and self.lag == 0.0
        scores: list[Tensor] = []
        locked: list[bool] = []
        first: LockedState | None = None
        for which in range(self.replicates):
            replicate = slice(which, which + 1)
            if self.training:
                branch = self._followed.on(network.topology).branch(sample, which)
                omega = self._omega_of(weights, replicate)
                followed = branch.score(weights, omega, lag=self.lag, form=self.solver)
                if followed is not None:
                    scores.append(followed)
                    locked.append(branch.whole)
                    continue
            field = self._field(coupling, weights, replicate)
            times = np.linspace(0.5, 1.0, self.times) * self.integration.horizon
            orders, end = self._mean_order(field, weights, times, replicate, refinement)
            state = None if self.training else locked_state(field, end, lag=self.lag, symmetric=symmetric)
            if state is not None and float(state.distance(end)) > ARRIVED:
                state = None  # Newton's method went elsewhere, and maybe to an unstable state
            locked.append(state is not None)
            scores.append(orders.mean() if state is None else steady_order(weights, field, state))
            first = state if which == 0 else first
        return _Steady(score=torch.stack(scores).mean(), locked=sum(locked) / len(locked), first=first)

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
        return torch.as_tensor(prepared(self._start)[:, replicates]).to(field.frequencies)

    def _field(self, coupling: Coupling, weights: Tensor, replicates: slice) -> KuramotoField:
        return KuramotoField(coupling, self._omega_of(weights, replicates), lag=self.lag)

    def _omega_of(self, weights: Tensor, replicates: slice) -> Tensor:
        omega = prepared(self._omega)
        return torch.as_tensor(omega if omega.shape[1] == 1 else omega[:, replicates]).to(weights)

    def _coupling(self, network: Network) -> Coupling:
        return network.topology.coupling(network.weights.detach(), form=self.solver)


@dataclass(frozen=True, kw_only=True)
class _Steady:
    """What the steady state of one network is.

    Attributes:
        score: r, the mean over replicates
        locked: share of the replicates that are locked
        first: the locked state of the first replicate, outside training
    """

    score: Tensor
    locked: float
    first: LockedState | None


class _Branches:
    """The locked states that are followed on one topology, one for each sample of weights and replicate."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._branches: dict[tuple[int, int], LockedBranch] = {}

    def branch(self, sample: int, replicate: int) -> LockedBranch:
        """That of a sample and a replicate, by their numbers."""
        return self._branches.setdefault((sample, replicate), LockedBranch(self._topology))

    @property
    def memory(self) -> list[list[Any]]:
        """Sample, replicate and memory of each branch."""
        return [[*key, branch.memory] for key, branch in self._branches.items()]

    @memory.setter
    def memory(self, memory: Sequence[Sequence[Any]]) -> None:
        for sample, replicate, remembered in memory:
            self.branch(sample, replicate).memory = remembered

    def metrics(self) -> dict[str, float]:
        """Means of what the branches have come to."""
        branches, nodes = self._branches.values(), self._topology.nodes
        return {
            "frequency_share": float(np.mean([branch.share for branch in branches])),
            "core": float(np.mean([branch.core / nodes for branch in branches])),
        }
