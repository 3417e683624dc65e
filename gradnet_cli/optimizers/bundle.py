"""A proximal bundle method, for concave objectives with kinks on any convex set of networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.convex.nearest_point import nearest_point
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer, Tangents
from gradnet_cli.settings.values import integer

DESCENT = 0.01  # share of the predicted decrease that makes a step a serious one
GOOD = 0.5  # share from which the next step may be longer
UNUSED = 1e-9  # share of a tangent in the average below which it is the first to be forgotten
SOFTEST, STIFFEST = 1e-6, 1e6  # beside the first stiffness
FIRST_STEP = 0.3  # root mean square of the first change, whose own unit is that of a uniform change


class Bundle(ConstrainedOptimizer):
    """Steps to the best network of all linear models seen, not far from the best one so far.

    Each evaluation of a concave objective gives tangents, which lie above it everywhere. An update minimises
    max_k (offset_k + <slope_k, d>) + u/2 |d - c|^2 (of the loss) over the feasible set, c the best change so
    far: kinks are seen from all sides, where gradients alone would go to and fro (Kiwiel 1990, whose rule
    for u it is). The average of the tangents by the multipliers of this problem is the proof that goes with
    it: at the optimum its bound is the optimum.

    Args:
        feasible: the constraints, a convex set with p = 1
        tangents: those at the present weights, of the loss: (m,) offsets at weights of zero, (m, E) slopes
        memory: most tangents kept, >= 2
    """

    compares_losses = True
    uses_tangents = True

    def __init__(self, params: Any, *, feasible: FeasibleSet, tangents: Tangents, memory: int) -> None:
        integer(setting="optimizer.memory", value=memory, minimum=2)
        if not solvable(feasible):
            raise SettingError(
                setting="optimizer",
                value="bundle",
                allowed="needs a convex set of networks: budget.p=1, and budget.rule=at_most with free signs",
                hint="optimizer=adam",
            )
        self._feasible = feasible
        self._tangents = tangents
        self._base = feasible.problem.base / feasible.scale
        super().__init__(params, {"memory": memory})

    @property
    def proof(self) -> tuple[float, np.ndarray] | None:
        """Offset and slope (E,) of a linear function of the weights that the loss is never below."""
        state: dict[str, Any] = next(iter(self.state.values()), {})
        if "proof_slope" not in state:
            return None
        slope = array_of(state["proof_slope"])
        return state["proof_offset"] - float(slope @ self._base), slope / self._feasible.scale

    def advance(self, parameter: Tensor, *, loss: float | None, settings: dict[str, Any]) -> None:
        """Judge the network that the last update proposed, and propose the next."""
        state = self.state[parameter]
        point = parameter.detach().to("cpu", torch.float64).numpy().copy()  # it will be overwritten
        offsets, slopes = self._tangents_at()
        value = float((offsets + slopes @ point).max())  # the loss, as exactly as the tangents know it
        if "centre" not in state:
            size = float(np.sqrt(np.square(slopes[0]).mean()))
            first = size / FIRST_STEP if size > 0 else 1.0
            state.update(centre=torch.as_tensor(point), loss=value, first=first, stiffness=first, serious=0)
            state.update(offsets=torch.as_tensor(offsets), slopes=torch.as_tensor(slopes))
        else:
            centre = array_of(state["centre"])
            missed = state["loss"] - float((offsets + slopes @ centre).max())
            judge(state, point, gained=state["loss"] - value, missed=missed)
            if state["serious"] > 0:
                state["loss"] = value
            for name, new in (("offsets", offsets), ("slopes", slopes)):
                state[name] = torch.as_tensor(np.concatenate([array_of(state[name]), new]))
        self._propose(parameter, state, memory=settings["memory"])

    def _tangents_at(self) -> tuple[np.ndarray, np.ndarray]:
        """Those at the present weights, as functions of the parameter."""
        offsets, slopes = self._tangents()
        slopes = slopes * self._feasible.scale
        return offsets + slopes @ self._base, slopes

    def _propose(self, parameter: Tensor, state: dict[str, Any], *, memory: int) -> None:
        offsets, slopes = array_of(state["offsets"]), array_of(state["slopes"])
        centre = array_of(state["centre"])
        # In units of the first slopes all numbers are of the order of one.
        unit = state["first"]
        found = nearest_point(
            centre,
            self._feasible.polytope,
            offsets=(offsets - state["loss"]) / unit,
            slopes=slopes / unit,
            stiffness=state["stiffness"] / unit,
        )
        shares = np.maximum(found.shares, 0.0)
        if not np.isfinite(found.point).all() or not shares.sum() > 0:
            return
        shares = shares / shares.sum()
        model = float((offsets + slopes @ found.point).max())
        state["predicted"] = state["loss"] - model
        state["proof_offset"] = float(shares @ offsets)
        state["proof_slope"] = torch.as_tensor(shares @ slopes)
        self._forget(state, shares, memory=memory)
        parameter.copy_(torch.as_tensor(found.point).to(parameter))

    @staticmethod
    def _forget(state: dict[str, Any], shares: np.ndarray, *, memory: int) -> None:
        """Keep the tangents that hold the model up; of the others the latest."""
        count = len(shares)
        if count <= memory:
            return
        age = np.arange(count)[::-1]
        rank = np.lexsort((age, -np.where(shares > UNUSED, shares, 0.0)))
        kept = np.sort(rank[: memory - 1])
        offsets, slopes = array_of(state["offsets"])[kept], array_of(state["slopes"])[kept]
        # The average stands in for all that is forgotten: steps go on as if nothing were.
        state["offsets"] = torch.as_tensor(np.append(state["proof_offset"], offsets))
        state["slopes"] = torch.as_tensor(np.vstack([array_of(state["proof_slope"]), slopes]))


def judge(state: dict[str, Any], point: np.ndarray, *, gained: float, missed: float) -> None:
    """Take the proposal as the new centre, or not, and set the stiffness (Kiwiel 1990).

    Args:
        state: its centre, stiffness, first stiffness, number of serious steps in a row (or of others,
            negative), and the decrease that was predicted
        point: the proposal
        gained: the decrease of the loss
        missed: how far below the loss at the centre the new tangents are there
    """
    predicted, stiffness = state["predicted"], state["stiffness"]
    fitting = 2 * stiffness * (1 - gained / predicted) if predicted > 0 else stiffness
    if gained >= DESCENT * predicted:
        if gained >= GOOD * predicted and state["serious"] > 0:
            stiffness = max(fitting, stiffness / 10)
        elif state["serious"] > 3:
            stiffness = stiffness / 2
        stiffness = min(stiffness, state["stiffness"])
        changed = stiffness != state["stiffness"]
        state["centre"] = torch.as_tensor(point)
        state["serious"] = 1 if changed else max(1, state["serious"] + 1)
    else:
        if missed > 10 * predicted and state["serious"] < -3:
            stiffness = min(max(fitting, stiffness), 10 * stiffness)
        changed = stiffness != state["stiffness"]
        state["serious"] = -1 if changed else min(-1, state["serious"] - 1)
    state["stiffness"] = float(np.clip(stiffness, SOFTEST * state["first"], STIFFEST * state["first"]))


def array_of(kept: Tensor) -> np.ndarray:
    """What the state holds, in float64 on the processor, wherever a checkpoint has put it."""
    return kept.to("cpu", torch.float64).numpy()


def solvable(feasible: FeasibleSet) -> bool:
    """Whether the networks that are feasible are a convex set with linear sides."""
    bounds = feasible.bounds
    if feasible.budget is None:
        return True
    both = bool(((bounds.lower < 0) & (bounds.upper > 0)).any()) or (
        bool((bounds.lower < 0).any()) and bool((bounds.upper > 0).any())
    )
    return feasible.p == 1.0 and not (feasible.exact and both)
