"""Projections onto budgets and bounds: pure functions of vectors.

All solve for one scalar. With cost c > 0, bounds l <= 0 <= u or of one sign, and budget K:

    project_budget  minimise |d - x|^2  subject to  l <= d <= u,  sum(c |d|) = K  (or <= K)
    scale_to_budget d = clip(s x, l, u) with the one s >= 0 for which norm_p(c d) = K  (or s <= 1 and <= K)
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

MOST_STEPS = 200
# Rounding of a sum over 10^6 edges in float64; reached in a few steps, for the functions are piecewise
# smooth.
TOLERANCE = 1e-13


def project_budget(
    x: Tensor, *, cost: Tensor, budget: float, lower: Tensor, upper: Tensor, exact: bool
) -> Tensor:
    """The nearest vector (E,) within bounds whose cost is the budget (exact) or at most the budget.

    By Lagrange d = clip(s max(s x - tau c, 0), lower, upper) with s the sign of each entry, and tau found by
    a safeguarded Newton method on sum(c |d|), which falls with tau (Michelot 1986 for the simplex). A
    negative tau, needed where x costs too little for an exact budget, lets entries grow away from 0; with
    free signs the set is not convex then, and the result is the nearest vector with the signs of x.
    """
    within = x.clamp(lower, upper)
    if not exact and _spent(within.double(), cost.double(), 1.0) <= budget:
        return within
    # In float64 whatever the weights are: in float32 no tau would meet the budget closely.
    settings = {"cost": cost.double(), "lower": lower.double(), "upper": upper.double(), "budget": budget}
    delta = _nearest(x.double(), **settings)
    if abs(_spent(delta, settings["cost"], 1.0) - budget) > TOLERANCE * budget:
        # From far away x - tau c keeps the last digits of x only; from nearby it keeps its own.
        delta = _nearest(delta, **settings)
    return delta.to(x.dtype).clamp(lower, upper)


def _nearest(x: Tensor, *, cost: Tensor, lower: Tensor, upper: Tensor, budget: float) -> Tensor:
    sign = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign = torch.where(lower >= 0, 1.0, torch.where(upper <= 0, -1.0, sign)).to(x.dtype)
    outward = sign * x
    room = torch.where(sign > 0, upper, -lower)  # how far each entry may go in its direction
    least = torch.where(sign > 0, lower, -upper).clamp(min=0.0)  # > 0 where 0 itself is out of bounds

    def magnitude(tau: float) -> Tensor:
        return (outward - tau * cost).clamp(min=0.0).minimum(room).maximum(least)

    def excess(tau: float) -> tuple[float, float]:
        size = magnitude(tau)
        moving = (size > least) & (size < room)
        return float((cost * size).sum()) - budget, -float((cost.square() * moving).sum())

    ratio = outward / cost
    low = float(ratio.min()) - budget / float(cost.square().sum()) - 1.0
    reach = 1.0 + abs(low)
    while excess(low)[0] < 0 and low > -1e300:
        low -= reach
        reach *= 2
    tau = _root(excess, low=low, high=float(ratio.max()), scale=budget)
    return (sign * magnitude(tau)).clamp(lower, upper)


def scale_to_budget(
    x: Tensor, *, cost: Tensor, budget: float, lower: Tensor, upper: Tensor, exact: bool, p: float
) -> Tensor:
    """x made longer or shorter, and clipped to its bounds, until norm_p(cost * d) is the budget (or at most
    that).

    A retraction, not the nearest point: for p > 1 that has no closed form, and on a sphere of that norm a
    retraction is what gradient steps need (Absil, Mahony and Sepulchre 2008).
    """
    within = x.clamp(lower, upper)
    spent = _spent(within, cost, p)
    if spent <= budget and not exact:
        return within
    if spent == 0.0:  # no direction to go in: begin with equal costs
        within = torch.where(upper > 0, 1 / cost, -1 / cost).clamp(lower, upper)
        spent = _spent(within, cost, p)
    direction = within

    def excess(logarithm: float) -> tuple[float, float]:
        value = _spent((direction * _exp(logarithm)).clamp(lower, upper), cost, p)
        return budget - value, -value

    guess = _log(budget / spent)
    if abs(excess(guess)[0]) > TOLERANCE * budget:
        low, high = guess - 1.0, guess + 1.0
        while excess(low)[0] < 0 and low > -600:
            low -= 10.0
        while excess(high)[0] > 0 and high < 600:
            high += 10.0
        guess = _root(excess, low=low, high=high, scale=budget)
    return (direction * _exp(guess)).clamp(lower, upper)


def _spent(x: Tensor, cost: Tensor, p: float) -> float:
    paid = cost * x.abs()
    return float(paid.sum() if p == 1.0 else torch.linalg.vector_norm(paid, ord=p))


def _root(
    function: Callable[[float], tuple[float, float]], *, low: float, high: float, scale: float
) -> float:
    """The zero of a falling function that returns (value, slope): Newton's method, kept within a bracket."""
    point = low
    for _ in range(MOST_STEPS):
        value, slope = function(point)
        if abs(value) <= TOLERANCE * scale:
            break
        low, high = (point, high) if value > 0 else (low, point)
        step = point - value / slope if slope < 0 else low
        following = step if low < step < high else (low + high) / 2
        if following == point:
            break
        point = following
    return point


def _exp(value: float) -> float:
    return float(torch.tensor(value, dtype=torch.float64).exp())


def _log(value: float) -> float:
    return float(torch.tensor(value, dtype=torch.float64).log())
