"""First-order dynamics on networks, x_i' = c_i + sum_j A_ij h(x_j - x_i), and a step from many states.

States are columns (N, M): all observed samples at once. Leading dimensions are a batch of networks.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.numerics.autograd import applied
from gradnet_cli.numerics.coupling import Coupling

Dynamics = Literal["kuramoto", "diffusion"]
STENCIL = 4  # samples that an integral over one interval is made of


class PairwiseRates:
    """Rates of change under a network, differentiable in its weights (..., E).

    Args:
        dynamics: kuramoto, h the sine, or diffusion, h the identity
        weights: (..., E)
        coupling: the matrix of these weights
        strengths: (..., N)
    """

    def __init__(
        self,
        dynamics: Dynamics,
        weights: Float[Tensor, "*batch edges"],
        coupling: Coupling,
        strengths: Float[Tensor, "*batch nodes"],
    ) -> None:
        self._dynamics = dynamics
        self._weights = weights
        self._coupling = coupling
        self._strengths = strengths[..., None]

    def __call__(self, states: Float[Tensor, "... nodes samples"]) -> Float[Tensor, "... nodes samples"]:
        """sum_j A_ij h(x_j - x_i) at states (..., N, M)."""
        if self._dynamics == "diffusion":
            return self._product(states) - self._strengths * states
        sine, cosine = states.sin(), states.cos()
        pull_of_sine, pull_of_cosine = self._product(torch.cat([sine, cosine], dim=-1)).chunk(2, dim=-1)
        return cosine * pull_of_sine - sine * pull_of_cosine

    def step(
        self,
        states: Float[Tensor, "... nodes samples"],
        *,
        constant: Float[Tensor, "... nodes 1"],
        interval: float,
        substeps: int,
    ) -> Float[Tensor, "... nodes samples"]:
        """States (..., N, M) one interval later, by `substeps` steps of the classical Runge-Kutta method."""
        h = interval / substeps
        for _ in range(substeps):
            first = constant + self(states)
            second = constant + self(states + h / 2 * first)
            third = constant + self(states + h / 2 * second)
            fourth = constant + self(states + h * third)
            states = states + h / 6 * (first + 2 * (second + third) + fourth)
        return states

    def _product(self, columns: Tensor) -> Tensor:
        return applied(_Product, self._weights, columns, self._coupling)


def change(
    dynamics: Dynamics, before: Float[Tensor, "... nodes samples"], after: Float[Tensor, "... nodes samples"]
) -> Float[Tensor, "... nodes samples"]:
    """after - before, for phases within [-pi, pi]."""
    difference = after - before
    return torch.atan2(difference.sin(), difference.cos()) if dynamics == "kuramoto" else difference


def squared_error(
    dynamics: Dynamics, one: Float[Tensor, "... nodes samples"], other: Float[Tensor, "... nodes samples"]
) -> Float[Tensor, "... nodes samples"]:
    """Squared distances, for phases those of their points (sin, cos) on the circle."""
    difference = one - other
    # 4 sin^2(d/2) = 2 - 2 cos d, without the cancellation.
    return 4 * (difference / 2).sin().square() if dynamics == "kuramoto" else difference.square()


def integral_stencils(
    lengths: list[int],
) -> tuple[Int[np.ndarray, "intervals points"], Float[np.ndarray, "intervals points"]]:
    """Samples and weights whose products add up to the integral over each interval, in units of the interval.

    The polynomial through the STENCIL samples around an interval is integrated exactly: an implicit multistep
    formula with an error of the fifth power of the interval (Hairer, Norsett and Wanner 1993, III.1).

    Args:
        lengths: samples of each trajectory, whose samples follow each other in one list

    Returns:
        index (M, k) into that list and weight (M, k) for all M intervals; k <= STENCIL, less where the
        longest trajectory is shorter
    """
    width = min(STENCIL, max(lengths))
    index, weight = [], []
    offset = 0
    for length in lengths:
        points = min(width, length)
        interval = np.arange(length - 1)
        first = np.clip(interval - (points // 2 - 1), 0, length - points)
        table = np.array([_polynomial_weights(points, begin) for begin in range(points - 1)])
        index.append(np.zeros((length - 1, width), dtype=np.int64) + offset)
        weight.append(np.zeros((length - 1, width)))
        index[-1][:, :points] = offset + first[:, None] + np.arange(points)
        weight[-1][:, :points] = table[interval - first]
        offset += length
    return np.concatenate(index), np.concatenate(weight)


def _polynomial_weights(points: int, begin: int) -> np.ndarray:
    """Weights (points,) of values at 0 .. points - 1 in the integral from begin to begin + 1."""
    powers = np.arange(points)
    values = np.arange(points)[None, :].astype(float) ** powers[:, None]
    integrals = ((begin + 1.0) ** (powers + 1) - float(begin) ** (powers + 1)) / (powers + 1)
    return np.linalg.solve(values, integrals)


class _Product(torch.autograd.Function):
    """A x with the gradients that a Coupling gives, in either of its forms."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, columns: Tensor, coupling: Coupling) -> Tensor:
        ctx.coupling = coupling
        ctx.save_for_backward(columns)
        return coupling.product(columns)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        (columns,) = ctx.saved_tensors
        gradient = grads[0].contiguous()
        slope = ctx.coupling.slope(gradient, columns) if ctx.needs_input_grad[0] else None
        back = None
        if ctx.needs_input_grad[1]:
            back = ctx.coupling.transposed_product(gradient).sum_to_size(columns.shape)
        return slope, back, None
