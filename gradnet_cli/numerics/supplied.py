"""Scores that are computed outside of torch, with their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.numerics.autograd import applied


def with_gradient(
    weights: Float[Tensor, " edges"], *, value: float, slope: Float[np.ndarray, " edges"]
) -> Float[Tensor, ""]:
    """The number `value` as a tensor, of which torch will say that its gradient in the weights is `slope`.

    Args:
        weights: (E,)
        slope: (E,)
    """
    return applied(_Supplied, weights, value, torch.as_tensor(slope).to(weights))


class _Supplied(torch.autograd.Function):
    """A number computed elsewhere, with a gradient computed elsewhere."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, value: float, slope: Tensor) -> Tensor:
        ctx.save_for_backward(slope)
        return weights.new_tensor(value)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return grads[0] * slope, None, None
