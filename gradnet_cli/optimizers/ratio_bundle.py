"""A proximal bundle method for ratios of a convex and a concave function of the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.convex.nearest_point import Nearest, nearest_point
from gradnet_cli.numerics.convex.polytope import Polytope
from gradnet_cli.objectives.evaluation import Fraction
from gradnet_cli.optimizers.bundle import FIRST_STEP, UNUSED, array_of, judge, solvable
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.settings.values import integer

HEIGHT = 10.0  # first denominators that the height below all denominators is measured in


class RatioBundle(ConstrainedOptimizer):
    """Minimises n(w) / d(w), n convex, d concave, both homogeneous, on a convex set of networks.

    With k the best ratio so far, any network with n - k d < 0 is better (Dinkelbach 1967), and n - k d is
    convex. An update minimises its model by all slopes seen, p_i of n and q_j of d, not far from the best
    change c so far,

        max_i <p_i, w> - k h + u/2 (|delta - c|^2 + (h - d(c))^2),  h <= <q_j, w> for all j,

    as Bundle does, whose rule for u it takes; k falls with every better network. The averages of the slopes
    by the multipliers of this problem are the proof that goes with it.

    Args:
        feasible: the constraints, a convex set with p = 1
        fraction: the slopes at the present weights
        memory: most slopes kept of each kind, >= 2
    """

    compares_losses = True
    uses_fractions = True

    def __init__(
        self, params: Any, *, feasible: FeasibleSet, fraction: Callable[[], Fraction], memory: int
    ) -> None:
        integer(setting="optimizer.memory", value=memory, minimum=2)
        if not solvable(feasible):
            raise SettingError(
                setting="optimizer",
                value="ratio_bundle",
                allowed="needs a convex set of networks: budget.p=1, and budget.rule=at_most with free signs",
                hint="optimizer=adam",
            )
        self._feasible = feasible
        self._fraction = fraction
        self._base = feasible.problem.base / feasible.scale
        super().__init__(params, {"memory": memory})

    @property
    def proven_ratio(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Averages (E,) of the slopes of numerators, and of denominators."""
        state: dict[str, Any] = next(iter(self.state.values()), {})
        if "proof" not in state:
            return None
        return array_of(state["proof"]), array_of(state["proof_below"])

    def advance(self, parameter: Tensor, *, loss: float | None, settings: dict[str, Any]) -> None:
        """Judge the network that the last update proposed, and propose the next."""
        state = self.state[parameter]
        point = parameter.detach().to("cpu", torch.float64).numpy().copy()  # it will be overwritten
        fraction = self._fraction()
        above, below = fraction.numerators, fraction.denominators
        weights = self._feasible.scale * (self._base + point)
        top, bottom = float((above @ weights).max()), float((below @ weights).min())
        if "centre" not in state:
            size = self._feasible.scale * float(np.sqrt(np.square(above[0]).mean()))
            first = size / FIRST_STEP if size > 0 else 1.0
            state.update(centre=torch.as_tensor(point), top=top, bottom=bottom, first=first, stiffness=first)
            state.update(serious=0, height=HEIGHT * max(bottom, 1e-3 * top) or 1.0)
            state.update(above=torch.as_tensor(above), below=torch.as_tensor(below))
        else:
            self._judge(state, point, top, bottom, above, below)
            state["above"] = torch.as_tensor(np.vstack([array_of(state["above"]), above]))
            state["below"] = torch.as_tensor(np.vstack([array_of(state["below"]), below]))
        self._propose(parameter, state, memory=settings["memory"])

    def _judge(
        self,
        state: dict[str, Any],
        point: np.ndarray,
        top: float,
        bottom: float,
        above: np.ndarray,
        below: np.ndarray,
    ) -> None:
        ratio = self._ratio(state)
        centre = self._feasible.scale * (self._base + array_of(state["centre"]))
        loss = state["top"] - ratio * state["bottom"]
        there = float((above @ centre).max()) - ratio * float((below @ centre).min())
        judge(state, point, gained=loss - (top - ratio * bottom), missed=loss - there)
        if state["serious"] > 0:
            state.update(top=top, bottom=bottom)

    @staticmethod
    def _ratio(state: dict[str, Any]) -> float:
        """The best ratio so far, or a large one where the best denominator is not positive."""
        top, bottom = state["top"], state["bottom"]
        return float(top / max(bottom, 1e-6 * abs(top))) if top != 0 else 1.0

    def _propose(self, parameter: Tensor, state: dict[str, Any], *, memory: int) -> None:
        above, below = array_of(state["above"]), array_of(state["below"])
        found = self._nearest(state, above, below)
        shares, prices = np.maximum(found.shares, 0.0), found.prices[-len(below) :]
        if not np.isfinite(found.point).all() or not shares.sum() > 0:
            return
        shares = shares / shares.sum()
        prices = prices / prices.sum() if prices.sum() > 0 else np.full(len(below), 1 / len(below))
        change = found.point[:-1]
        weights = self._feasible.scale * (self._base + change)
        ratio = self._ratio(state)
        model = float((above @ weights).max()) - ratio * float((below @ weights).min())
        state["predicted"] = state["top"] - ratio * state["bottom"] - model
        state["proof"] = torch.as_tensor(shares @ above)
        state["proof_below"] = torch.as_tensor(prices @ below)
        state["above"] = torch.as_tensor(_kept(above, shares, memory))
        state["below"] = torch.as_tensor(_kept(below, prices, memory))
        parameter.copy_(torch.as_tensor(change).to(parameter))

    def _nearest(self, state: dict[str, Any], above: np.ndarray, below: np.ndarray) -> Nearest:
        """The problem of an update, in a change and a last entry, the height h, in units of their own."""
        scale, height, ratio = self._feasible.scale, state["height"], self._ratio(state)
        # In units of the first slopes all numbers are of the order of one.
        unit = state["first"]
        slopes = np.hstack([scale * above, np.full((len(above), 1), -ratio * height)])
        return nearest_point(
            np.append(array_of(state["centre"]), max(state["bottom"], 0.0) / height),
            _heightened(self._feasible.polytope, below * scale / height, self._base),
            offsets=scale * above @ self._base / unit,
            slopes=slopes / unit,
            stiffness=state["stiffness"] / unit,
        )


def _heightened(polytope: Polytope, below: np.ndarray, base: np.ndarray) -> Polytope:
    """With a further entry h >= 0, and h <= <q_j, base + delta> for all rows of q (k, E)."""
    under = sp.csr_array(np.hstack([-below, np.ones((len(below), 1))]))
    wider = sp.hstack([polytope.rows, sp.csr_array((polytope.rows.shape[0], 1))], format="csr")
    return replace(
        polytope,
        lower=np.append(polytope.lower, 0.0),
        upper=np.append(polytope.upper, np.inf),
        rows=sp.csr_array(sp.vstack([wider, under], format="csr")),
        room=np.append(polytope.room, below @ base),
        cost=None if polytope.cost is None else np.append(polytope.cost, 0.0),
    )


def _kept(slopes: np.ndarray, shares: np.ndarray, memory: int) -> np.ndarray:
    """Those that hold the model up; of the others the latest. The average stands in for what is forgotten."""
    count = len(shares)
    if count <= memory:
        return slopes
    age = np.arange(count)[::-1]
    rank = np.lexsort((age, -np.where(shares > UNUSED, shares, 0.0)))
    kept: np.ndarray = np.vstack([shares @ slopes, slopes[np.sort(rank[: memory - 1])]])
    return kept
