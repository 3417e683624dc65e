"""What no ratio of two linear functions falls below, over the networks that are feasible."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gradnet_cli.model.feasible import FeasibleSet

ROUNDING = 64 * float(np.finfo(float).eps)  # of slopes, and of their ratios
REFINEMENTS = 12  # of the bound where limits or a base network leave less than a cone


def least_ratio(
    numerator: Float[np.ndarray, " edges"],
    denominator: Float[np.ndarray, " edges"],
    *,
    feasible: FeasibleSet,
    reach: float | None,
) -> float | None:
    """A number k <= <p, w> / <q, w> for every feasible w with <q, w> > 0; None where none is found.

    Where no weight is negative, k = min p_e / q_e will do, and is the least on a budget alone. Limits and a
    base network leave less, and k is the largest that is found with <k q - p, w> <= 0 for all w (Dinkelbach
    1967). Where weights may be negative, it is from <p, w> = k <q, w> + <p - k q, w> and limits of weights.

    Args:
        numerator, denominator: p and q (E,) >= 0
        feasible: the constraints
        reach: what abs(w_e) / d(w) does not exceed for those w that matter, <q, w> >= d(w); the bound then is
            one of n(w) / d(w), n(w) >= <p, w>
    """
    bounds, base = feasible.bounds, feasible.problem.base
    least, most = base + bounds.lower, base + bounds.upper
    used = (least != 0) | (most != 0)
    found: list[float] = []
    if not (least < 0).any():
        ratio = _of_cone(numerator[used], denominator[used])
        if ratio is not None:
            whole = feasible.strengths is None and not (
                base.any() or (least > 0).any() or np.isfinite(most).any()
            )
            found.append(ratio if whole else _refined(ratio, numerator, denominator, feasible))
    if reach is not None:
        found.append(_of_reach(numerator[used], denominator[used], free=(least < 0)[used], reach=reach))
    return max(found, default=None)


def _of_cone(numerator: np.ndarray, denominator: np.ndarray) -> float | None:
    positive = denominator > 0
    if not positive.any():
        return None
    return float((numerator[positive] / denominator[positive]).min()) * (1 - ROUNDING)


def _refined(ratio: float, numerator: np.ndarray, denominator: np.ndarray, feasible: FeasibleSet) -> float:
    """The root of the convex h(k) = max <k q - p, w>, by false position: the chord lies above h."""
    base = feasible.problem.base

    def excess(k: float) -> float:
        slope = k * denominator - numerator
        rounding = ROUNDING * float((k * denominator + numerator) @ np.abs(base))
        return float(slope @ base) + feasible.support(slope) + rounding

    low, below = ratio, excess(ratio)
    if not below < 0:
        return ratio
    high = 1.5 * max(ratio, 1e-3)
    above = excess(high)
    while above <= 0 and high < 1e12:
        low, below, high = high, above, 4 * high
        above = excess(high)
    for _ in range(REFINEMENTS):
        if not (above > 0 > below) or high - low <= 1e-9 * low:
            break
        # A little less: where h is straight, the root itself may be above zero by rounding.
        k = low + (high - low) * (1 - 1e-10) * below / (below - above)
        value = excess(k)
        if value > 0:
            high, above = k, value
            continue
        low, below = k, value
        middle = 0.5 * (low + high)  # the other end moves, too
        value = excess(middle)
        if value > 0:
            high, above = middle, value
        else:
            low, below = middle, value
    return low


def _of_reach(numerator: np.ndarray, denominator: np.ndarray, *, free: np.ndarray, reach: float) -> float:
    """max k - reach sum(|p_e - k q_e| where w_e may have the sign that counts): concave, kinks at p/q."""
    positive = denominator > 0
    kinks = numerator[positive] / denominator[positive]
    order = np.argsort(kinks)
    falls = reach * (denominator[positive] * (1 + free[positive]))[order]
    slope = 1 + reach * float(denominator[positive & free].sum()) - np.cumsum(falls)
    if not len(kinks):
        return -np.inf
    last = int(np.argmax(slope <= 0)) if (slope <= 0).any() else len(order) - 1
    k = float(kinks[order[last]])
    rest = numerator - k * denominator
    missed = np.maximum(-rest, 0.0) + np.where(free, np.maximum(rest, 0.0), 0.0)
    rounding = ROUNDING * float((numerator + k * denominator).sum())
    return k * (1 - ROUNDING) - reach * (float(missed.sum()) + rounding)
