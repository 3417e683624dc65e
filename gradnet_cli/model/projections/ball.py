"""A budget of any p-norm, p > 1, that may be spent, within bounds: the nearest point."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.model.projections._room import Room, spent
from gradnet_cli.model.projections._root import TOLERANCE

HALVINGS = 60  # of a bracket: to the last digit of float64


def project_ball(
    x: Float[Tensor, " edges"],
    *,
    cost: Float[Tensor, " edges"],
    budget: float,
    lower: Float[Tensor, " edges"],
    upper: Float[Tensor, " edges"],
    p: float,
) -> Float[Tensor, " edges"]:
    """min_d |d - x|^2  s.t.  l <= d <= u,  norm_p(c d) <= K.

    By Lagrange the size z of each entry solves z + v c^p z^(p-1) = |x|, within its bounds, and v is found by
    halving a bracket of its logarithm.

    Args:
        x: (E,)
        cost: c (E,) > 0
        budget: K > 0, that the least vector within the bounds does not exceed
        lower: l (E,); -inf, or a bound that leaves room for 0 or for one sign only
        upper: u (E,), >= l, and inf, 0 or such a bound
        p: order of the norm, > 1

    Returns:
        d (E,) in the precision of x

    Examples:
        >>> x, free = torch.tensor([3.0, -4.0]), torch.full((2,), torch.inf)
        >>> project_ball(x, cost=torch.ones(2), budget=2.5, lower=-free, upper=free, p=2.0)
        tensor([ 1.5000, -2.0000])
        >>> project_ball(x, cost=torch.ones(2), budget=9.0, lower=-free, upper=torch.ones(2), p=2.0)
        tensor([ 1., -4.])
    """
    within = x.clamp(lower, upper)
    if spent(within.double(), cost.double(), p) <= budget:
        return within
    room = Room(x, cost=cost, lower=lower, upper=upper, budget=budget, p=p)
    outward = (room.sign * x.double()).clamp(min=0.0)

    def size(logarithm: float) -> Tensor:
        return room.clip(_sizes(outward, room.cost**p * math.exp(logarithm), p))

    low, high = -1.0, 1.0
    while spent(size(low), room.cost, p) < budget and low > -600.0:
        low -= 4.0
    while spent(size(high), room.cost, p) > budget and high < 600.0:
        high += 4.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        excess = spent(size(middle), room.cost, p) - budget
        if abs(excess) <= TOLERANCE * budget:
            high = middle
            break
        low, high = (middle, high) if excess > 0 else (low, middle)
    return (room.sign * size(high)).to(x.dtype).clamp(lower, upper)


def _sizes(outward: Tensor, steepness: Tensor, p: float) -> Tensor:
    """z >= 0 of z + s z^(p-1) = a, (E,)."""
    if p == 2.0:
        return outward / (1 + steepness)
    # One of the two terms is half of the sum, or more.
    low, high = (part.minimum((part / steepness) ** (1 / (p - 1))) for part in (outward / 2, outward))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = middle + steepness * middle ** (p - 1) > outward
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    return (low + high) / 2
