"""Multiplicative updates on a budget simplex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.settings.values import number

# A relative gradient of zero would remove an edge for ever in one update.
LEAST_RATIO = 1e-8
# Each edge comes back as if it came alone. On dense graphs many do so at once and relieve each other: then no
# more than this share of the budget moves to them in one update.
MOST_REGROWN = 0.02


class Multiplicative(ConstrainedOptimizer):
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

    Arguments:
        feasible: the constraints, a simplex
        power: exponent, 0 < power <= 1
        regrowth: >= 0
    """

    def __init__(self, params: Any, *, feasible: FeasibleSet, power: float, regrowth: float) -> None:
        number(setting="optimizer.power", value=power, above=0, maximum=1)
        number(setting="optimizer.regrowth", value=regrowth, minimum=0)
        require_simplex(feasible, "multiplicative")
        self._feasible = feasible
        super().__init__(params, {"power": power, "regrowth": regrowth})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One update from the gradient of the loss."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, -parameter.grad, power=group["power"], regrowth=group["regrowth"])
        return loss

    def _update(self, weights: Tensor, earned: Tensor, *, power: float, regrowth: float) -> None:
        cost = self._feasible.cost
        paid = float((cost * weights).sum())
        average = float((weights * earned).sum()) / paid
        if average == 0:
            return  # no edge earns anything: nothing to follow
        # Where weight does harm both are negative, and the less an edge loses beside the mean, the better.
        ratio = (earned / (average * cost)).clamp(min=LEAST_RATIO)
        factor = ratio.pow(power if average > 0 else -power)
        source, target = self._feasible.edge_index
        strengths = weights.new_zeros(self._feasible.problem.nodes)
        strengths = strengths.index_add(0, source, weights).index_add(0, target, weights)
        # Zero where an end has no strength at all: 1/0 + anything is infinite.
        harmonic = 1 / (1 / strengths[source] + 1 / strengths[target])
        regrown = (regrowth * harmonic - weights).clamp(min=0.0) * (factor - 1).clamp(min=0.0)
        share = float((cost * regrown).sum()) / paid
        updated = weights * factor + regrown * min(1.0, MOST_REGROWN / max(share, MOST_REGROWN))
        weights.copy_(updated * (paid / float((cost * updated).sum())))


def require_simplex(feasible: FeasibleSet, name: str) -> None:
    """Raise SettingError unless the feasible set is a budget simplex."""
    if not feasible.simplex:
        raise SettingError(
            setting="optimizer",
            value=name,
            allowed="needs nonnegative weights without a base network, and a budget with p = 1",
            hint="optimizer=adam",
        )
