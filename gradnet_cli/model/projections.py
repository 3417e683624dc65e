"""Projections onto budgets and bounds: pure functions of vectors.

All solve for one scalar. With cost c > 0, bounds l <= 0 <= u or of one sign, and budget K:

    project_budget  minimise |d - x|^2  subject to  l <= d <= u,  sum(c |d|) = K  (or <= K)
    scale_to_budget d = clip(s x, l, u) with the one s >= 0 for which norm_p(c d) = K  (or s <= 1 and <= K)
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

MOST_STEPS = 200
# Rounding of a sum over 10^6 edges in float64; reached in a few steps, for the functions are piecewise
# smooth.
TOLERANCE = 1e-13
MOST_APPROACHES = 20  # each from 10^15 times as near, so that any number of float64 comes home
LARGEST_LOGARITHM = 600.0  # of a factor on a vector: beyond, float64 overflows


def project_budget(
    x: Tensor, *, cost: Tensor, budget: float, lower: Tensor, upper: Tensor, exact: bool
) -> Tensor:
    """The nearest vector (E,) within bounds whose cost is the budget (exact) or at most the budget.

    By Lagrange d = clip(s max(s x - tau c, 0), lower, upper) with s the sign of each entry, and tau found by
    a safeguarded Newton method on sum(c |d|), which falls with tau (Michelot 1986 for the simplex). A
    negative tau, needed where x costs too little for an exact budget, lets entries grow away from 0; with
    free signs the set is not convex then, and the result is the nearest vector with the signs of x. Where
    these signs leave too little room for the budget, the entry nearest to 0 takes the other one.
    """
    within = x.clamp(lower, upper)
    if not exact and _spent(within.double(), cost.double(), 1.0) <= budget:
        return within
    room = Room(x, cost=cost, lower=lower, upper=upper, budget=budget, p=1.0)
    size = _nearest(room.sign * x.double(), room, budget=budget)
    for _ in range(MOST_APPROACHES):
        if abs(_spent(size, room.cost, 1.0) - budget) <= TOLERANCE * budget:
            break
        # From far away x - tau c keeps the last digits of x only; from nearby it keeps its own.
        room.hold(size, budget=budget)
        size = _nearest(size, room, budget=budget)
    return (room.sign * size).to(x.dtype).clamp(lower, upper)


def scale_to_budget(
    x: Tensor, *, cost: Tensor, budget: float, lower: Tensor, upper: Tensor, exact: bool, p: float
) -> Tensor:
    """x made longer or shorter, and clipped to its bounds, until norm_p(cost * d) is the budget (or at most
    that).

    A retraction, not the nearest point: for p > 1 that has no closed form, and on a sphere of that norm a
    retraction is what gradient steps need (Absil, Mahony and Sepulchre 2008). Where all that x has is held by
    bounds too tight for the budget, its zeros grow as well, and the entry nearest to 0 takes the other sign.
    """
    within = x.clamp(lower, upper)
    if not exact and _spent(within.double(), cost.double(), p) <= budget:
        return within
    room = Room(x, cost=cost, lower=lower, upper=upper, budget=budget, p=p)
    size = room.clip(room.sign * x.double())
    if _spent(torch.where(size > 0, room.most, room.least), room.cost, p) < budget:
        paid = (room.cost * size)[size > 0]
        size = torch.where(size > 0, size, (float(paid.min()) if len(paid) else 1.0) / room.cost)
    size = size / size.max()  # only proportions count, and powers of huge or tiny numbers overflow

    def grown(logarithm: float) -> Tensor:
        return room.clip(size * math.exp(logarithm))

    def excess(logarithm: float) -> tuple[float, float]:
        size = grown(logarithm)
        value = _spent(size, room.cost, p)
        if abs(budget - value) <= TOLERANCE * budget or value == 0:
            return budget - value, 0.0
        moving = room.cost * size * room.inside(size)
        return budget - value, -value * float((moving / value).pow(p).sum())

    guess = math.log(budget) - math.log(_spent(size, room.cost, p))
    if not abs(excess(guess)[0]) <= TOLERANCE * budget:
        low, high = guess - 1.0, guess + 1.0
        while excess(low)[0] < 0 and low > -LARGEST_LOGARITHM:
            low -= 10.0
        while excess(high)[0] > 0 and high < LARGEST_LOGARITHM:
            high += 10.0
        guess = _root(excess, low=low, high=high, scale=budget)
    return (room.sign * grown(guess)).to(x.dtype).clamp(lower, upper)


class Room:
    """Signs for a vector, and how large its entries may be in these directions; all (E,) in float64, for in
    float32 no single number would meet a budget closely.

    Attributes:
        sign: of x, or that which the bounds leave; the entry nearest to 0 is turned where the budget could
            not be spent otherwise
        least, most: bounds of the entries' sizes
        cost: as given
    """

    def __init__(
        self, x: Tensor, *, cost: Tensor, lower: Tensor, upper: Tensor, budget: float, p: float
    ) -> None:
        self.cost = cost.double()
        upward = torch.where(lower >= 0, True, torch.where(upper <= 0, False, x >= 0))
        size = torch.where(upward, upper, -lower)
        wider = torch.where(upward, -lower, upper) > size
        if bool(wider.any()) and _spent(size.double(), self.cost, p) < budget:
            nearest = torch.where(wider, x.abs() / cost, torch.inf).argmin()
            upward[nearest] = ~upward[nearest]
        self.sign = torch.where(upward, 1.0, -1.0).double()
        self.most = torch.where(upward, upper, -lower).double()
        self.least = torch.where(upward, lower, -upper).clamp(min=0.0).double()

    def clip(self, size: Tensor) -> Tensor:
        """Sizes (E,) brought within their bounds."""
        return size.maximum(self.least).minimum(self.most)

    def hold(self, size: Tensor, *, budget: float) -> None:
        """Keep the entries that are at a bound, if the others can meet the budget."""
        inside = self.inside(size)
        least, most = torch.where(inside, self.least, size), torch.where(inside, self.most, size)
        if _spent(least, self.cost, 1.0) <= budget <= _spent(most, self.cost, 1.0):
            self.least, self.most = least, most

    def inside(self, size: Tensor) -> Tensor:
        """Which sizes (E,) are at no bound."""
        return (size > self.least) & (size < self.most)


def _nearest(outward: Tensor, room: Room, *, budget: float) -> Tensor:
    """Sizes (E,) that solve project_budget for entries (E,) seen in the directions of room.sign."""

    def excess(tau: float) -> tuple[float, float]:
        size = room.clip(outward - tau * room.cost)
        moving = room.inside(size).double()
        return float((room.cost * size).sum()) - budget, -float(room.cost.square() @ moving)

    ratio = outward / room.cost
    low = float(ratio.min()) - budget / float(room.cost.square().sum()) - 1.0
    reach = 1.0 + abs(low)
    while excess(low)[0] < 0 and low > -1e300:
        low -= reach
        reach *= 2
    tau = _root(excess, low=low, high=float(ratio.max()), scale=budget)
    return room.clip(outward - tau * room.cost)


def _spent(x: Tensor, cost: Tensor, p: float) -> float:
    paid = cost * x.abs()
    return float(paid.sum() if p == 1.0 else torch.linalg.vector_norm(paid, ord=p))


def _root(
    function: Callable[[float], tuple[float, float]], *, low: float, high: float, scale: float
) -> float:
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
