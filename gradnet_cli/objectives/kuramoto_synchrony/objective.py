"""Synchrony of Kuramoto oscillators: the order parameter over time, or in the steady state."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import NumericalError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.coupling import FORMS
from gradnet_cli.numerics.dynamics.refinement import Fineness, Found, Refined, Scored, change, refined
from gradnet_cli.numerics.pairs.pair_prices import PairPrices
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation, Limit
from gradnet_cli.objectives.kuramoto_synchrony.cores import better_start
from gradnet_cli.objectives.kuramoto_synchrony.description import describe_synchrony
from gradnet_cli.objectives.kuramoto_synchrony.frequencies import Frequencies
from gradnet_cli.objectives.kuramoto_synchrony.integration import Integration, training_tolerance
from gradnet_cli.objectives.kuramoto_synchrony.locking import Locking, locking
from gradnet_cli.objectives.kuramoto_synchrony.motion import Motion
from gradnet_cli.objectives.kuramoto_synchrony.oscillators import Oscillators
from gradnet_cli.objectives.kuramoto_synchrony.pairs import first_couplings, first_network, synchrony_prices
from gradnet_cli.objectives.kuramoto_synchrony.steady import Branches, Steady, share_of_weights, steady
from gradnet_cli.objectives.warm_start import WarmStart
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, integer

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

log = logging.getLogger(__name__)

TRACK_TIMES = 200  # at least, of the phases that are kept for the figures


class KuramotoSynchrony(Objective):
    """Maximise r = |mean of exp(i theta)| of theta_i' = omega_i + sum_j A_ij sin(theta_j - theta_i - alpha).

    A_ij is the weight of the edge from i to j: in a directed network a node follows those it points to. With
    inertia it is the swing equation of power grids, m theta_i'' + d theta_i' on the left, begun at rest: the
    phase-locked states are the same, and the ways to them are not, see gradnet_cli.numerics.dynamics.swing.

    time_mean: the mean of r(t) over `times` equidistant times of [0, horizon], both ends included.
    steady: r of the phase-locked state that the network has reached from the initial phases at the horizon,
    or is bound to reach, to rounding by Newton's method; where there is none, the mean of r(t) over times of
    the second half of [0, horizon], and describe() says so. In training the locked state is followed as
    weights change; networks that do not lock are led to do so at first at smaller frequencies, and where the
    budget does not suffice with a core of the nodes alone, see LockedBranch. That is the metric guide; what
    is recorded of such a network, and compared, is its steady r.

    Both are means over replicates. Steps follow the rates of the network, see Integration. In training r is
    accurate to 1 % of 1 - r, and to 1e-4; outside steps are halved until r stands still to 1e-8.

    Args:
        measure: time_mean or steady
        frequencies, low, high, deviation, column, scale: see Frequencies
        inertia, damping: m > 0, or None for Kuramoto's phases, and d > 0
        lag: alpha [radians]
        phases: initial phases, zero or random (uniform on the circle)
        replicates: R, draws of random frequencies and phases that are scored as a batch
        times: output times P >= 2
        horizon, integrator, steps, tolerance, memory: see Integration
        solver: form of the network: dense, sparse or auto, by the share of pairs that are edges
        seed: of random frequencies and phases

    Metrics: in steady locked, the share of replicates (and noise samples) that are phase-locked, and in
    training frequency_share and core, see LockedBranch, and guide.
    """

    sense = "maximize"
    requires = ("budget",)
    batched = True
    smooth = True
    several_optima = True
    ideal = 1.0

    def __init__(
        self,
        *,
        measure: str,
        frequencies: str | list[float],
        low: float,
        high: float,
        deviation: float,
        column: str | list[str] | None,
        scale: float,
        inertia: float | None,
        damping: float,
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
        self.times = integer(setting="objective.times", value=times, minimum=2)
        self.solver = choice(setting="objective.solver", value=solver, choices=FORMS)
        self.oscillators = Oscillators(
            frequencies=Frequencies(
                kind=frequencies, low=low, high=high, deviation=deviation, column=column, scale=scale
            ),
            phases=phases,
            replicates=replicates,
            lag=lag,
            inertia=inertia,
            damping=damping,
            integration=Integration(
                horizon=horizon, integrator=integrator, steps=steps, tolerance=tolerance, memory=memory
            ),
            form=self.solver,
            seed=seed,
        )
        self.lag, self.replicates = self.oscillators.lag, self.oscillators.replicates
        self.holds_dense = self.solver == "dense"
        self._followed = WarmStart(Branches, of_nodes=lambda memory: memory)
        self._fineness = Fineness()
        self._locking = Locking()

    def get_extra_state(self) -> dict[str, Any]:
        """The phase-locked states that are followed, and how fine steps are."""
        return {"branches": self._followed.memory or [], "fineness": self._fineness.memory}

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Go on from there; after prepare()."""
        self._followed.memory = state["branches"]
        self._fineness.memory = state["fineness"]

    def prepare(self, problem: Problem) -> None:
        """Make frequencies and initial phases.

        Raises:
            SettingError: frequencies that do not fit the nodes
        """
        self._followed = WarmStart(Branches, of_nodes=lambda memory: memory)
        self._fineness = Fineness()
        self._locking = Locking()
        self.oscillators.prepare(problem)

    @property
    def prices_pairs(self) -> bool:
        """States that are locked without a lag give a slope to any pair."""
        return self.measure == "steady" and self.lag == 0.0

    def prices(self) -> PairPrices | None:
        """(h_i - h_j) sin(theta_j - theta_i), added up over the replicates."""
        return synchrony_prices(self._followed.present)

    def first_edges(self, problem: Problem) -> tuple[np.ndarray, np.ndarray] | None:
        """The pairs that uniform frequencies are best coupled by, see first_couplings."""
        frequencies, budget = self.oscillators.frequencies_of(0)[:, 0], problem.edge_budget
        if budget is None or (problem.mask.pairs is not None and problem.mask.pairs.by_distance):
            return first_couplings(frequencies)
        return first_network(frequencies, budget=budget)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), or each sample of (S, E)."""
        if self.measure == "steady":
            # One by one here, for each sample is followed by branches of its own.
            return self._lead(network) if self.training else self._settled(network)
        if network.batch and not (self.training and network.topology.takes_dense(self.solver)):
            return self.one_by_one(network, step)
        motion = self._motion(network)
        if not self.training:
            last = self._refined(lambda level: Scored(score=self._time_mean(motion, level)), motion)
            return Evaluation(score=last.found.score, error=last.error)
        self._fineness.keep(lambda level: self._coarse(motion, level), steps=motion.steps)
        return Evaluation(score=self._time_mean(motion, self._fineness.level))

    def judge(self, network: Network, step: int) -> Evaluation:
        """Steady r of networks that training has led by another score."""
        found = [self._steady(sample, 0, judging=True) for sample in network.samples()]
        score = torch.stack([each.score for each in found]).reshape(network.batch)
        return Evaluation(
            score=score,
            metrics={"locked": sum(each.locked for each in found) / len(found)},
            limited=all(each.confined for each in found),
        )

    def limit(self, problem: Problem) -> Limit:
        """A bound on steady r, and a warning where no network locks; see locking."""
        if self.measure != "steady":
            return Limit(reason="there is one with measure=steady alone")
        self._locking = locking(problem, self.oscillators.frequencies, lag=self.lag)
        if self._locking.hopeless:
            log.warning("%s: a core of the nodes is the best there is", self._locking.limit.reason)
        return self._locking.limit

    def start(self, problem: Problem, uniform: np.ndarray) -> np.ndarray | None:
        """The network that dissipates least, with a little on all edges; one of a core if that unlocks."""
        start, even, omega = self._locking.start, self._locking.even, self._locking.omega
        whole = None if start is None else (1 - even) * start + even * uniform
        if omega is None:
            return whole
        topology = Topology(edge_index=torch.as_tensor(problem.edge_index), nodes=problem.nodes)

        def judge(weights: np.ndarray) -> tuple[float, float]:
            network = Network(weights=torch.as_tensor(weights), topology=topology, problem=problem)
            try:
                found = self._steady(network, 0, judging=True)
            except NumericalError:  # what cannot be integrated is nothing to begin with
                return 0.0, -np.inf
            return found.locked, float(found.score)

        weights, core = better_start(problem, omega, whole=whole, uniform=uniform, judge=judge)
        if core is not None:
            self._followed = WarmStart(lambda on: Branches(on, core=core), of_nodes=lambda memory: memory)
        return weights

    def describe(self, network: Network) -> Description:
        """Bipartiteness, assortativity, strengths and phases over time; see describe_synchrony."""
        motion = self._motion(network)
        settled: Steady | None = None
        if self.measure == "steady":
            settled = self._refined(lambda level: self._steady(network, level), motion).found
        symmetric = not network.directed and self.lag == 0.0
        times = np.linspace(0.0, self.oscillators.integration.horizon, max(self.times, TRACK_TIMES))
        return describe_synchrony(
            problem=network.problem,
            weights=network.weights.double().cpu().numpy(),
            frequencies=self.oscillators.frequencies,
            times=times,
            phases=motion.phases(times),
            settled=settled,
            replicates=self.replicates,
            lag=self.lag,
            locking=self._locking,
            share=share_of_weights(settled, motion) if settled is not None and symmetric else None,
        )

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Matrix, strengths and phases, beside what theory says."""
        from gradnet_cli.objectives.kuramoto_synchrony.figures import drawings

        return drawings(result)

    def _time_mean(self, motion: Motion, level: int) -> Tensor:
        """The mean of r over times and replicates, (...) for weights (..., E)."""
        times = np.linspace(0.0, self.oscillators.integration.horizon, self.times)
        return motion.orders(times, slice(None), level=level)[0].mean((0, -1))

    def _lead(self, network: Network) -> Evaluation:
        """The scores of branches that are followed; they are steady r where all of them are whole."""
        branches = self._followed.on(network.topology)
        scores, whole, locked = [], [], []
        for place, sample in enumerate(network.samples()):
            weights = sample.weights.double()
            for which in range(self.replicates):
                branch = branches.branch(place, which)
                omega = torch.as_tensor(self.oscillators.frequencies_of(which)).to(weights)
                followed = branch.score(weights, omega, lag=self.lag, form=self.solver)
                if followed is None:  # not even slow oscillators lock
                    motion = self._motion(sample.with_weights(weights))
                    followed = motion.orders(self._late(), slice(which, which + 1), level=0)[0].mean()
                scores.append(followed)
                whole.append(branch.whole)
                locked.append(branch.locked)
        score = torch.stack(scores).reshape(*network.batch, self.replicates).mean(-1)
        led = {} if all(whole) else {"guide": float(score.detach().mean())}
        return Evaluation(
            score=score,
            metrics={"locked": sum(locked) / len(locked), **branches.metrics(), **led},
            provisional=not all(whole),
            limited=branches.confined,
        )

    def _settled(self, network: Network) -> Evaluation:
        """Steady r to the accuracy that is promised, and the share of replicates that are locked."""
        found = []
        for sample in network.samples():
            motion = self._motion(sample)
            found.append(self._refined(lambda level, sample=sample: self._steady(sample, level), motion))  # type: ignore[misc]
        return Evaluation(
            score=torch.stack([each.found.score for each in found]).reshape(network.batch),
            metrics={"locked": sum(each.found.locked for each in found) / len(found)},
            error=max(each.error for each in found),
            limited=all(each.found.confined for each in found),
        )

    def _steady(self, network: Network, level: int, *, judging: bool = False) -> Steady:
        """Steady r of weights (E,)."""
        network = network.with_weights(network.weights.double())
        motion = self._motion(network, judging=judging)
        return steady(
            network.weights,
            motion,
            replicates=self.replicates,
            times=self._late(),
            lag=self.lag,
            symmetric=not network.directed and self.lag == 0.0,
            level=level,
        )

    def _refined(self, integrate: Callable[[int], Found], motion: Motion) -> Refined[Found]:
        return refined(integrate, tolerance=self.accuracy, levels=motion.levels)

    def _coarse(self, motion: Motion, level: int) -> bool:
        """Whether twice the steps give another r, by more than training bears."""
        coarse, fine = (self._time_mean(motion, each) for each in (level, level + 1))
        return change(coarse, fine) > training_tolerance(float(fine.mean()))

    def _late(self) -> np.ndarray:
        return np.linspace(0.5, 1.0, self.times) * self.oscillators.integration.horizon

    def _motion(self, network: Network, *, judging: bool = False) -> Motion:
        return self.oscillators.motion(network, training=self.training, judging=judging)
