"""Quasi-Newton steps on a budget simplex, for smooth objectives."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.exchange import Exchange
from gradnet_cli.optimizers.simplex import Moment, SimplexOptimizer
from gradnet_cli.settings.values import integer, number

FLOOR = 1e-6  # least share of the uniform weight that an edge begins with: at zero it would have no slope
SUFFICIENT = 1e-4  # of the decrease that the slope promises (Armijo 1966)
FIRST_STEP = 0.1  # root mean square of the first change of x, whose own is about 1
SHORTEST = 1e-4  # fraction of a step below which all is begun anew
ROUNDING = 1e-5  # of weights in single precision, relative to their mean
CURVED = 1e-10  # least cosine between the changes of x and of its slope that are remembered


class QuasiNewton(SimplexOptimizer):
    """L-BFGS (Nocedal 1980) in x on {w >= 0, sum(cost * w) = K}, cost_e w_e = K |x_e|^power / sum |x|^power.

    The constraints disappear, as in the square-slack methods of nonnegative problems; fading edges keep a
    slope of their own, and edges that x carries through zero come back. Every update is one evaluation of
    the objective: the network that it proposes. If the next call finds that the loss has not fallen enough
    there, it goes back and takes a part of the step, as a parabola through the three numbers suggests.

    On 4,950 edges between 100 Kuramoto oscillators (time-mean r, best known 0.9985906) 100 evaluations reach
    0.9985880 with power 2, 0.9985889 with 3 and 0.9985897 with 4, exponentiated gradients 0.9985505; 450 give
    0.9985906 with 2 and 3 but 0.9985905 with 4, for high powers bring edges to zero that do not return.

    Args:
        feasible: the constraints, a simplex; of an at-most budget it keeps spending what it begins with
        memory: pairs of changes remembered, >= 1
        power: >= 2; the higher, the more an update changes weights by factors than by differences
    """

    name = "quasi_newton"
    keeps_limits = False

    def __init__(self, params: Any, *, feasible: FeasibleSet, memory: int, power: float) -> None:
        integer(setting="optimizer.memory", value=memory, minimum=1)
        number(setting="optimizer.power", value=power, minimum=2, maximum=16)
        super().__init__(params, feasible=feasible, settings={"memory": memory, "power": power})

    @torch.no_grad()
    def settled(self, parameter: Tensor) -> Tensor:
        """The point that the last accepted network belongs to."""
        state = self.state[parameter]
        if "origin" not in state or _moved(self.simplex.money(parameter), state["proposed"]):
            return parameter.detach()
        power = self.param_groups[0]["power"]
        share = state["origin"].abs() ** power
        paid = self.simplex.paid(self.simplex.money(parameter))
        return self.simplex.change(share / self.simplex.price * (paid / share.sum()))

    def carried(self, state: dict[str, Any], exchange: Exchange) -> dict[str, Any]:
        """The curvature that is known of edges that stay."""
        pairs: list[tuple[Tensor, Tensor, float]] = []
        for change, turn, _ in state.get("pairs", ()):
            self._remember(exchange.carried(change), exchange.carried(turn), pairs)
        return {"carried": pairs}

    def _updated(self, now: Moment) -> Tensor:
        """Judge the network that the last update proposed by its loss, and propose the next."""
        money, slope, parameter, loss, settings = now
        if loss is None:
            raise ValueError("quasi_newton needs a closure: it compares losses")
        loss = float(loss)
        state, power, price = self.state[parameter], settings["power"], self.simplex.price
        if "x" not in state or _moved(money, state["proposed"]):
            # The first call, or somebody else has changed the weights.
            share = (price * money).clamp(min=0)
            carried = state.get("carried", [])
            state.clear()
            state["x"] = (share / share.mean()).clamp(min=FLOOR) ** (1 / power)
            if self.simplex.open is not None:
                state["x"] = state["x"] * self.simplex.open
            state["pairs"] = carried
        x = state["x"]
        reduced = slope / price
        share = x.abs() ** power
        reduced = reduced - (share * reduced).sum() / share.sum()
        steepness = power * x.sign() * x.abs() ** (power - 1) * reduced
        if "origin" in state and not self._accepted(loss, state):
            direction, length = state["direction"], state["length"]
            if length < SHORTEST:  # nothing is found on this way, or the objective has changed meanwhile
                origin = state["origin"]
                state.clear()
                state["pairs"] = []
                return self._proposed(money, state, origin, power)
            return self._proposed(money, state, state["origin"] + length * direction, power)
        if "origin" in state:
            self._remember(x - state["origin"], steepness - state["slope"], state["pairs"])
            del state["pairs"][: -settings["memory"]]
        direction = self._direction(steepness, state["pairs"])
        if not float(direction @ steepness) < 0:
            state["pairs"].clear()
            direction = self._direction(steepness, state["pairs"])
        state.update(origin=x, loss=loss, slope=steepness, direction=direction, length=1.0)
        return self._proposed(money, state, x + direction, power)

    @staticmethod
    def _accepted(loss: float, state: dict[str, Any]) -> bool:
        """Whether the loss has fallen enough; if not, the step's length is reduced."""
        length, gain = state["length"], float(state["slope"] @ state["direction"])
        rise = loss - state["loss"]
        if rise <= SUFFICIENT * length * gain:
            return True
        best = -gain * length / (2 * (rise - gain * length)) if rise > gain * length else 0.5
        state["length"] = length * min(0.5, max(0.1, best))
        return False

    @staticmethod
    def _remember(change: Tensor, turn: Tensor, pairs: list[tuple[Tensor, Tensor, float]]) -> None:
        product = float(change @ turn)
        if product > CURVED * float(change.norm() * turn.norm()):
            pairs.append((change, turn, product))

    @staticmethod
    def _direction(slope: Tensor, pairs: list[tuple[Tensor, Tensor, float]]) -> Tensor:
        """Minus the slope times the inverse Hessian that the pairs suggest (two-loop recursion)."""
        if not pairs:
            size = float(slope.square().mean().sqrt())
            return slope * (-FIRST_STEP / size if size > 0 else 0.0)
        direction, factors = -slope, []
        for change, turn, product in reversed(pairs):
            factors.append(float(change @ direction) / product)
            direction = torch.sub(direction, turn, alpha=factors[-1])
        _, turn, product = pairs[-1]
        direction = direction * (product / float(turn @ turn))
        for (change, turn, product), factor in zip(pairs, reversed(factors), strict=True):
            direction = torch.add(direction, change, alpha=factor - float(turn @ direction) / product)
        # No x moves by more than about its own size.
        return direction / max(1.0, float(direction.square().mean().sqrt()))

    def _proposed(self, money: Tensor, state: dict[str, Any], x: Tensor, power: float) -> Tensor:
        # abs(x)^power has mean 1, so that lengths of x mean the same at every update.
        x = x / (x.abs() ** power).mean() ** (1 / power)
        share = x.abs() ** power
        updated = share / self.simplex.price * (self.simplex.paid(money) / share.sum())
        state.update(x=x, proposed=updated.clone())
        return updated


def _moved(money: Tensor, proposed: Tensor) -> bool:
    """Whether money lies elsewhere, by more than a projection's rounding."""
    return float((money - proposed).abs().max()) > ROUNDING * float(proposed.mean())
