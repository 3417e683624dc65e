"""The oscillators of a problem: their frequencies and initial phases, and how they move on any network."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.dynamics.swing import Swing
from gradnet_cli.objectives.kuramoto_synchrony.frequencies import Frequencies
from gradnet_cli.objectives.kuramoto_synchrony.integration import Integration
from gradnet_cli.objectives.kuramoto_synchrony.motion import Motion
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, integer, number, optional


class Oscillators:
    """R replicates of N oscillators.

    Args:
        frequencies: how omega (N, R) is made
        phases: initial ones, zero or random (uniform on the circle)
        replicates: R
        lag: alpha [radians]
        inertia: m > 0 of the swing equation, or None for Kuramoto's phases
        damping: d > 0 of the swing equation
        integration: of their motion
        form: of the adjacency, one of gradnet_cli.numerics.coupling.FORMS
        seed: of random frequencies and phases
    """

    def __init__(
        self,
        *,
        frequencies: Frequencies,
        phases: object,
        replicates: object,
        lag: object,
        inertia: object,
        damping: object,
        integration: Integration,
        form: str,
        seed: int,
    ) -> None:
        self.lag = number(setting="objective.lag", value=lag)
        self.integration = integration
        self._kind = frequencies
        allowed = ("zero", "random")
        self._random_phases = choice(setting="objective.phases", value=phases, choices=allowed) == "random"
        self.replicates = integer(setting="objective.replicates", value=replicates, minimum=1)
        if self.replicates > 1 and not (self._random_phases or frequencies.random):
            raise SettingError(
                setting="objective.replicates",
                value=replicates,
                allowed="must be 1 where neither frequencies nor phases are random: all replicates are alike",
            )
        mass = optional(number, setting="objective.inertia", value=inertia, above=0)
        friction = number(setting="objective.damping", value=damping, above=0)
        self._swing = None if mass is None else Swing(inertia=mass, damping=friction)
        self._form = form
        self._seed = seed
        self._omega: np.ndarray | None = None
        self._start: np.ndarray | None = None

    def prepare(self, problem: Problem) -> None:
        """Make frequencies and initial phases.

        Raises:
            SettingError: frequencies that do not fit the nodes
        """
        generator = np.random.default_rng([self._seed, 2])
        self._omega = self._kind.make(problem, replicates=self.replicates, generator=generator)
        shape = (problem.nodes, self.replicates)
        self._start = generator.uniform(-np.pi, np.pi, shape) if self._random_phases else np.zeros(shape)

    @property
    def frequencies(self) -> np.ndarray:
        """omega (N, R), or (N, 1) where all replicates are alike."""
        return prepared(self._omega)

    @property
    def start(self) -> np.ndarray:
        """Initial phases (N, R)."""
        return prepared(self._start)

    def frequencies_of(self, which: int) -> np.ndarray:
        """omega (N, 1) of one replicate."""
        omega = self.frequencies
        column: np.ndarray = omega if omega.shape[1] == 1 else omega[:, which : which + 1]
        return column

    def motion(self, network: Network, *, training: bool, judging: bool = False) -> Motion:
        """How they move on a network; see Motion."""
        return Motion(
            network,
            frequencies=self.frequencies,
            start=self.start,
            lag=self.lag,
            form=self._form,
            integration=self.integration,
            training=training,
            judging=judging,
            swing=self._swing,
        )
