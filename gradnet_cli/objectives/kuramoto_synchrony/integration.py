"""How trajectories are integrated, from settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.numerics.kuramoto import KuramotoField
from gradnet_cli.numerics.runge_kutta import DORMAND_PRINCE, RK4, adaptive_mesh
from gradnet_cli.numerics.trajectory import Trajectory, keeps_all
from gradnet_cli.settings.values import choice, integer, number

# Outside training it is finer: steps of rk4, and the tolerance, relative to those of training.
CONFIRMING_STEPS = 4
CONFIRMING_TOLERANCE = 1e-2
LEAST_TOLERANCE = 1e-13


class Integration:
    """Runge-Kutta from time 0 to the horizon.

    Args:
        horizon: T > 0 [units of time]
        integrator: rk4 with equal `steps`, or adaptive with the error of each step within `tolerance`
        steps: >= 1 in training; four times as many outside, so that the error is 256 times smaller
        tolerance: in training; a hundredth of it outside
        memory: of the gradient: store all stages, checkpoint, or auto
    """

    def __init__(self, *, horizon: Any, integrator: Any, steps: Any, tolerance: Any, memory: Any) -> None:
        self.horizon = number(setting="objective.horizon", value=horizon, above=0)
        choice(setting="objective.integrator", value=integrator, choices=("rk4", "adaptive"))
        self.adaptive = integrator == "adaptive"
        self.steps = integer(setting="objective.steps", value=steps, minimum=1)
        self.tolerance = number(setting="objective.tolerance", value=tolerance, above=0, maximum=1)
        self.memory = choice(
            setting="objective.memory", value=memory, choices=("auto", "store", "checkpoint")
        )

    def trajectory(
        self, field: KuramotoField, start: Tensor, times: np.ndarray, *, training: bool, refinement: int = 0
    ) -> Trajectory:
        """The trajectory from phases (..., N, R), observed at times (P,).

        Args:
            refinement: how many times to halve the steps, or to divide the tolerance by 100
        """
        if self.adaptive:
            factor = CONFIRMING_TOLERANCE ** (refinement + (not training))
            mesh = adaptive_mesh(
                lambda phases: field.value(phases)[0],
                start,
                horizon=self.horizon,
                tolerance=max(LEAST_TOLERANCE, self.tolerance * factor),
            )
        else:
            steps = self.steps * 2**refinement * (1 if training else CONFIRMING_STEPS)
            mesh = np.linspace(0.0, self.horizon, steps + 1)
        tableau = DORMAND_PRINCE if self.adaptive else RK4
        fits = keeps_all(steps=len(mesh) - 1, tableau=tableau, start=start)
        keep = torch.is_grad_enabled() and (self.memory == "store" or (self.memory == "auto" and fits))
        return Trajectory(field, start, mesh=mesh, times=times, tableau=tableau, keep=keep)
