"""The box: bounds on every entry."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def project_box(
    x: Float[Tensor, " edges"], *, lower: Float[Tensor, " edges"], upper: Float[Tensor, " edges"]
) -> Float[Tensor, " edges"]:
    """min_d |d - x|^2  s.t.  l <= d <= u.

    Args:
        x: (E,)
        lower: l (E,)
        upper: u (E,), >= l

    Returns:
        d (E,): each entry at its nearest bound, or as it is

    Examples:
        >>> import torch
        >>> x = torch.tensor([-2.0, 0.5, 3.0])
        >>> project_box(x, lower=torch.zeros(3), upper=torch.ones(3))
        tensor([0.0000, 0.5000, 1.0000])
    """
    return x.clamp(lower, upper)
