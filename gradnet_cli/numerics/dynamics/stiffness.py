"""How fast the fastest mode of dynamics on a network can be, and how many explicit steps that takes."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.numerics.topology import Topology

# The half disc of this radius lies within the region of stability of classical Runge-Kutta: in the left half
# plane abs(1 + z + z^2/2 + z^3/6 + z^4/24) <= 1 for abs(z) <= 2.616; along the real axis it reaches to 2.785.
STABLE = 2.6
PRODUCTS = 20  # at most, to bring the bound down
WORTH = 0.99  # of the bound before: as long as it falls by more, another product is worth it
GRID = 4  # numbers of steps are the least one times powers of 2^(1/4): they change seldom while weights do


@torch.no_grad()
def fastest_rate(
    topology: Topology,
    weights: Float[Tensor, "*batch edges"],
    *,
    form: str = "auto",
    enough: float = 0.0,
) -> float:
    """An upper bound on abs(lambda) of the linearised dynamics, wherever the state is.

    Jacobians of diffusion and of Kuramoto oscillators, whatever their phases, are entrywise within
    Q = D + abs(A), D the strengths of abs(A). The spectral radius of Q, and so of each of them, is at most
    max_i (Q x)_i / x_i for every x > 0 (Collatz 1942): twice the largest strength for x = 1, and less with
    each power x = Q^k 1.

    Args:
        weights: (..., E); the bound is that of the whole batch
        form: of the adjacency, one of gradnet_cli.numerics.coupling.FORMS
        enough: a bound that need not be improved
    """
    size = weights.detach().abs()
    strength = topology.strengths(size).unsqueeze(-1)
    bound = 2.0 * float(strength.max()) if strength.numel() else 0.0
    if bound <= enough or not math.isfinite(bound):
        return bound
    coupling = topology.coupling(size, form=form)
    moving = strength > 0  # the others have an empty row, whose eigenvalue is 0
    x = 2.0 * strength / bound
    for _ in range(PRODUCTS):
        image = strength * x + coupling.product(x)
        latest = float(torch.where(moving, image / x, 0.0).nan_to_num(nan=math.inf).max())
        worth = latest < WORTH * bound
        bound = min(bound, latest)
        if bound <= enough or not worth:
            break
        x = image / image.max()
    return bound


def steps_for(needed: float, *, least: int) -> int:
    """The number of steps: `least` if that is enough, else the next one of a grid that begins there."""
    if needed <= least:
        return least
    power = math.ceil(GRID * math.log2(needed / least)) / GRID
    return math.ceil(least * math.exp2(power))
