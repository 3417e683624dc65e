"""What networks on the way, and the optimizer, tell the certificate."""

from __future__ import annotations

import torch
from torch import Tensor

from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Evaluation, Objective
from gradnet_cli.objectives.evaluation import Fraction
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.training.certificate import Certificate


class Proving:
    """Hands the certificate all that proves a bound, where there is one.

    Args:
        model: whose present weights were scored last
        objective: what it declares says what its scores and gradients prove
        certificate: what is proved
    """

    def __init__(self, *, model: ConstrainedWeights, objective: Objective, certificate: Certificate) -> None:
        self._model, self._objective, self._certificate = model, objective, certificate
        self._fraction: Fraction | None = None  # at the network scored last

    def at(self, evaluation: Evaluation, *, gradient: Tensor | None) -> None:
        """Take in the network that was scored.

        Args:
            gradient: of the loss by the model's parameter (E,)
        """
        if not self._certificate.valid:
            return
        weights = self._model.weights.detach()
        if self._objective.fractional:
            self._fraction = self._objective.fraction(self._model.network(weights))
            self._certificate.add_fractions(self._fraction)
        elif gradient is not None:
            # The parameter is delta in units of model.unit, and the loss carries the sign.
            slope = gradient.detach().to("cpu", torch.float64).numpy()
            self._certificate.add(
                score=float(evaluation.score.detach().mean()),
                gradient=slope * (-self._objective.sign / self._model.unit),
                weights=weights.to("cpu", torch.float64).numpy(),
                offset=evaluation.offset,
            )

    def of_optimizer(self, optimizer: torch.optim.Optimizer) -> None:
        """Take in what an optimizer knows of all networks."""
        if not isinstance(optimizer, ConstrainedOptimizer):
            return
        if optimizer.proof is not None:
            offset, slope = optimizer.proof
            self._certificate.add_linear(offset=-offset, slope=-slope)
        if optimizer.proven_ratio is not None and self._fraction is not None:
            above, below = optimizer.proven_ratio
            self._certificate.add_fraction(fraction=self._fraction, numerator=above, denominator=below)
