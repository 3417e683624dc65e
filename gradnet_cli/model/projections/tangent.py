"""The tangent cone of the feasible set: the directions that a budget and bounds leave to a step."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

MOST_ACTIVE_SETS = 10


def project_tangent(
    gradient: Float[Tensor, " edges"],
    *,
    normal: Float[Tensor, " edges"],
    at_lower: Bool[Tensor, " edges"],
    at_upper: Bool[Tensor, " edges"],
) -> Float[Tensor, " edges"]:
    """min_t |t - g|^2  s.t.  <n, t> = 0,  t_e <= 0 at a lower bound,  t_e >= 0 at an upper one.

    -t is the steepest descent along the boundary: entries at a bound that the descent would push them out of
    are fixed, the others give up their part along n, and where that turns one of them against its bound it is
    fixed in turn (an active-set method; Lawson and Hanson 1974).

    Args:
        gradient: g (E,) of what is to fall
        normal: n (E,) of the budget, its gradient
        at_lower: which entries cannot fall, bool (E,)
        at_upper: which entries cannot rise, bool (E,)

    Returns:
        t (E,)

    Examples:
        The second entry is at its lower bound and the descent would lower it; the others share.

        >>> g = torch.tensor([1.0, 5.0, 3.0])
        >>> at_lower = torch.tensor([False, True, False])
        >>> project_tangent(g, normal=torch.ones(3), at_lower=at_lower, at_upper=torch.zeros(3, dtype=bool))
        tensor([-1.,  0.,  1.])
    """
    free = torch.ones_like(at_lower)
    reduced = gradient
    for _ in range(MOST_ACTIVE_SETS):
        on_free = normal * free
        square = float(on_free @ normal)
        if square == 0:
            break
        reduced = gradient - normal * (float(on_free @ gradient) / square)
        still_free = ~((at_lower & (reduced > 0)) | (at_upper & (reduced < 0)))
        if bool((still_free == free).all()):
            break
        free = still_free
    return reduced * free
