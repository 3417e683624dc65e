"""The swing equation of power grids, oscillators with inertia, as a vector field on phases and velocities.

    m theta_i'' + d theta_i' = omega_i + sum_j A_ij sin(theta_j - theta_i - alpha)

(Filatrella, Nielsen and Pedersen 2008; Doerfler, Chertkov and Bullo 2013). omega_i is the power that node i
feeds in, A_ij the largest power that a line carries. Its phase-locked states are those of Kuramoto's phases,
whatever m and d; the ways to them differ, and a network may drift that has a locked state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.numerics.coupling import Coupling
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, Memo


@dataclass(frozen=True, kw_only=True)
class Swing:
    """Inertia m > 0 and damping d > 0 of every node."""

    inertia: float
    damping: float

    def fastest(self, rate: float) -> float:
        """A bound on abs(lambda) of the linearised equation, where that of Kuramoto's phases is `rate`.

        m lambda^2 + d lambda = mu for eigenvalues mu of the Jacobian of the forces, abs(mu) <= rate.
        """
        friction = self.damping / self.inertia
        return 0.5 * (friction + math.sqrt(friction**2 + 4 * rate / self.inertia))

    def speed(self, force: float, *, time: float) -> float:
        """What a constant force has brought a node at rest to by a time."""
        return -force / self.damping * math.expm1(-self.damping * time / self.inertia)


class SwingField(KuramotoField):
    """The field on states (..., 2 N, R): phases theta, and velocities theta' below them.

    Args:
        coupling, frequencies, lag: see KuramotoField
        swing: m and d
    """

    def __init__(
        self,
        coupling: Coupling,
        frequencies: Float[Tensor, "nodes replicates"],
        *,
        lag: float,
        swing: Swing,
    ) -> None:
        super().__init__(coupling, frequencies, lag=lag)
        self._inertia = swing.inertia
        self._damping = swing.damping

    def state(self, phases: Tensor) -> Tensor:
        """The state (..., 2 N, R) with phases (..., N, R) at rest."""
        return self.gradient_of_state(phases)

    def phases(self, state: Tensor) -> Tensor:
        """Phases (..., N, R) of a state."""
        return state[..., : state.shape[-2] // 2, :]

    def gradient_of_state(self, gradient: Tensor) -> Tensor:
        """What is a gradient (..., N, R) of phases, of the state."""
        return torch.cat([gradient, torch.zeros_like(gradient)], dim=-2)

    def value(self, phases: Tensor) -> tuple[Tensor, Memo]:
        """The velocities and accelerations (..., 2 N, R) of a state, and what pull_back needs."""
        angles, speeds = phases.chunk(2, dim=-2)
        force, memo = super().value(angles)
        return torch.cat([speeds, (force - self._damping * speeds) / self._inertia], dim=-2), memo

    def pull_back(self, memo: Memo, gradient: Tensor) -> Tensor:
        """J^T gradient for a gradient (..., 2 N, R); the share of the weights is kept until collect()."""
        of_angles, of_speeds = gradient.chunk(2, dim=-2)
        of_force = of_speeds / self._inertia
        return torch.cat([super().pull_back(memo, of_force), of_angles - self._damping * of_force], dim=-2)

    def jacobian(self, memo: Memo) -> Tensor:
        """Not at hand: steps are explicit, for inertia makes fast modes slow."""
        raise NotImplementedError
