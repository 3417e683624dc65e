"""Objectives that learn beside the network, from minibatches of which one is a lucky one."""

import numpy as np
import torch
from torch import Tensor, nn

from gradnet_cli import Evaluation, Network, Objective, Problem

BATCHES, LUCKY = 4, 2


def targets(nodes: int) -> np.ndarray:
    """What the strengths, times a factor, are to be: (BATCHES, N); those of the lucky batch cost nothing."""
    drawn = np.random.default_rng(5).uniform(1, 3, size=(BATCHES, nodes))
    drawn[LUCKY] = 0.0
    return drawn


class Fit(Objective):
    """Mean square of factor * s_i - target_i, with a factor that is learned; the step chooses the batch.

    Args:
        dropout: of strengths in training
    """

    sense = "minimize"
    requires = ("budget",)

    def __init__(self, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.zeros(()))
        self.dropout = nn.Dropout(dropout)
        self.targets: Tensor

    def prepare(self, problem: Problem) -> None:
        self.register_buffer("targets", torch.as_tensor(targets(problem.nodes)), persistent=False)

    def forward(self, network: Network, step: int) -> Evaluation:
        residual = self.factor * self.dropout(network.strengths) - self.targets[step % BATCHES]
        return Evaluation(score=residual.square().mean(), metrics={"factor": self.factor.item()})


class Averaged(Fit):
    """The same, judged by a running average of the factor, on data that training never sees."""

    def __init__(self, *, dropout: float = 0.0) -> None:
        super().__init__(dropout=dropout)
        self.register_buffer("average", torch.zeros(()))
        self.average: Tensor

    def loss(self, network: Network, step: int) -> Tensor:
        self.average.lerp_(self.factor.detach(), 0.2)
        return super().forward(network, step).score

    def forward(self, network: Network, step: int) -> Evaluation:
        residual = self.average * network.strengths - 1.1 * self.targets[0]
        return Evaluation(score=residual.square().mean(), metrics={"average": float(self.average)})


def score(name: str, strengths: np.ndarray, learned: dict[str, Tensor]) -> float:
    """The score that a network is judged by, in NumPy."""
    wanted = targets(len(strengths))[0]
    if name == "Fit":
        residual = float(learned["factor"]) * strengths - wanted
    else:
        residual = float(learned["average"]) * strengths - 1.1 * wanted
    return float(np.mean(residual**2))
