"""Quasi-Newton steps within any bounds and budget, for smooth objectives."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.convex.curvature import Curvature
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.optimizers.quasi_newton import QuasiNewton
from gradnet_cli.settings.values import integer

SUFFICIENT = 1e-4  # of the decrease that the slope promises (Armijo 1966)
FIRST_STEP = 0.1  # root mean square of the first change, whose own unit is that of a uniform change
SHORTEST = 1e-4  # fraction of a step below which all is begun anew
STANDSTILL = 1e-12  # relative size of a change that is none
PATIENCE = 25  # updates in a row by which additions alone gain less than LEAST_GAIN, before removals join in
LEAST_GAIN = 1e-7  # relative
ADDED_MEMORY, ADDED_POWER = 50, 3.0  # of quasi_newton for these


class ProjectedQuasiNewton(ConstrainedOptimizer):
    """Projected L-BFGS (Schmidt, van den Berg, Friedlander and Murphy 2009) within bounds and a budget.

    Every update minimises a quadratic model of the loss, whose curvature the last changes tell, over the
    feasible set itself, by spectral projected gradients (Birgin, Martinez and Raydan 2000). An update is one
    evaluation of the objective, of the network that it proposes; if the next call finds that the loss has not
    fallen enough there, it goes back and takes a part of the step, as a parabola through the three numbers
    suggests. An exact budget with free signs is no convex set: there each step ends at the nearest network
    with the signs that it has.

    Where all that is allowed includes spending the budget on additions alone, these are exhausted first by
    the quicker steps of quasi_newton: what is allowed beyond them then never leads to less.

    Args:
        feasible: the constraints
        memory: changes remembered, >= 1
        inner: most projections an update, >= 1
    """

    compares_losses = True

    def __init__(self, params: Any, *, feasible: FeasibleSet, memory: int, inner: int) -> None:
        integer(setting="optimizer.memory", value=memory, minimum=1)
        integer(setting="optimizer.inner", value=inner, minimum=1)
        self._feasible, self._unit = feasible, feasible.scale
        super().__init__(params, {"memory": memory, "inner": inner, "best": None, "since": 0})
        additions = feasible.additions()
        self._additions = None
        if additions is not None:
            parameters = [parameter for group in self.param_groups for parameter in group["params"]]
            self._additions = QuasiNewton(
                parameters, feasible=additions, memory=ADDED_MEMORY, power=ADDED_POWER
            )

    def advance(self, parameter: Tensor, *, loss: float | None, settings: dict[str, Any]) -> None:
        """Judge the network that the last update proposed by its loss, and propose the next."""
        assert loss is not None
        if self._adds(parameter, loss, settings):
            assert self._additions is not None
            self._additions.state = self.state  # one memory, also after it was loaded
            self._additions.advance(parameter, loss=loss, settings=self._additions.defaults)
        else:
            self._update(parameter, loss, memory=settings["memory"], inner=settings["inner"])

    def _adds(self, parameter: Tensor, loss: float, group: dict[str, Any]) -> bool:
        """Whether additions alone still gain; `since` is negative once they do not."""
        if self._additions is None or group["since"] < 0 or bool((parameter < 0).any()):
            return False
        best = group["best"]
        if best is None or loss < best - LEAST_GAIN * abs(best):
            group.update(best=loss, since=0)
            return True
        group["since"] += 1
        if group["since"] < PATIENCE or loss > best:
            return True
        group["since"] = -1
        self.state[parameter].clear()
        return False

    def _update(self, parameter: Tensor, loss: float, *, memory: int, inner: int) -> None:
        state = self.state[parameter]
        state.setdefault("pairs", [])
        point, slope = parameter.clone(), parameter.grad.clone()  # type: ignore[union-attr]
        if "origin" in state:
            if not self._accepted(loss, point, state):
                if state["length"] >= SHORTEST:
                    parameter.copy_(self._project(state["origin"] + state["length"] * state["change"]))
                    return
                # Nothing is found on this way, or the objective has changed meanwhile.
                parameter.copy_(state["origin"])
                begun = not state["pairs"]
                state.clear()
                state.update(pairs=[], unit=FIRST_STEP * SHORTEST if begun else FIRST_STEP)
                return
            moved, turn = point - state["origin"], slope - state["slope"]
            if Curvature.tells(moved, turn):
                state["pairs"].append((moved, turn))
                del state["pairs"][:-memory]
        goal = self._goal(point, slope, state, inner=inner)
        change = goal - point
        if float(change @ slope) >= 0 and state["pairs"]:
            state["pairs"].clear()
            change = self._goal(point, slope, state, inner=inner) - point
        if not float(change.abs().max()) > STANDSTILL * float(point.abs().max()):
            return
        state.update(origin=point, slope=slope, loss=loss, change=change, length=1.0)
        parameter.copy_(self._project(point + change))

    def _goal(self, point: Tensor, slope: Tensor, state: dict[str, Any], *, inner: int) -> Tensor:
        """Where the model is least, within the constraints."""
        if not state["pairs"]:
            size = float(slope.square().mean().sqrt())
            return self._project(point - slope * (state.get("unit", FIRST_STEP) / size if size > 0 else 0.0))
        curvature = Curvature(state["pairs"])
        goal, rate = point, 1 / curvature.scale
        gradient = slope
        for _ in range(inner):
            change = self._project(goal - rate * gradient) - goal
            falls = -float(gradient @ change)
            if not falls > 0 or float(change.abs().max()) <= STANDSTILL * float(point.abs().max()):
                break
            bent = curvature.times(change)
            steepens = float(change @ bent)
            share = min(1.0, falls / steepens) if steepens > 0 else 1.0
            goal = goal + share * change
            gradient = gradient + share * bent
            rate = float(change @ change) / steepens if steepens > 0 else 1 / curvature.scale
        return goal

    @staticmethod
    def _accepted(loss: float, point: Tensor, state: dict[str, Any]) -> bool:
        """Whether the loss has fallen enough; if not, the step's length is reduced."""
        length = state["length"]
        promised = min(float(state["slope"] @ (point - state["origin"])), 0.0)
        rise = loss - state["loss"]
        if rise <= SUFFICIENT * promised:
            return True
        best = -promised / (2 * (rise - promised)) if rise > promised else 0.5
        state["length"] = length * min(0.5, max(0.1, best))
        return False

    def _project(self, parameter: Tensor) -> Tensor:
        return self._feasible.project(parameter * self._unit) / self._unit
