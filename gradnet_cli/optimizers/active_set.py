"""Gauss-Newton steps on nonnegative weights, each solved exactly by an active-set method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.convex.edge_least_squares import EdgeLeastSquares
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.settings.values import integer


class ActiveSet(ConstrainedOptimizer):
    """The best network of a linear model of the residuals, then a step towards it (Gauss-Newton).

    For objectives that are sums of squares and offer `residuals(network)`. Where the residuals are linear in
    the weights one update ends at the exact optimum; elsewhere the step is halved until the score improves.

    Args:
        feasible: nonnegative changes, with an exact budget or none
        residuals: the linear model at the present weights, in the change from weights of zero
        halvings: of a step at most, >= 0
    """

    uses_residuals = True

    def __init__(
        self,
        params: Any,
        *,
        feasible: FeasibleSet,
        residuals: Callable[[], EdgeLeastSquares],
        halvings: int,
    ) -> None:
        self._halvings = integer(setting="optimizer.halvings", value=halvings, minimum=0)
        if not solvable(feasible):
            raise SettingError(
                setting="optimizer",
                value="active_set",
                allowed="needs nonnegative weights, and no budget, or an exact one with p = 1 and no base",
                hint="optimizer=adam",
            )
        self._feasible = feasible
        self._residuals = residuals
        super().__init__(params, {})

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...
    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One update; the closure is asked for the loss at trial steps.

        Raises:
            ValueError: there is no closure
        """
        if closure is None:
            raise ValueError("active_set needs a closure: it compares losses")
        (parameter,) = (parameter for group in self.param_groups for parameter in group["params"])
        with torch.enable_grad():
            before = float(closure())
        start = parameter.clone()
        goal = self._solve(parameter)
        for halving in range(self._halvings + 1):
            parameter.copy_(start + (goal - start) * 0.5**halving)
            with torch.enable_grad():
                if float(closure()) < before:
                    return before
        parameter.copy_(start)
        return before

    def _solve(self, like: Tensor) -> Tensor:
        feasible, used = self._feasible, self.state[like].get("used")
        weights = self._residuals().solve(
            cost=feasible.problem.cost,
            total=None if feasible.simplex is None else feasible.budget,
            start=None if used is None else used.cpu().numpy() > 0,
        )
        self.state[like]["used"] = torch.as_tensor(weights > 0)
        return (torch.as_tensor(weights - feasible.problem.base) / feasible.scale).to(like)


def solvable(feasible: FeasibleSet) -> bool:
    """Whether all networks that are feasible are the nonnegative ones, or those that spend the budget."""
    problem = feasible.problem
    nonnegative = bool((feasible.bounds.lower == 0.0 - problem.base).all())
    nonnegative = nonnegative and bool(np.isinf(feasible.bounds.upper).all())
    simplex = feasible.simplex
    return nonnegative and (feasible.budget is None or (simplex is not None and simplex.plain))
