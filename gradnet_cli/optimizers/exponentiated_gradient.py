"""Exponentiated gradient: mirror descent with entropy on a budget simplex."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gradnet_cli.model import FeasibleSet
from gradnet_cli.optimizers.simplex import Moment, SimplexOptimizer
from gradnet_cli.settings.values import number

LARGEST_STEP = 2.0  # no logarithm of a weight changes by more in one update


class ExponentiatedGradient(SimplexOptimizer):
    """w_e <- w_e exp(eta z_e), rescaled to the budget, on {w >= 0, sum(cost * w) = K} (Kivinen and Warmuth
    1997).

    z_e = (a_e - mean a) / spread, with a_e = -grad_e / cost_e what a unit of money on the edge earns, its
    mean and standard deviation taken over the money as it is spent now: the update has no unit and one rate
    suits all objectives. The rate follows the angle between successive updates: it grows by `grow` while they
    agree and shrinks by `shrink` when they turn back, so that it settles instead of oscillating around the
    optimum. Noise on the weights turns gradients back by chance: let both be 1 then and choose a schedule.

    Args:
        feasible: the constraints, a simplex
        lr: first rate eta, > 0
        grow: factor >= 1
        shrink: factor, 0 < shrink <= 1
        floor: least share of the uniform weight that an edge keeps, so that it can come back; >= 0
    """

    name = "exponentiated_gradient"

    def __init__(
        self, params: Any, *, feasible: FeasibleSet, lr: float, grow: float, shrink: float, floor: float
    ) -> None:
        number(setting="optimizer.lr", value=lr, above=0)
        number(setting="optimizer.grow", value=grow, minimum=1)
        number(setting="optimizer.shrink", value=shrink, above=0, maximum=1)
        number(setting="optimizer.floor", value=floor, minimum=0, maximum=1)
        settings = {"lr": lr, "grow": grow, "shrink": shrink, "floor": floor}
        super().__init__(params, feasible=feasible, settings=settings)

    def _updated(self, now: Moment) -> Tensor:
        money, slope, parameter, _, settings = now
        simplex, price = self.simplex, self.simplex.price
        paid = simplex.paid(money)
        free = simplex.free(money)
        share = price * free / simplex.paid(free)
        earned = -slope / price
        earned = earned - (share * earned).sum()
        spread = float((share * earned.square()).sum().sqrt())
        if not spread > 0:
            return money
        direction = earned / spread
        state = self.state[parameter]
        gain = state.get("gain", 1.0)
        if "direction" in state:
            agreement = float((share * direction * state["direction"]).sum())
            gain *= settings["grow"] if agreement > 0 else settings["shrink"]
        state["gain"] = gain
        state["direction"] = direction
        rate = gain * settings["lr"]
        change = (rate * direction).clamp(-LARGEST_STEP, LARGEST_STEP)
        updated = money * change.exp()
        floor = settings["floor"] * float(paid / price.sum())
        return simplex.spend(updated.clamp(min=floor), paid)
