"""Edges that are exchanged for others while weights are trained."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers.exchange_rate import ExchangeRate

EVERY = 10  # updates between two exchanges, where data make no epochs


class Rewiring(ABC):
    """Exchanges edges every few updates.

    Args:
        objective: what the network is for
        every: updates between two exchanges, or None for an epoch
        seed: of what is random
        rate: which share is exchanged, where their number stays the same
    """

    def __init__(
        self, *, objective: Objective, every: int | None, seed: int, rate: ExchangeRate | None = None
    ) -> None:
        self._objective = objective
        self._every = every
        self.seed = seed
        self.rate = rate

    @property
    def every(self) -> int:
        """Updates between two exchanges; an epoch is known once the objective is prepared."""
        epoch = self._objective.epoch
        return self._every or (epoch if epoch > 1 else EVERY)

    def due(self, step: int) -> bool:
        """Whether edges may go and come after this update."""
        return step > 0 and step % self.every == 0

    def generator(self, step: int) -> np.random.Generator:
        """Random numbers of an update: those of a run that was resumed are the same."""
        return np.random.default_rng([self.seed, 7, step])

    def metrics(self, progress: float) -> dict[str, float]:
        """What is recorded at each update, of which this share is done."""
        return {} if self.rate is None else {"rewiring_rate": self.rate.at(progress)}

    @property
    def memory(self) -> dict[str, Any]:
        """What it has to know again after an interruption."""
        return {} if self.rate is None else {"rate": self.rate.memory}

    @memory.setter
    def memory(self, memory: Mapping[str, Any]) -> None:
        if self.rate is not None:
            self.rate.memory = memory["rate"]

    @abstractmethod
    def hold(
        self, model: ConstrainedWeights, delta: torch.Tensor, *, edges: torch.Tensor | None
    ) -> torch.Tensor:
        """Put a model on a network that was found, without those edges of it that may have no weight.

        Args:
            delta: (E,)
            edges: (2, E) where it lies, None for the edges of the model

        Returns:
            what of delta belongs to the edges of the model from then on
        """

    @abstractmethod
    def told(self, delta: torch.Tensor) -> dict[str, float]:
        """What is told of the edges in the end, of the network delta (E,) that was found."""
