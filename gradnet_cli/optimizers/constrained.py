"""Optimizers that know the constraints."""

from __future__ import annotations

from typing import ClassVar

import torch


class ConstrainedOptimizer(torch.optim.Optimizer):
    """Is built with `feasible`, the FeasibleSet, and given gradients as they are.

    Attributes:
        uses_residuals: whether it is built with `residuals`, too: the objective's, at the present weights
    """

    uses_residuals: ClassVar[bool] = False
