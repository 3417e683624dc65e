"""The best network for oscillators with uniform frequencies, in the limit of many: what theory says.

Frequencies are uniform on [-W, W], b is the budget a node (mean strength), lag zero. Maximising r of a
phase-locked state subject to omega_i = sum_j A_ij sin(theta_i - theta_j) and sum_ij A_ij = b N couples each
omega > 0 to one partner p(omega) < 0 only. Balance of the flow between the two, omega d omega = p dp, gives
p = -sqrt(W^2 - omega^2) at every budget. With omega = W sin(phi), Theta = theta(omega) + theta(abs(p)) and
the multipliers of the constraints eliminated,

    sin theta(omega) = x sin(phi),   sin theta(abs(p)) = x cos(phi),   x = C cos(Theta) / sin(Theta)^2

with one constant C, strength omega / sin(Theta), and b / W = integral of sin(phi) cos(phi) / sin(Theta) over
phi in [0, pi/2]. C -> infinity is the limit of locking, b = W/2, where Theta = pi/2 and r = pi/4. For large b
the strength is 2.199 b u (u + q)^(-1/3), u = omega/W and q = abs(p)/W, and 1 - r is 0.02351 W^2 / b^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq, minimize_scalar

LOCKING = 0.5  # b / W from which all oscillators can be locked
POINTS = 400  # Gauss-Legendre nodes in phi


@dataclass(frozen=True, kw_only=True)
class LockedProfile:
    """The best network at one budget; functions of u = abs(omega - mean) / W.

    Attributes:
        order: r
        frequency: u (n,), ascending within (0, 1)
        strength: (n,) in units of W
        phase: (n,) [radians]
    """

    order: float
    frequency: Float[np.ndarray, " points"]
    strength: Float[np.ndarray, " points"]
    phase: Float[np.ndarray, " points"]


def partner(frequency: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """abs(p) / W of the node that one with u = abs(omega) / W in [0, 1] is coupled to."""
    other: np.ndarray = np.sqrt(np.clip(1.0 - np.square(frequency), 0.0, None))
    return other


@lru_cache
def locked_profile(ratio: float) -> LockedProfile:
    """The best phase-locked network for a budget ratio b / W.

    Raises:
        ValueError: a ratio of 1/2 or less
    """
    if not ratio > LOCKING:
        raise ValueError(f"b / W = {ratio}: phase-locking of all needs more than {LOCKING}")
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    phi, weights = (nodes + 1) * np.pi / 4, weights * np.pi / 4

    def angles(logarithm: float) -> tuple[np.ndarray, np.ndarray]:
        x = _x(phi, np.exp(logarithm))
        return np.arcsin(x * np.sin(phi)), np.arcsin(x * np.cos(phi))

    def excess(logarithm: float) -> float:
        total = sum(angles(logarithm))
        return float(weights @ (np.sin(phi) * np.cos(phi) / np.sin(total))) - ratio

    theta, other = angles(brentq(excess, -40.0, 40.0, xtol=1e-13))
    return LockedProfile(
        order=float(weights @ (np.cos(theta) * np.cos(phi))),
        frequency=np.sin(phi),
        strength=np.sin(phi) / np.sin(theta + other),
        phase=theta,
    )


def best_profile(ratio: float) -> LockedProfile:
    """The best network at b / W > 0, where need be one that locks the share y of central frequencies alone.

    The budget of all then serves y N nodes of half width y W, and r is the largest y r_locked(ratio / y^2):
    all are locked from b / W = 0.5485 on, and r = 1.19 sqrt(b / W) below. The rest drifts, without edges, and
    adds nothing to the mean.

    Raises:
        ValueError: a ratio of 0 or less
    """
    if not ratio > 0:
        raise ValueError(f"b / W = {ratio}: must be > 0")
    least = _worth_locking()
    if ratio >= least:
        return locked_profile(ratio)
    share, profile = float(np.sqrt(ratio / least)), locked_profile(least)
    return LockedProfile(
        order=share * profile.order,
        frequency=share * profile.frequency,
        strength=share * profile.strength,
        phase=profile.phase,
    )


def best_order(ratio: float) -> float:
    """The r of best_profile."""
    return best_profile(ratio).order


def half_width(frequencies: Float[np.ndarray, " nodes"]) -> float | None:
    """W of frequencies (N,) that are about uniform, and None for others.

    W = sqrt(3) times the standard deviation, which is right for midpoints of equal shares and N / (N - 1)
    times half the range for linspace. Uniform means that the distribution is nowhere farther from uniform
    than a random sample's is once in a hundred times (Kolmogorov), or 0.02.
    """
    count = len(frequencies)
    width = float(np.sqrt(3) * frequencies.std())
    if count < 3 or width == 0:
        return None
    quantiles = (np.sort(frequencies) - frequencies.mean()) / (2 * width) + 0.5
    distance = np.abs(quantiles - (np.arange(count) + 0.5) / count).max()
    return width if distance <= max(0.02, 1.63 / np.sqrt(count)) else None


def strength_at_large_budget(frequency: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Strength / b in the limit of large b, for u = abs(omega) / W."""
    strength: np.ndarray = 2.199 * frequency * np.cbrt(1.0 / (frequency + partner(frequency)))
    return strength


@lru_cache
def _worth_locking() -> float:
    """The ratio b / W that gives the most order for the square root of a budget."""
    found = minimize_scalar(
        lambda ratio: -locked_profile(float(ratio)).order / np.sqrt(ratio),
        bounds=(LOCKING + 1e-6, 1.0),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(found.x)


def _x(phi: np.ndarray, constant: float) -> np.ndarray:
    """The root of x sin(Theta)^2 = C cos(Theta) in (0, 1): the left side grows with x, the right falls."""
    low, high = np.zeros_like(phi), np.ones_like(phi)
    for _ in range(60):
        middle = 0.5 * (low + high)
        total = np.arcsin(middle * np.sin(phi)) + np.arcsin(middle * np.cos(phi))
        above = middle * np.sin(total) ** 2 > constant * np.cos(total)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    root: np.ndarray = 0.5 * (low + high)
    return root
