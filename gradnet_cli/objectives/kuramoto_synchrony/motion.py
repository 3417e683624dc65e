"""Oscillators on a network: their order over time, from the initial phases."""

from __future__ import annotations

import logging
import math

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import NumericalError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.dynamics.accurate_phases import MOST_NODES, accurate_phases
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, magnitude
from gradnet_cli.numerics.dynamics.stiffness import fastest_rate
from gradnet_cli.numerics.dynamics.swing import Swing, SwingField
from gradnet_cli.numerics.dynamics.trajectory import observed_means
from gradnet_cli.objectives.kuramoto_synchrony.integration import Integration, Pace

log = logging.getLogger(__name__)

ALWAYS_UP_TO = (
    500  # nodes, for which a method that chooses steps and order is faster where no gradient is wanted
)
STIFF_ABOVE = 4000  # horizon times largest rate, from which it is for more
# An implicit step takes as long as so many explicit ones up to so many nodes, and then systems rule.
IMPLICIT_COST, IMPLICIT_NODES = 5.0, 100
TOLERANCES = (1e-8, 1e-10, 1e-12)  # relative, of the levels
JUDGING_TOLERANCE = 1e-5  # relative, where no gradient is wanted in training


class Motion:
    """All replicates on one network (E,), or on a batch of networks (..., E).

    Args:
        frequencies: omega (N, R), or (N, 1) for all replicates
        start: phases (N, R)
        lag: alpha [radians]
        form: of the adjacency, one of gradnet_cli.numerics.coupling.FORMS
        training: integrate as in training
        judging: no gradient is wanted, in training
        swing: inertia and damping, or None without inertia
    """

    def __init__(
        self,
        network: Network,
        *,
        frequencies: np.ndarray,
        start: np.ndarray,
        lag: float,
        form: str,
        integration: Integration,
        training: bool,
        judging: bool = False,
        swing: Swing | None = None,
    ) -> None:
        weights = network.weights
        self._weights = weights
        self._edge_index = network.edge_index
        self._omega = torch.as_tensor(frequencies).to(weights)
        self._start = torch.as_tensor(start).to(weights)
        self._lag = lag
        self._integration = integration
        self._swing = swing
        self._training = training
        self._judging = judging and weights.dim() == 1 and network.nodes <= MOST_NODES
        self._coupling = network.topology.coupling(weights.detach(), form=form)
        enough = (1 if training else 2) * integration.rate_for_least if swing is None else 0.0
        rate = fastest_rate(network.topology, weights, form=form, enough=enough)
        spread = float(np.ptp(frequencies, axis=0).max())
        if swing is not None:
            rate, spread = swing.fastest(rate), swing.speed(spread, time=integration.horizon)
        self._pace = Pace(rate=rate, spread=spread)

    @property
    def steps(self) -> int:
        """Of Runge-Kutta at level 0."""
        if self._implicit:
            return len(self._integration.implicit_mesh(self._pace)) - 1
        return self._integration.steps(self._pace, training=self._training)

    @property
    def levels(self) -> int:
        """How many there are, each more accurate than the one before."""
        if self._without_gradient:
            return len(TOLERANCES)
        return self._integration.levels(self._pace)

    def field(self, replicates: slice = slice(None)) -> KuramotoField:
        """Their velocities, or, with inertia, what acts on them: constant in a phase-locked state."""
        return KuramotoField(self._coupling, self._frequencies(replicates), lag=self._lag)

    @property
    def gradient_flow(self) -> bool:
        """Whether phases go down a potential, where the network is symmetric and has no lag."""
        return self._swing is None

    def start(self, replicates: slice) -> Tensor:
        """Initial phases (N, R)."""
        return self._start[:, replicates]

    def cohesive(self, phases: Tensor) -> bool:
        """Whether the ends of every edge with weight differ by less than a right angle at phases (N, 1)."""
        source, target = self._edge_index[:, self._weights.detach() != 0]
        return bool(((phases[target] - phases[source]).cos() > 0).all())

    def orders(self, times: np.ndarray, replicates: slice, *, level: int) -> tuple[Tensor, Tensor]:
        """r (P, ..., R) at times, differentiable in the weights, and the phases (..., N, R) at the last.

        Raises:
            NumericalError: the network is too fast for any method that is at hand
        """
        if self._without_gradient:
            phases = self._accurate_phases(times, replicates, level=level)
            return magnitude(phases.cos().mean(-2), phases.sin().mean(-2)), phases[-1]
        if self._implicit:
            try:
                return self._observed(times, replicates, level=level, implicit=True)
            except NumericalError:
                log.info("implicit steps failed, and explicit ones are taken", exc_info=True)
        return self._observed(times, replicates, level=level, implicit=False)

    def phases(self, times: np.ndarray) -> np.ndarray:
        """Phases (P, N) of the first replicate, unwrapped."""
        first = slice(0, 1)
        if self._without_gradient:
            found = self._accurate_phases(times, first, level=1)
        else:
            found = self._integration.trajectory(
                self._dynamics(first),
                self._start[:, first],
                times,
                pace=self._pace,
                training=self._training,
                level=1,
            ).phases()
        phases: np.ndarray = found[..., 0].double().cpu().numpy()
        return phases

    def _observed(
        self, times: np.ndarray, replicates: slice, *, level: int, implicit: bool
    ) -> tuple[Tensor, Tensor]:
        start = self._start[:, replicates]
        trajectory = self._integration.trajectory(
            self._dynamics(replicates),
            start.expand(*self._weights.shape[:-1], *start.shape),
            times,
            pace=self._pace,
            training=self._training,
            level=level,
            implicit=implicit,
        )
        cosine, sine = observed_means(self._weights, trajectory).unbind(1)
        return magnitude(cosine, sine), trajectory.end

    def _frequencies(self, replicates: slice) -> Tensor:
        return self._omega if self._omega.shape[1] == 1 else self._omega[:, replicates]

    def _dynamics(self, replicates: slice) -> KuramotoField:
        if self._swing is None:
            return self.field(replicates)
        return SwingField(self._coupling, self._frequencies(replicates), lag=self._lag, swing=self._swing)

    @property
    def _implicit(self) -> bool:
        """Whether training takes implicit steps."""
        nodes, replicates = self._start.shape
        if not self._training or nodes > MOST_NODES or self._swing is not None:
            return False
        systems = replicates * math.prod(self._weights.shape[:-1])
        cost = IMPLICIT_COST * max(1.0, systems * (nodes / IMPLICIT_NODES) ** 2)
        return self._integration.implicit(self._pace, cost=cost)

    @property
    def _without_gradient(self) -> bool:
        """Whether a method is taken that chooses its steps and its order, and knows no gradient."""
        if self._judging:
            return True
        if self._training or torch.is_grad_enabled() or self._weights.dim() > 1:
            return False
        nodes, needed = len(self._omega), self._integration.horizon * self._pace.rate
        return nodes <= ALWAYS_UP_TO or (nodes <= MOST_NODES and needed > STIFF_ABOVE)

    def _accurate_phases(self, times: np.ndarray, replicates: slice, *, level: int) -> Tensor:
        omega, start = (x.double().cpu().numpy() for x in (self._omega, self._start[:, replicates]))
        phases = accurate_phases(
            self._coupling.matrix().double().cpu().numpy(),
            np.broadcast_to(omega if omega.shape[1] == 1 else omega[:, replicates], start.shape),
            start,
            lag=self._lag,
            times=times,
            tolerance=JUDGING_TOLERANCE if self._judging else TOLERANCES[level],
            swing=self._swing,
        )
        return torch.as_tensor(phases).to(self._weights)
