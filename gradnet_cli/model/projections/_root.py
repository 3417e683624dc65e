"""The zero of a function of one number, which is what budgets come down to."""

from __future__ import annotations

from collections.abc import Callable

MOST_STEPS = 200
# Rounding of a sum over 10^6 edges in float64; reached in a few steps, for the functions are piecewise
# smooth.
TOLERANCE = 1e-13


def root(function: Callable[[float], tuple[float, float]], *, low: float, high: float, scale: float) -> float:
    """The zero of a falling function that returns (value, slope): Newton's method, kept within a bracket."""
    point = low
    for number in range(MOST_STEPS):
        value, slope = function(point)
        if abs(value) <= TOLERANCE * scale:
            break
        low, high = (point, high) if value > 0 else (low, point)
        step = point - value / slope if slope < 0 else low
        # A step halfway now and then, for at a kink Newton's may stay small for ever.
        following = step if low < step < high and number % 8 < 7 else (low + high) / 2
        if following == point:
            break
        point = following
    return point
