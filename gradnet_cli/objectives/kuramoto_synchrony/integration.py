"""How trajectories are integrated, from settings and from how fast the network is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField
from gradnet_cli.numerics.dynamics.runge_kutta import (
    DORMAND_PRINCE,
    RK4,
    SDIRK3,
    adaptive_mesh,
    graded_mesh,
    split,
)
from gradnet_cli.numerics.dynamics.stiffness import STABLE, steps_for
from gradnet_cli.numerics.dynamics.trajectory import Trajectory, keeps_all
from gradnet_cli.settings.values import choice, integer, number

TURN = 0.5  # radians by which the phases of two oscillators without edges may part in one step
# Outside training the coarsest level has twice the steps, or a hundredth of the tolerance.
CONFIRMING_STEPS = 2
CONFIRMING_TOLERANCE = 1e-2
FINER_TOLERANCE = 1e-2  # from one level to the next, as twice the steps are with rk4
LEAST_TOLERANCE = 1e-13
FIRST = 0.5  # implicit step, in units of 1 / rate
MOST_STEPS = 20_000  # in training
MOST_CONFIRMING_STEPS = 100_000
# In training r may be off by a share of 1 - r, which is what networks differ by, and never by more than this.
MOST_ERROR, SHARE_OF_ERROR, LEAST_DISORDER = 1e-4, 1e-2, 1e-7


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast phases change.

    Attributes:
        rate: a bound on the rates of the linearised dynamics
        spread: of the frequencies
    """

    rate: float
    spread: float


class Integration:
    """Runge-Kutta from time 0 to the horizon, at levels of ever more steps.

    Steps are as many as the settings say, and more where the network is too fast for them: the step times
    the largest rate of the linearised dynamics stays within the region where Runge-Kutta is stable, and the
    step times the spread of the frequencies within TURN. Where training would take very many of them,
    implicit steps are taken, whose length stability does not limit.

    Args:
        horizon: T > 0 [units of time]
        integrator: rk4 with equal `steps`, or adaptive with the error of each step within `tolerance`
        steps: >= 1, at least, in training; outside the coarsest level has twice as many
        tolerance: in training; outside a hundredth of it at the coarsest level
        memory: of the gradient: store all stages, checkpoint, or auto
    """

    def __init__(self, *, horizon: Any, integrator: Any, steps: Any, tolerance: Any, memory: Any) -> None:
        self.horizon = number(setting="objective.horizon", value=horizon, above=0)
        choice(setting="objective.integrator", value=integrator, choices=("rk4", "adaptive"))
        self.adaptive = integrator == "adaptive"
        self.least_steps = integer(setting="objective.steps", value=steps, minimum=1)
        self.tolerance = number(setting="objective.tolerance", value=tolerance, above=0, maximum=1)
        self.memory = choice(
            setting="objective.memory", value=memory, choices=("auto", "store", "checkpoint")
        )

    @property
    def rate_for_least(self) -> float:
        """The largest rate that the steps of the settings suffice for."""
        return STABLE * self.least_steps / self.horizon

    def steps(self, pace: Pace, *, training: bool) -> int:
        """Explicit steps at level 0.

        Raises:
            NumericalError: too many
        """
        needed = self.horizon * max(pace.rate / STABLE, pace.spread / TURN)
        most = MOST_STEPS if training else MOST_CONFIRMING_STEPS // 2
        if not needed <= most:
            raise NumericalError(
                f"the network is too fast: rates up to {max(pace.rate, pace.spread):.3g} need {needed:.3g} "
                f"steps of Runge-Kutta up to time {self.horizon:g}, more than {most:,}. "
                "Take a smaller budget or objective.horizon"
            )
        least = self.least_steps * (1 if training else CONFIRMING_STEPS)
        return steps_for(needed, least=least)

    def implicit_mesh(self, pace: Pace) -> np.ndarray:
        """Ends of implicit steps at level 0: short at first, while fast modes die out."""
        steps = steps_for(self.horizon * pace.spread / TURN, least=self.least_steps)
        first = min(FIRST / pace.rate, self.horizon / steps) if pace.rate else self.horizon / steps
        return graded_mesh(horizon=self.horizon, steps=steps, first=first)

    def implicit(self, pace: Pace, *, cost: float) -> bool:
        """Whether implicit steps are cheaper in training.

        Args:
            cost: of an implicit step in explicit ones
        """
        explicit = self.horizon * pace.rate / STABLE
        return (
            not self.adaptive
            and explicit > self.least_steps
            and explicit > cost * len(self.implicit_mesh(pace))
        )

    def levels(self, pace: Pace) -> int:
        """How many levels there are outside training, two or more."""
        if self.adaptive:
            ratio = self._coarsest(training=False) / LEAST_TOLERANCE
            return 1 + round(math.log(ratio) / -math.log(FINER_TOLERANCE))
        steps = self.steps(pace, training=False)
        return max(2, 1 + int(math.log2(MOST_CONFIRMING_STEPS / steps)))

    def trajectory(
        self,
        field: KuramotoField,
        start: Tensor,
        times: np.ndarray,
        *,
        pace: Pace,
        training: bool,
        level: int = 0,
        implicit: bool = False,
    ) -> Trajectory:
        """The trajectory from phases (..., N, R), observed at times (P,).

        Args:
            level: how many times to double the steps, or to divide the tolerance by 100
            implicit: take implicit steps

        Raises:
            NumericalError: too many steps
        """
        tableau = SDIRK3 if implicit else DORMAND_PRINCE if self.adaptive else RK4
        if implicit:
            mesh = split(self.implicit_mesh(pace), parts=2**level)
        elif self.adaptive:
            self.steps(pace, training=training)
            mesh = adaptive_mesh(
                lambda state: field.value(state)[0],
                field.state(start),
                horizon=self.horizon,
                tolerance=max(LEAST_TOLERANCE, self._coarsest(training=training) * FINER_TOLERANCE**level),
            )
        else:
            mesh = np.linspace(0.0, self.horizon, self.steps(pace, training=training) * 2**level + 1)
        fits = keeps_all(steps=len(mesh) - 1, tableau=tableau, start=field.state(start))
        keep = torch.is_grad_enabled() and (self.memory == "store" or (self.memory == "auto" and fits))
        return Trajectory(field, start, mesh=mesh, times=times, tableau=tableau, keep=keep)

    def _coarsest(self, *, training: bool) -> float:
        if training:
            return self.tolerance
        # Two levels at least, each finer than the one before.
        return max(self.tolerance * CONFIRMING_TOLERANCE, LEAST_TOLERANCE / FINER_TOLERANCE)


def training_tolerance(order: float) -> float:
    """What r may change by in training when the steps are doubled."""
    return min(MOST_ERROR, SHARE_OF_ERROR * max(1.0 - order, LEAST_DISORDER))
