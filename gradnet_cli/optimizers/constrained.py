"""Optimizers that know the constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
import torch

Tangents = Callable[[], tuple[np.ndarray, np.ndarray]]


class ConstrainedOptimizer(torch.optim.Optimizer):
    """Is built with `feasible`, the FeasibleSet, and given gradients as they are.

    Attributes:
        uses_residuals: whether it is built with `residuals`, too: the objective's, at the present weights
        uses_tangents: whether it is built with `tangents`, too: linear functions of the weights, at the
            present ones, that the loss is never below, as (m,) values at weights of zero and (m, E) slopes
    """

    uses_residuals: ClassVar[bool] = False
    uses_tangents: ClassVar[bool] = False

    @property
    def proof(self) -> tuple[float, np.ndarray] | None:
        """A linear function of the weights that the loss is never below: value at zero and slope (E,)."""
        return None
