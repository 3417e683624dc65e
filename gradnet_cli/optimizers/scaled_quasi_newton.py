"""Projected quasi-Newton steps on a budget simplex, in the scale of the Hessian's diagonal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.exchange import Exchange
from gradnet_cli.numerics.convex.curvature import Curvature
from gradnet_cli.optimizers.simplex import Moment, SimplexOptimizer
from gradnet_cli.settings.values import integer

SUFFICIENT = 1e-4  # of the decrease that the slope promises (Armijo 1966)
SHORTEST = 1e-4  # fraction of a step below which all is begun anew
ROUNDING = 1e-13  # of a loss, relative, by which one may rise
STANDSTILL = 1e-14  # of a loss, relative: what a step must promise
FLATTEST = 1e-10  # of the largest curvature; where there is less, edges move as if there were so much
# No weight falls to a smaller share of itself in one update, unless it is below this share of the mean: a
# step that goes too far would cut the network.
LEFT, LEAST = 1e-3, 1e-12
MOVED = 1e-5  # of weights in single precision, relative to their mean


class ScaledQuasiNewton(SimplexOptimizer):
    """Projected L-BFGS on {0 <= m <= most, sum(price * m) = K}, begun from the diagonal of the Hessian.

    For smooth convex losses whose objective tells that diagonal: of a resistor network it is 2 R_e g_e, with
    the resistances R_e and slopes g_e of its edges, and spreads over many orders of magnitude where costs do.
    After a few multiplicative updates w_e ~ w_e sqrt(g_e / cost_e), which come close from anywhere, every
    update minimises a quadratic model over the simplex, by spectral projected gradients (Birgin, Martinez and
    Raydan 2000) in the metric of the diagonal. It is one evaluation of the objective, of the network that it
    proposes; if the next call finds that the loss has not fallen enough there, it goes back and takes a part
    of the step, as a parabola through the three numbers suggests.

    Args:
        feasible: the constraints, a simplex with budget.p = 1
        curvature: the diagonal (E,) of the Hessian of the loss by the weights, at the network scored last
        memory: changes remembered, >= 1
        inner: most projections an update, >= 1
        warm: multiplicative updates to begin with, >= 0
    """

    name = "scaled_quasi_newton"
    compares_losses = True
    uses_curvature = True

    def __init__(
        self,
        params: Any,
        *,
        feasible: FeasibleSet,
        curvature: Callable[[], np.ndarray],
        memory: int,
        inner: int,
        warm: int,
    ) -> None:
        integer(setting="optimizer.memory", value=memory, minimum=1)
        integer(setting="optimizer.inner", value=inner, minimum=1)
        integer(setting="optimizer.warm", value=warm, minimum=0)
        super().__init__(params, feasible=feasible, settings={"memory": memory, "inner": inner, "warm": warm})
        if self.simplex.p != 1.0:
            allowed = "is for budgets with p = 1 and exponent = 1"
            raise SettingError(
                setting="optimizer", value=self.name, allowed=allowed, hint="optimizer=multiplicative"
            )
        self._curvature = curvature

    @torch.no_grad()
    def settled(self, parameter: Tensor) -> Tensor:
        """The last network that was accepted."""
        state = self.state[parameter]
        if "origin" not in state or _moved(self.simplex.money(parameter), state["proposed"]):
            return parameter.detach()
        return self.simplex.change(state["origin"]).to(parameter)

    def carried(self, state: dict[str, Any], exchange: Exchange) -> dict[str, Any]:
        """The curvature that is known of edges that stay."""
        pairs = [
            (exchange.carried(moved), exchange.carried(turned)) for moved, turned in state.get("pairs", ())
        ]
        return {
            "pairs": [pair for pair in pairs if Curvature.tells(*pair)],
            "updates": state.get("updates", 0),
        }

    def _updated(self, now: Moment) -> Tensor:
        """Judge the network that the last update proposed by its loss, and propose the next."""
        assert now.loss is not None
        state, settings = self.state[now.parameter], now.settings
        point, slope, loss = now.money.double(), now.slope.double(), float(now.loss)
        state.setdefault("pairs", [])
        state.setdefault("updates", 0)
        if "origin" in state and _moved(now.money, state["proposed"]):
            del state["origin"]  # somebody else has changed the weights
        if "origin" in state:
            if not _accepted(loss, state, rounding=max(ROUNDING, 4 * torch.finfo(now.money.dtype).eps)):
                if state["length"] >= SHORTEST:
                    return self._proposed(
                        state["origin"] + state["length"] * state["change"], now.money, state
                    )
                # Nothing is found on this way, or the objective has changed meanwhile.
                state["pairs"].clear()
                return self._proposed(state.pop("origin"), now.money, state)
            pair = (point - state["origin"], slope - state["slope"])
            if Curvature.tells(*pair):
                state["pairs"].append(pair)
                del state["pairs"][: -settings["memory"]]
        state["updates"] += 1
        if state["updates"] <= settings["warm"] and not state["pairs"]:
            change = self._multiplied(point, slope) - point
        else:
            change = self._goal(point, slope, state, settings["inner"]) - point
            if float(change @ slope) >= 0 and state["pairs"]:
                state["pairs"].clear()
                change = self._goal(point, slope, state, settings["inner"]) - point
        if -float(change @ slope) <= STANDSTILL * abs(loss):
            state.pop("origin", None)
            return now.money
        state.update(origin=point, slope=slope, loss=loss, change=change, length=1.0)
        return self._proposed(point + change, now.money, state)

    def _multiplied(self, point: Tensor, slope: Tensor) -> Tensor:
        """The network of a multiplicative update of power 1/2."""
        simplex, price = self.simplex, self.simplex.price.double()
        earned = (-slope / price).clamp(min=0.0)
        if not bool((earned * point > 0).any()):
            return point
        # An edge without weight comes back by the other updates.
        return simplex.spend(point * earned.sqrt(), float(simplex.paid(point)))

    def _goal(self, point: Tensor, slope: Tensor, state: dict[str, Any], inner: int) -> Tensor:
        """Where the model is least, within the constraints, but for weights that fall too far at once."""
        simplex, total = self.simplex, float(self.simplex.paid(point))
        diagonal = torch.as_tensor(self._curvature()).to(point) * self._feasible.scale**2
        diagonal = diagonal.clamp(min=FLATTEST * float(diagonal.max()))
        pairs = state["pairs"]
        curvature = Curvature(pairs, diagonal=diagonal) if pairs else None
        if curvature is not None:
            diagonal = curvature.scale * diagonal
        goal, gradient, rate = point, slope, 1.0
        for _ in range(inner):
            change = simplex.nearest(goal - rate * gradient / diagonal, total, metric=diagonal) - goal
            falls = -float(gradient @ change)
            if falls <= STANDSTILL * abs(float(slope @ point)):
                break
            bent = diagonal * change if curvature is None else curvature.times(change)
            steepens = float(change @ bent)
            share = min(1.0, falls / steepens) if steepens > 0 else 1.0
            goal = goal + share * change
            gradient = gradient + share * bent
            rate = float(change @ (diagonal * change)) / steepens if steepens > 0 else 1.0
        floor = torch.minimum(point, (LEFT * point).clamp(min=LEAST * float(point.mean())))
        return simplex.spend(goal.maximum(floor), total)

    @staticmethod
    def _proposed(updated: Tensor, money: Tensor, state: dict[str, Any]) -> Tensor:
        proposed = updated.clamp(min=0.0).to(money)
        state["proposed"] = proposed.clone()
        return proposed


def _accepted(loss: float, state: dict[str, Any], *, rounding: float) -> bool:
    """Whether the loss has fallen enough; if not, the step's length is reduced."""
    length, gain = state["length"], float(state["slope"] @ state["change"])
    rise = loss - state["loss"]
    if rise <= SUFFICIENT * length * gain + rounding * abs(state["loss"]):
        return True
    best = -gain * length / (2 * (rise - gain * length)) if rise > gain * length else 0.5
    state["length"] = length * min(0.5, max(0.1, best))
    return False


def _moved(money: Tensor, proposed: Tensor) -> bool:
    """Whether money lies elsewhere, by more than a projection's rounding."""
    return float((money - proposed).abs().max()) > MOVED * float(proposed.mean())
