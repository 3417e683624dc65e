"""Trajectories of a known network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.errors import NumericalError

if TYPE_CHECKING:
    import scipy.sparse as sp

RELATIVE, ABSOLUTE = 1e-10, 1e-12  # tolerances; the error of one step of any reconstruction is far larger


def rates(dynamics: str, network: sp.csr_array, constant: np.ndarray) -> Callable[..., np.ndarray]:
    """x'(t, x) of states (N,): constant_i + sum_j A_ij h(x_j - x_i), h the sine or the identity."""
    strengths = network.sum(axis=1)

    def kuramoto(_: float, x: np.ndarray) -> np.ndarray:
        sine, cosine = np.sin(x), np.cos(x)
        change: np.ndarray = constant + cosine * (network @ sine) - sine * (network @ cosine)
        return change

    def diffusion(_: float, x: np.ndarray) -> np.ndarray:
        change: np.ndarray = constant + network @ x - strengths * x
        return change

    return kuramoto if dynamics == "kuramoto" else diffusion


def simulate(
    rate: Callable[..., np.ndarray],
    start: np.ndarray,
    *,
    interval: float,
    samples: int,
    stationary: float,
) -> np.ndarray:
    """Sample a solution (T, N) every `interval` until it is stationary, T <= samples.

    Stationary is norm(x' - mean x') <= `stationary`: all nodes move alike, a locked state for oscillators and
    rest for diffusion. Integrated by the pair of Dormand and Prince of order 8 (Hairer, Norsett and Wanner
    1993).

    Raises:
        NumericalError: the integration failed
    """
    from scipy.integrate import solve_ivp

    unrest = _Unrest(rate, stationary)
    if unrest(0.0, start) <= 0:
        return start[None]
    times = np.arange(samples) * interval
    solution = solve_ivp(
        rate,
        (0.0, times[-1]),
        start,
        t_eval=times,
        method="DOP853",
        rtol=RELATIVE,
        atol=ABSOLUTE,
        events=unrest,
    )
    if not solution.success or not np.isfinite(solution.y).all():
        raise NumericalError(f"the true network could not be simulated: {solution.message}")
    return np.ascontiguousarray(solution.y.T)


class _Unrest:
    """How far the nodes are from moving alike, less what is allowed; an event that ends the integration."""

    terminal = True

    def __init__(self, rate: Callable[..., np.ndarray], stationary: float) -> None:
        self._rate = rate
        self._stationary = stationary

    def __call__(self, time: float, state: np.ndarray) -> float:
        change = self._rate(time, state)
        return float(np.linalg.norm(change - change.mean())) - self._stationary
