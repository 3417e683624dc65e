"""What optimizers on a budget simplex have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, overload

import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer


class SimplexOptimizer(ConstrainedOptimizer, ABC):
    """Updates that stay on {w >= 0, sum(cost * w) = K}.

    A subclass says how one vector of weights is updated.

    Args:
        params: the edge weights
        feasible: the constraints, a simplex
        settings: of the update, by name

    Attributes:
        name: what messages call it

    Raises:
        SettingError: the constraints are no simplex
    """

    name: ClassVar[str]

    def __init__(self, params: Any, *, feasible: FeasibleSet, settings: Mapping[str, Any]) -> None:
        if not feasible.simplex:
            raise SettingError(
                setting="optimizer",
                value=self.name,
                allowed="needs nonnegative weights without a base network, and a budget with p = 1",
                hint="optimizer=adam",
            )
        self._feasible = feasible
        super().__init__(params, dict(settings))

    @property
    def cost(self) -> Tensor:
        """(E,) > 0."""
        return self._feasible.cost

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...
    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One update.

        Args:
            closure: computes the loss and its gradient, and returns the loss; without, the gradient is there
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, loss=loss, settings=group)
        return loss

    @abstractmethod
    def _update(
        self, weights: Tensor, gradient: Tensor, *, loss: float | None, settings: Mapping[str, Any]
    ) -> None:
        """Change weights (E,) in place."""
