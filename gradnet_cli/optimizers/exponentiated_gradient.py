"""Exponentiated gradient: mirror descent with entropy on a budget simplex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gradnet_cli.model import FeasibleSet
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.optimizers.multiplicative import require_simplex
from gradnet_cli.settings.values import number

LARGEST_STEP = 2.0  # no logarithm of a weight changes by more in one update


class ExponentiatedGradient(ConstrainedOptimizer):
    """w_e <- w_e exp(eta z_e), rescaled to the budget, on {w >= 0, sum(cost * w) = K} (Kivinen and Warmuth
    1997).

    z_e = (a_e - mean a) / spread, with a_e = -grad_e / cost_e what a unit of money on the edge earns, its
    mean and standard deviation taken over the money as it is spent now: the update has no unit and one rate
    suits all objectives. The rate follows the angle between successive updates: it grows by `grow` while they
    agree and shrinks by `shrink` when they turn back, so that it settles instead of oscillating around the
    optimum. Noise on the weights turns gradients back by chance: let both be 1 then and choose a schedule.

    Arguments:
        feasible: the constraints, a simplex
        lr: first rate eta, > 0
        grow: factor >= 1
        shrink: factor, 0 < shrink <= 1
        floor: least share of the uniform weight that an edge keeps, so that it can come back; >= 0
    """

    def __init__(
        self, params: Any, *, feasible: FeasibleSet, lr: float, grow: float, shrink: float, floor: float
    ) -> None:
        number(setting="optimizer.lr", value=lr, above=0)
        number(setting="optimizer.grow", value=grow, minimum=1)
        number(setting="optimizer.shrink", value=shrink, above=0, maximum=1)
        number(setting="optimizer.floor", value=floor, minimum=0, maximum=1)
        require_simplex(feasible, "exponentiated_gradient")
        self._feasible = feasible
        super().__init__(params, {"lr": lr, "grow": grow, "shrink": shrink, "floor": floor})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One update from the gradient of the loss."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)
        return loss

    def _update(self, weights: Tensor, group: dict[str, Any]) -> None:
        cost = self._feasible.cost
        share = cost * weights / (cost * weights).sum()
        earned = -weights.grad / cost  # type: ignore[operator]
        earned = earned - (share * earned).sum()
        spread = float((share * earned.square()).sum().sqrt())
        if not spread > 0:
            return
        direction = earned / spread
        state = self.state[weights]
        gain = state.get("gain", 1.0)
        if "direction" in state:
            agreement = float((share * direction * state["direction"]).sum())
            gain *= group["grow"] if agreement > 0 else group["shrink"]
        state["gain"] = gain
        state["direction"] = direction
        rate = gain * group["lr"]
        change = (rate * direction).clamp(-LARGEST_STEP, LARGEST_STEP)
        updated = weights * change.exp()
        floor = group["floor"] * float((cost * weights).sum() / cost.sum())
        updated = updated.clamp(min=floor)
        weights.copy_(updated * ((cost * weights).sum() / (cost * updated).sum()))
