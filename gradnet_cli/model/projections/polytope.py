"""Limits of strengths beside bounds and a budget: the nearest point."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.convex.nearest_point import nearest_point
from gradnet_cli.numerics.convex.polytope import Polytope


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

    Examples:
        >>> import numpy as np
        >>> import scipy.sparse as sp
        >>> one, none = np.ones(2), np.zeros(2)
        >>> both = sp.csr_array(one[None, :])
        >>> triangle = Polytope(lower=none, upper=one, rows=both, room=np.array([1.5]))
        >>> project_polytope(torch.tensor([0.5, 2.0]), polytope=triangle, unit=1.0)
        tensor([0.5000, 1.0000])
        >>> project_polytope(torch.tensor([1.0, 1.0]), polytope=triangle, unit=1.0)
        tensor([0.7500, 0.7500])
    """
    target = x.detach().to("cpu", torch.float64).numpy() / unit
    found = nearest_point(target, polytope)
    if not found.converged:
        raise NumericalError("no network was found that keeps budget, signs and limits of strengths")
    return torch.as_tensor(found.point * unit).to(x)
