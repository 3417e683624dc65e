"""Scores of networks outside training."""

from __future__ import annotations

import numpy as np
import torch

from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.model.network import Network
from gradnet_cli.objectives import Description, Objective


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
    def evaluate(self, weights: np.ndarray) -> tuple[float, dict[str, float]]:
        """Score and metrics."""
        evaluation = self._objective(self._network(weights), self._step)
        return float(evaluation.score.mean()), dict(evaluation.metrics)

    def score(self, weights: np.ndarray) -> float:
        """The score alone."""
        return self.evaluate(weights)[0]

    @torch.no_grad()
    def describe(self, weights: np.ndarray) -> Description:
        """What the objective tells of this network."""
        return self._objective.describe(self._network(weights))

    def _network(self, weights: np.ndarray) -> Network:
        tensor = torch.as_tensor(weights, dtype=torch.float64, device=self._model.base.device)
        return self._model.network(tensor)
