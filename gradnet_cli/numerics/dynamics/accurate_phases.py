"""Kuramoto trajectories without gradients, by SciPy, however fast some of their modes die out."""

from __future__ import annotations

import cmath
import warnings
from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.dynamics.swing import Swing

MOST_NODES = 1000  # whose Jacobian is factorised again and again
MOST_STEPS = 100_000  # from one output to the next
SUCCESS = "Integration successful."

Rates = Callable[[float, np.ndarray], np.ndarray]


def accurate_phases(
    matrix: Float[np.ndarray, "nodes nodes"],
    frequencies: Float[np.ndarray, "nodes replicates"],
    start: Float[np.ndarray, "nodes replicates"],
    *,
    lag: float,
    times: Float[np.ndarray, " outputs"],
    tolerance: float,
    swing: Swing | None = None,
) -> Float[np.ndarray, "outputs nodes replicates"]:
    """Phases (P, N, R) at ascending times (P,) from `start` at time 0.

    Backward differentiation formulas, or Adams' where nothing is stiff, with their own step sizes (LSODA:
    Petzold 1983).

    Args:
        tolerance: relative, of the phases; a hundredth of it is the absolute one [radians]
        swing: inertia and damping, begun at rest; None for Kuramoto's phases

    Raises:
        NumericalError: the method gave up
    """
    from scipy.integrate import ODEintWarning, odeint

    turn = cmath.exp(-1j * lag)
    found = np.empty((len(times), *start.shape))
    for replicate in range(start.shape[1]):
        omega = frequencies[:, replicate]

        def velocity(_: float, phases: np.ndarray, *, omega: np.ndarray = omega) -> np.ndarray:
            cosine, sine = np.cos(phases), np.sin(phases)
            along, beside = matrix @ cosine, matrix @ sine
            rates: np.ndarray = omega + turn.real * (cosine * beside - sine * along)
            if turn.imag != 0.0:
                rates += turn.imag * (cosine * along + sine * beside)
            return rates

        def jacobian(_: float, phases: np.ndarray) -> np.ndarray:
            z = np.exp(1j * phases)
            slope: np.ndarray = matrix * (turn * z.conj()[:, None] * z[None, :]).real
            slope -= np.diag(slope.sum(axis=1))
            return slope

        first = start[:, replicate]
        field: Rates = velocity
        slopes: Rates = jacobian
        if swing is not None:
            first = np.concatenate([first, np.zeros_like(first)])
            field, slopes = with_inertia(velocity, jacobian, swing=swing)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ODEintWarning)  # the message says it
            course, told = odeint(
                field,
                first,
                np.concatenate([[0.0], times]),
                Dfun=slopes,
                tfirst=True,
                rtol=tolerance,
                atol=tolerance * 1e-2,
                mxstep=MOST_STEPS,
                full_output=True,
            )
        if told["message"] != SUCCESS or not np.isfinite(course).all():
            raise NumericalError(f"the dynamics could not be integrated: {told['message']}")
        found[:, :, replicate] = course[1:, : len(start)]
    return found


def with_inertia(force: Rates, slopes: Rates, *, swing: Swing) -> tuple[Rates, Rates]:
    """Velocities and accelerations (2 N,) of phases and velocities, and their Jacobian (2 N, 2 N).

    Args:
        force: (N,) of phases (N,)
        slopes: its Jacobian (N, N)
    """

    def field(time: float, state: np.ndarray) -> np.ndarray:
        phases, speeds = np.split(state, 2)
        return np.concatenate([speeds, (force(time, phases) - swing.damping * speeds) / swing.inertia])

    def jacobian(time: float, state: np.ndarray) -> np.ndarray:
        of_phases = slopes(time, state[: len(state) // 2])
        one = np.eye(len(of_phases))
        return np.block([[0 * one, one], [of_phases / swing.inertia, -swing.damping / swing.inertia * one]])

    return field, jacobian
