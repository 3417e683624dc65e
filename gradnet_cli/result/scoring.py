"""Scores of networks outside training."""

from __future__ import annotations

import numpy as np
import torch

from gradnet_cli.errors import NumericalError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.model.network import Network
from gradnet_cli.objectives import Description, Evaluation, Objective


class Scorer:
    """Scores adjacency weights (E,) as they are written: no noise, tight tolerances, float64.

    Args:
        objective: left in evaluation mode
        model: of which mask and device are taken
        step: the update that is named to the objective
    """

    def __init__(self, objective: Objective, model: ConstrainedWeights, *, step: int) -> None:
        self._objective = objective.eval()
        self._model = model
        self._step = step

    @torch.no_grad()
    def evaluate(self, weights: np.ndarray) -> Evaluation:
        """Score, metrics, and the error of the score where it has one."""
        return self._objective(self.network(weights), self._step)

    def score(self, weights: np.ndarray) -> float:
        """The score alone."""
        return float(self.evaluate(weights).score.mean())

    def accurate(self, weights: np.ndarray) -> Evaluation:
        """The same, but only if it is known well.

        Raises:
            NumericalError: it is not known to the accuracy that the objective promises
        """
        evaluation = self.evaluate(weights)
        score = float(evaluation.score.mean())
        if not self._objective.accurate(score, evaluation.error):
            raise NumericalError(f"{score:.4g} was found only to within {evaluation.error:.1g}")
        return evaluation

    @torch.no_grad()
    def describe(self, weights: np.ndarray) -> Description:
        """What the objective tells of this network."""
        return self._objective.describe(self.network(weights))

    def network(self, weights: np.ndarray) -> Network:
        """Adjacency weights (E,) as the objective takes them."""
        tensor = torch.as_tensor(weights, dtype=torch.float64, device=self._model.base.device)
        return self._model.network(tensor)
