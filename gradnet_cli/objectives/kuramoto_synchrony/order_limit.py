"""The highest order parameter that phases can have which dissipate as much as they must."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

ROUNDING = 1e-12
STEEPEST = 1e12  # multiplier, in units of 1 / max(abs(omega))


def _turning_point() -> float:
    """Where sqrt(1 - x^2) + x arcsin(x) = pi x - 1: from there on a phase of pi is worth more."""
    root: float = brentq(
        lambda x: np.sqrt(1 - x * x) + x * np.arcsin(x) - np.pi * x + 1, 0.5, 0.9, xtol=1e-15
    )
    return root


TURNING = _turning_point()  # 0.7246


def largest_order(omega: np.ndarray, dissipated: float) -> float | None:
    """An upper bound on r of phases theta (N,) within half a circle with <omega, theta> >= Q.

    Let the mean direction be 0. Phases within an arc of half a circle, which then holds the direction 0, lie
    in [-pi, pi]. For every multiplier l >= 0

        N r = sum cos(theta_i) <= sum g(l omega_i) - l Q,

    with g(x) the largest cos(theta) + x theta over theta in [-pi, pi]: sqrt(1 - x^2) + x arcsin(x), taken at
    theta = arcsin(x), for abs(x) <= 0.7246, and pi abs(x) - 1 beyond. The right side is convex in l, and the
    least is taken; any l proves a bound, so that it need not be exact.

    Args:
        omega: frequencies (N,) without their mean
        dissipated: Q >= 0

    Returns:
        None where no such phases exist: within half a circle <omega, theta> <= pi sum(abs(omega)) / 2
    """
    size = float(np.abs(omega).max(initial=0.0))
    if size == 0.0:
        return 1.0
    if dissipated > np.pi / 2 * float(np.abs(omega).sum()) * (1 + ROUNDING):
        return None
    rates = np.abs(omega) / size

    def limit(multiplier: float) -> float:
        x = multiplier * rates
        near = np.minimum(x, TURNING)
        worth = np.where(x <= TURNING, np.sqrt(1 - near * near) + near * np.arcsin(near), np.pi * x - 1)
        return float(worth.mean() - multiplier * dissipated / (size * len(omega)))

    def slope(multiplier: float) -> float:
        x = multiplier * rates
        return float((rates * np.where(x <= TURNING, np.arcsin(np.minimum(x, TURNING)), np.pi)).sum()) - (
            dissipated / size
        )

    highest = 1.0
    while slope(highest) < 0 and highest < STEEPEST:
        highest *= 2.0
    multiplier = float(brentq(slope, 0.0, highest, xtol=1e-15)) if slope(highest) > 0 else highest
    return min(1.0, limit(multiplier) + ROUNDING)
