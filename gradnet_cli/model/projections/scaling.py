"""A budget of any p-norm, within bounds, along the ray through a vector."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.model.projections._room import Room, spent
from gradnet_cli.model.projections._root import TOLERANCE, root

LARGEST_LOGARITHM = 600.0  # of a factor on a vector: beyond, float64 overflows


def scale_to_budget(
    x: Float[Tensor, " edges"],
    *,
    cost: Float[Tensor, " edges"],
    budget: float,
    lower: Float[Tensor, " edges"],
    upper: Float[Tensor, " edges"],
    exact: bool,
    p: float,
) -> Float[Tensor, " edges"]:
    """min_s |s - 1|  s.t.  d = clip(s x, l, u),  norm_p(c d) = K (exact) or <= K.

    x made longer or shorter, and clipped to its bounds, until it spends the budget. A retraction, not the
    nearest point: for p > 1 that has no closed form, and on a sphere of that norm a retraction is what
    gradient steps need (Absil, Mahony and Sepulchre 2008). Where all that x has is held by bounds too tight
    for the budget, its zeros grow as well, and the entry nearest to 0 takes the other sign.

    Args:
        x: (E,)
        cost: c (E,) > 0
        budget: K > 0, that a vector within the bounds can spend
        lower: l (E,); -inf, or a bound that leaves room for 0 or for one sign only
        upper: u (E,), >= l, and inf, 0 or such a bound
        exact: the budget is spent to the last; otherwise it may be
        p: order of the norm, > 0

    Returns:
        d (E,) in the precision of x

    Examples:
        >>> x, free = torch.tensor([3.0, -4.0]), torch.full((2,), torch.inf)
        >>> scale_to_budget(x, cost=torch.ones(2), budget=10.0, lower=-free, upper=free, exact=True, p=2.0)
        tensor([ 6., -8.])
        >>> scale_to_budget(
        ...     x, cost=torch.ones(2), budget=7.0, lower=-free, upper=torch.ones(2), exact=True, p=1.0
        ... )
        tensor([ 1., -6.])
    """
    within = x.clamp(lower, upper)
    if not exact and spent(within.double(), cost.double(), p) <= budget:
        return within
    room = Room(x, cost=cost, lower=lower, upper=upper, budget=budget, p=p)
    size = room.clip(room.sign * x.double())
    if spent(torch.where(size > 0, room.most, room.least), room.cost, p) < budget:
        paid = (room.cost * size)[size > 0]
        size = torch.where(size > 0, size, (float(paid.min()) if len(paid) else 1.0) / room.cost)
    size = size / size.max()  # only proportions count, and powers of huge or tiny numbers overflow

    def grown(logarithm: float) -> Tensor:
        return room.clip(size * math.exp(logarithm))

    def excess(logarithm: float) -> tuple[float, float]:
        size = grown(logarithm)
        value = spent(size, room.cost, p)
        if abs(budget - value) <= TOLERANCE * budget or value == 0:
            return budget - value, 0.0
        moving = room.cost * size * room.inside(size)
        return budget - value, -value * float((moving / value).pow(p).sum())

    guess = math.log(budget) - math.log(spent(size, room.cost, p))
    if not abs(excess(guess)[0]) <= TOLERANCE * budget:
        low, high = guess - 1.0, guess + 1.0
        while excess(low)[0] < 0 and low > -LARGEST_LOGARITHM:
            low -= 10.0
        while excess(high)[0] > 0 and high < LARGEST_LOGARITHM:
            high += 10.0
        guess = root(excess, low=low, high=high, scale=budget)
    return (room.sign * grown(guess)).to(x.dtype).clamp(lower, upper)
