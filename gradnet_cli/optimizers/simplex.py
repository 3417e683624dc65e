"""What optimizers on a budget simplex have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from torch import Tensor, nn

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.exchange import Exchange
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer


class Moment(NamedTuple):
    """What an update is made from.

    Attributes:
        money: m (E,)
        slope: gradient (E,) of the loss by it
        parameter: the change that it is, whose `state` may hold what is remembered
        loss: its value, where a closure gave it
        settings: of the update, by name
    """

    money: Tensor
    slope: Tensor
    parameter: Tensor
    loss: float | None
    settings: Mapping[str, Any]


class SimplexOptimizer(ConstrainedOptimizer, ABC):
    """Updates of changes of one sign that spend a budget, see gradnet_cli.model.simplex.

    A subclass says how the money m on the edges, {0 <= m <= most, sum(price * m) = K}, is updated.

    Args:
        params: the edge weights
        feasible: the constraints, a simplex
        settings: of the update, by name

    Attributes:
        name: what messages call it
        keeps_limits: whether it knows how to stay below the most money that an edge takes
        simplex: the constraints, in units of the parameter

    Raises:
        SettingError: the constraints are no simplex
    """

    name: ClassVar[str]
    keeps_limits: ClassVar[bool] = True
    exchanges = True

    def __init__(self, params: Any, *, feasible: FeasibleSet, settings: dict[str, Any]) -> None:
        simplex = feasible.simplex
        if feasible.strengths is not None:
            raise SettingError(
                setting="optimizer",
                value=self.name,
                allowed="does not keep to limits.strength",
                hint="optimizer=auto",
            )
        if simplex is None:
            raise SettingError(
                setting="optimizer",
                value=self.name,
                allowed="needs a budget, and changes of one sign",
                hint="signs.change=increase, or optimizer=adam",
            )
        if simplex.limited and not self.keeps_limits:
            raise SettingError(
                setting="optimizer",
                value=self.name,
                allowed="does not keep to limits of the changes",
                hint="optimizer=exponentiated_gradient",
            )
        self.simplex = simplex.in_units(feasible.scale)
        self._feasible = feasible
        super().__init__(params, dict(settings))

    def exchange(
        self, feasible: FeasibleSet, exchange: Exchange, *, before: nn.Parameter, now: nn.Parameter
    ) -> None:
        """Go on with other edges."""
        assert feasible.simplex is not None
        super().exchange(feasible, exchange, before=before, now=now)
        self.simplex = feasible.simplex.in_units(feasible.scale)
        self._feasible = feasible

    def advance(self, parameter: Tensor, *, loss: float | None, settings: dict[str, Any]) -> None:
        """Update what money is spent on."""
        assert parameter.grad is not None
        money = self.simplex.money(parameter)
        slope = self.simplex.slope(parameter.grad, money)
        updated = self._updated(Moment(money, slope, parameter, loss, settings))
        if updated is not money:
            parameter.copy_(self.simplex.change(updated))

    @abstractmethod
    def _updated(self, now: Moment) -> Tensor:
        """The money (E,) after an update; the same tensor where there is nothing to do."""
