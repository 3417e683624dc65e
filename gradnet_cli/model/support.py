"""The most that a linear function reaches within bounds and a budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float
from scipy.optimize import brentq

from gradnet_cli.model.bounds import Bounds
from gradnet_cli.problem.reach import linear_optimum


def support(
    slope: Float[np.ndarray, " edges"],
    *,
    bounds: Bounds,
    cost: Float[np.ndarray, " edges"],
    budget: float | None,
    p: float,
) -> float:
    """max <g, d>  s.t.  l <= d <= u,  norm_p(c d) = K (exact) or <= K, in float64; inf where it is unbounded.

    For p = 1 a greedy purchase is optimal: money goes where it buys most. For p > 1 the value is that of the
    Lagrange dual, which no d exceeds. For an exact budget with free signs, or with p > 1, it is that of the
    larger set which spends at most K, so that a bound built on it still holds.

    Args:
        slope: g (E,)
        bounds: l, u (E,), and whether the budget is spent to the last
        cost: c (E,) > 0
        budget: K > 0, or None
        p: order of the norm, >= 1
    """
    slope = np.asarray(slope, dtype=np.float64)
    if bounds.settled:
        return float(slope @ bounds.lower)
    rise = np.where(slope >= 0, bounds.upper, bounds.lower)  # where each entry would go without a budget
    if budget is None:
        with np.errstate(invalid="ignore"):
            return float(np.where(slope == 0, 0.0, slope * rise).sum())
    nearest = np.clip(0.0, bounds.lower, bounds.upper)
    if p == 1.0 and nearest.any():  # what is spent anyway
        left = budget - float(cost @ np.abs(nearest))
        beyond = replace(bounds, lower=bounds.lower - nearest, upper=bounds.upper - nearest)
        more = support(slope, bounds=beyond, cost=cost, budget=left, p=p) if left > 0 else 0.0
        return float(slope @ nearest) + more
    sign = bounds.sign
    if sign is not None and bounds.exact and p == 1.0:
        room = bounds.upper if sign > 0 else -bounds.lower
        return _greedy(np.where(room > 0, sign * slope / cost, -np.inf), capacity=cost * room, budget=budget)
    rate = np.where(np.abs(rise) > 0, np.abs(slope) / cost, 0.0)
    if p > 1.0:
        return _dual(rate, capacity=cost * np.abs(rise), budget=budget, p=p)
    return _greedy(rate, capacity=cost * np.abs(rise), budget=budget)


def priced_support(
    slope: Float[np.ndarray, " edges"],
    *,
    bounds: Bounds,
    cost: Float[np.ndarray, " edges"],
    budget: float | None,
    rows: sp.csr_array,
    room: Float[np.ndarray, " rows"],
) -> float:
    """max <g, d>  s.t.  l <= d <= u,  sum(c |d|) = K or <= K,  rows d <= room: a bound, for any prices.

    Every price y >= 0 of the rows proves <g, d> <= <y, room> + max <g - rows^T y, d> over the set without
    them. The prices are those of the linear program; how exact these are is of no account for the proof.
    """
    slope = np.asarray(slope, dtype=np.float64)
    prices = np.zeros(len(room))
    found = linear_optimum(
        slope,
        price=np.zeros_like(slope),
        lower=bounds.lower,
        upper=bounds.upper,
        rows=rows,
        room=room,
        cost=cost,
        budget=budget,
        exact=bounds.exact and bounds.sign is not None,
    )
    if found.status == 0:
        prices = np.maximum(-found.ineqlin.marginals[: len(room)], 0.0)
    if budget is None:
        prices = _covering(prices, slope, rows, unlimited=np.isinf(bounds.upper))
    rest = slope - rows.T @ prices
    return float(prices @ room) + support(rest, bounds=bounds, cost=cost, budget=budget, p=1.0)


def _covering(
    prices: np.ndarray, slope: np.ndarray, rows: sp.csr_array, *, unlimited: np.ndarray
) -> np.ndarray:
    """Prices raised until no edge that they alone hold back gains anything: what they miss has no limit."""
    missed = unlimited & (slope - rows.T @ prices > 0)
    for edge in np.flatnonzero(missed):
        of_edge = rows[:, [edge]].nonzero()[0]
        if len(of_edge):
            gain = slope[edge] - prices[of_edge].sum()
            prices[of_edge[0]] += max(0.0, gain * (1 + 1e-12))
    return prices


def _greedy(rate: np.ndarray, *, capacity: np.ndarray, budget: float) -> float:
    """max <r, x>  s.t.  0 <= x <= capacity,  sum x = K, or all capacity where that is less."""
    best = int(np.argmax(rate))
    if capacity[best] >= budget:
        return float(budget * rate[best])
    order = np.argsort(-rate)
    paid = np.diff(np.minimum(np.cumsum(capacity[order]), budget), prepend=0.0)
    bought = paid > 0
    return float(np.sum(paid[bought] * rate[order][bought]))


def _dual(rate: np.ndarray, *, capacity: np.ndarray, budget: float, p: float) -> float:
    """max <r, x>  s.t.  0 <= x <= capacity,  norm_p(x) <= K, for r >= 0.

    It is the least over v >= 0 of sum max (r x - v x^p) + v K^p, whose inner maxima are at x =
    min(capacity, (r / p v)^(1/(p-1))). Without limits it is Hoelder's K norm_q(r).
    """
    largest = float(rate.max(initial=0.0))
    if largest == 0.0:
        return 0.0
    q = p / (p - 1.0)
    rate, capacity = rate / largest, capacity / budget
    hoelder = float((rate**q).sum() ** (1 / q))
    if (capacity >= (rate / hoelder) ** (q - 1)).all():
        return budget * largest * hoelder

    def size(logarithm: float) -> np.ndarray:
        found: np.ndarray = np.minimum(capacity, np.exp((np.log(rate) - logarithm - np.log(p)) * (q - 1)))
        return found

    def excess(logarithm: float) -> float:
        return float((size(logarithm) ** p).sum()) - 1.0

    with np.errstate(divide="ignore"):
        high = float(np.log(hoelder)) + 1.0
        low = high - 1.0
        while excess(low) < 0 and low > high - 60.0:
            low -= 5.0
        if excess(low) < 0:  # the limits hold before the budget does
            return budget * largest * float(rate @ np.where(rate > 0, capacity, 0.0))
        price = float(brentq(excess, low, high, xtol=1e-14))
        x = size(price)
    value = float((rate * x - np.exp(price) * x**p).sum() + np.exp(price))
    return budget * largest * value
