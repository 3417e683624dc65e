"""Multiplicative updates on a budget simplex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gradnet_cli.model import FeasibleSet
from gradnet_cli.optimizers.simplex import Moment, SimplexOptimizer
from gradnet_cli.settings.values import number

# A relative gradient of zero would remove an edge for ever in one update.
LEAST_RATIO = 1e-8
# Each edge comes back as if it came alone. On dense graphs many do so at once and relieve each other: then no
# more than this share of the budget moves to them in one update.
MOST_REGROWN = 0.02


class Multiplicative(SimplexOptimizer):
    """w_e <- w_e q_e^power, rescaled to the budget, for a monotone objective on {w >= 0, sum(cost * w) = K}.

    q_e = (g_e / cost_e) / average, averaged by what each edge costs, is what the edge's money earns beside
    the mean; at the optimum it is 1 on every used edge and less elsewhere. There is no step size to choose.
    This is the multiplicative algorithm of optimal experimental design (Silvey, Titterington and Torsney
    1978), of which maximising lambda_2 is the E-optimal case; with power 1/2 it also is iteratively
    reweighted least squares for the minimal-cost flow that the embedding drives through the network, and a
    chain of edges in series is solved in one update, because there g falls with w^-2.

    A light edge that turns out to be needed would take as many updates to come back as it took to fade. Where
    q_e > 1 its weight grows as if it had at least `regrowth` times h_e, h_e = 1 / (1/s_i + 1/s_j) with the
    strengths s of its ends: 1/h_e is a lower estimate of the edge's effective resistance R_e, and a weight of
    (sqrt(q_e) - 1) / R_e would bring its own potential difference down to what it may be.

    Args:
        feasible: the constraints, a simplex
        power: exponent, 0 < power <= 1
        regrowth: >= 0
        exponent: gives the power at each update instead, where it varies
    """

    name = "multiplicative"

    def __init__(
        self,
        params: Any,
        *,
        feasible: FeasibleSet,
        power: float,
        regrowth: float,
        exponent: Callable[[], float] | None = None,
    ) -> None:
        number(setting="optimizer.power", value=power, above=0, maximum=1)
        number(setting="optimizer.regrowth", value=regrowth, minimum=0)
        super().__init__(params, feasible=feasible, settings={"power": power, "regrowth": regrowth})
        self._exponent = exponent
        base = feasible.problem.base
        self._base = torch.as_tensor(base).to(feasible.cost) / feasible.scale if base.any() else None

    def _updated(self, now: Moment) -> Tensor:
        money, slope, parameter, _, settings = now
        simplex = self.simplex
        price, earned = simplex.price, -slope
        power = settings["power"] if self._exponent is None else self._exponent()
        paid = float(simplex.paid(money))
        average = self._average(money, earned)
        if average == 0:
            return money  # no edge earns anything: nothing to follow
        # Where weight does harm both are negative, and the less an edge loses beside the mean, the better.
        ratio = (earned / (average * price)).clamp(min=LEAST_RATIO)
        factor = ratio.pow(power if average > 0 else -power)
        updated = money * factor
        if simplex.p == 1.0:
            regrown = self._regrown(money, factor, parameter, regrowth=settings["regrowth"])
            share = float((price * regrown).sum()) / paid
            updated = updated + regrown * min(1.0, MOST_REGROWN / max(share, MOST_REGROWN))
        return simplex.spend(updated, paid)

    def _average(self, money: Tensor, earned: Tensor) -> float:
        """What money earns, averaged over that on edges which could take more or less."""
        free = self.simplex.free(money)
        return float((free * earned).sum()) / float(self.simplex.paid(free))

    def _regrown(self, money: Tensor, factor: Tensor, parameter: Tensor, *, regrowth: float) -> Tensor:
        """What light edges that earn more than the mean are given beyond their share, (E,)."""
        source, target = self._feasible.edge_index
        weights = parameter if self._base is None else (self._base + parameter).abs()
        strengths = self._feasible.topology.total_strengths(weights)
        # Zero where an end has no strength at all: 1/0 + anything is infinite.
        harmonic = 1 / (1 / strengths[source] + 1 / strengths[target])
        return (regrowth * harmonic - money).clamp(min=0.0) * (factor - 1).clamp(min=0.0)
