"""Limits of strengths beside bounds and a budget: the nearest point."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.nearest_point import Polytope, nearest_point


def project_polytope(
    x: Float[Tensor, " edges"], *, polytope: Polytope, unit: float
) -> Float[Tensor, " edges"]:
    """min_d |d - x|^2  s.t.  l <= d <= u,  rows d <= room,  sum(c |d|) = K (exact) or <= K.

    Args:
        x: (E,)
        polytope: the constraints, of d / unit
        unit: the size of a typical entry, by which numbers become of the order of one

    Returns:
        d (E,) in the precision of x; rows are kept to 1e-9 of the unit

    Raises:
        NumericalError: no such point was found
    """
    target = x.detach().to("cpu", torch.float64).numpy() / unit
    found = nearest_point(target, polytope)
    if not found.converged:
        raise NumericalError("no network was found that keeps budget, signs and limits of strengths")
    return torch.as_tensor(found.point * unit).to(x)
