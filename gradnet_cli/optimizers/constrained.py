"""Optimizers that know the constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, overload

import numpy as np
import torch

from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.exchange import Exchange

Tangents = Callable[[], tuple[np.ndarray, np.ndarray]]


class ConstrainedOptimizer(torch.optim.Optimizer):
    """Is built with `feasible`, the FeasibleSet, and given gradients as they are.

    Attributes:
        compares_losses: whether `step` needs a closure
        uses_residuals: whether it is built with `residuals`, too: the objective's, at the present weights
        uses_fractions: whether it is built with `fraction`, too: the objective's, at the present weights
        uses_curvature: whether it is built with `curvature`, too: the diagonal of the loss's Hessian by the
            weights (E,), at the network that was scored last
        exchanges: whether it can go on with other edges
        uses_tangents: whether it is built with `tangents`, too: linear functions of the weights, at the
            present ones, that the loss is never below, as (m,) values at weights of zero and (m, E) slopes
    """

    compares_losses: ClassVar[bool] = False
    uses_residuals: ClassVar[bool] = False
    uses_fractions: ClassVar[bool] = False
    uses_tangents: ClassVar[bool] = False
    uses_curvature: ClassVar[bool] = False
    exchanges: ClassVar[bool] = False

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...
    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One update.

        Args:
            closure: computes the loss and its gradient, and returns the loss; without, the gradient is there

        Raises:
            ValueError: there is no closure, and losses are compared
        """
        if closure is None and self.compares_losses:
            raise ValueError(f"{type(self).__name__} needs a closure: it compares losses")
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.advance(parameter, loss=loss, settings=group)
        return loss

    def advance(self, parameter: torch.Tensor, *, loss: float | None, settings: dict[str, Any]) -> None:
        """One update of a parameter that has its gradient.

        Args:
            parameter: (E,), changed in place
            loss: its value, where a closure gave it
            settings: of the update; a group of the optimizer
        """
        raise NotImplementedError(f"{type(self).__name__} has neither a step of its own nor advance")

    def settled(self, parameter: torch.Tensor) -> torch.Tensor:
        """The latest parameter (E,) that it stands by, where the present one is but a proposal."""
        return parameter.detach()

    def exchange(
        self,
        feasible: FeasibleSet,
        exchange: Exchange,
        *,
        before: torch.nn.Parameter,
        now: torch.nn.Parameter,
    ) -> None:
        """Go on with other edges.

        Args:
            feasible: the constraints on them
            exchange: from the edges before
            before, now: the parameters on the edges before, and on these
        """
        for group in self.param_groups:
            group["params"] = [now if parameter is before else parameter for parameter in group["params"]]
        state = self.carried(self.state.pop(before, {}), exchange)
        if state:
            self.state[now] = state

    def carried(self, state: dict[str, Any], exchange: Exchange) -> dict[str, Any]:
        """What of the state of edges before is of use on others: nothing, unless a subclass knows better."""
        return {}

    @property
    def proven_ratio(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Slopes (E,) that numerator and denominator of a fractional loss are never below, and above."""
        return None

    @property
    def proof(self) -> tuple[float, np.ndarray] | None:
        """A linear function of the weights that the loss is never below: value at zero and slope (E,)."""
        return None
