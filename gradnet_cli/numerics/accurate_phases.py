"""Kuramoto trajectories without gradients, by SciPy, however fast some of their modes die out."""

from __future__ import annotations

import cmath
import warnings

import numpy as np
from jaxtyping import Float

from gradnet_cli.errors import NumericalError

MOST_NODES = 1000  # whose Jacobian is factorised again and again
MOST_STEPS = 100_000  # from one output to the next
SUCCESS = "Integration successful."


def accurate_phases(
    matrix: Float[np.ndarray, "nodes nodes"],
    frequencies: Float[np.ndarray, "nodes replicates"],
    start: Float[np.ndarray, "nodes replicates"],
    *,
    lag: float,
    times: Float[np.ndarray, " outputs"],
    tolerance: float,
) -> Float[np.ndarray, "outputs nodes replicates"]:
    """Phases (P, N, R) at ascending times (P,) from `start` at time 0.

    Backward differentiation formulas, or Adams' where nothing is stiff, with their own step sizes (LSODA:
    Petzold 1983).

    Args:
        tolerance: relative, of the phases; a hundredth of it is the absolute one [radians]

    Raises:
        NumericalError: the method gave up
    """
    from scipy.integrate import ODEintWarning, odeint

    turn = cmath.exp(-1j * lag)
    found = np.empty((len(times), *start.shape))
    for replicate in range(start.shape[1]):
        omega = frequencies[:, replicate]

        def velocity(_: float, phases: np.ndarray, omega: np.ndarray = omega) -> np.ndarray:
            point = np.stack([np.cos(phases), np.sin(phases)], axis=1)
            pull = matrix @ point
            aligned, across = (point * pull).sum(axis=1), point[:, 0] * pull[:, 1] - point[:, 1] * pull[:, 0]
            rates: np.ndarray = omega + turn.real * across + turn.imag * aligned
            return rates

        def jacobian(_: float, phases: np.ndarray) -> np.ndarray:
            z = np.exp(1j * phases)
            slopes: np.ndarray = matrix * (turn * z.conj()[:, None] * z[None, :]).real
            slopes -= np.diag(slopes.sum(axis=1))
            return slopes

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ODEintWarning)  # the message says it
            course, told = odeint(
                velocity,
                start[:, replicate],
                np.concatenate([[0.0], times]),
                Dfun=jacobian,
                tfirst=True,
                rtol=tolerance,
                atol=tolerance * 1e-2,
                mxstep=MOST_STEPS,
                full_output=True,
            )
        if told["message"] != SUCCESS or not np.isfinite(course).all():
            raise NumericalError(f"the dynamics could not be integrated: {told['message']}")
        found[:, :, replicate] = course[1:]
    return found
