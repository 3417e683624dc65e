"""The budget: a weighted 1-norm, within bounds."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gradnet_cli.model.projections._room import Room, spent
from gradnet_cli.model.projections._root import TOLERANCE, root

MOST_APPROACHES = 20  # each from 10^15 times as near, so that any number of float64 comes home


def project_budget(
    x: Float[Tensor, " edges"],
    *,
    cost: Float[Tensor, " edges"],
    budget: float,
    lower: Float[Tensor, " edges"],
    upper: Float[Tensor, " edges"],
    exact: bool,
) -> Float[Tensor, " edges"]:
    """min_d |d - x|^2  s.t.  l <= d <= u,  sum(c |d|) = K (exact) or <= K.

    By Lagrange d = clip(s max(s x - tau c, 0), l, u) with s the sign of each entry, and tau found by a
    safeguarded Newton method on sum(c |d|), which falls with tau (Michelot 1986 for the simplex; Duchi,
    Shalev-Shwartz, Singer and Chandra 2008 for free signs). A negative tau, needed where x costs too little
    for an exact budget, lets entries grow away from 0; with free signs the set is not convex then, and the
    result is the nearest vector with the signs of x. Where these signs leave too little room for the budget,
    the entry nearest to 0 takes the other one.

    Args:
        x: (E,)
        cost: c (E,) > 0
        budget: K > 0, that a vector within the bounds can spend
        lower: l (E,); -inf, or a bound that leaves room for 0 or for one sign only
        upper: u (E,), >= l, and inf, 0 or such a bound
        exact: the budget is spent to the last; otherwise it may be

    Returns:
        d (E,) in the precision of x

    Examples:
        >>> import torch
        >>> bounds = {"lower": torch.zeros(3), "upper": torch.full((3,), torch.inf)}
        >>> x = torch.tensor([3.0, 1.0, -1.0])
        >>> project_budget(x, cost=torch.ones(3), budget=2.0, exact=True, **bounds)
        tensor([2., 0., 0.])
        >>> project_budget(x, cost=torch.tensor([2.0, 1.0, 1.0]), budget=2.0, exact=True, **bounds)
        tensor([1., 0., 0.])
        >>> project_budget(x, cost=torch.ones(3), budget=9.0, exact=False, **bounds)
        tensor([3., 1., 0.])
    """
    within = x.clamp(lower, upper)
    if not exact and spent(within.double(), cost.double(), 1.0) <= budget:
        return within
    room = Room(x, cost=cost, lower=lower, upper=upper, budget=budget, p=1.0)
    size = _nearest(room.sign * x.double(), room, budget=budget)
    for _ in range(MOST_APPROACHES):
        if abs(spent(size, room.cost, 1.0) - budget) <= TOLERANCE * budget:
            break
        # From far away x - tau c keeps the last digits of x only; from nearby it keeps its own.
        room.hold(size, budget=budget)
        size = _nearest(size, room, budget=budget)
    return (room.sign * size).to(x.dtype).clamp(lower, upper)


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
    tau = root(excess, low=low, high=float(ratio.max()), scale=budget)
    return room.clip(outward - tau * room.cost)
