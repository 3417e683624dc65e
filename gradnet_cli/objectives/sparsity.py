"""A penalty on many light edges."""

from __future__ import annotations

from gradnet_cli.model.network import Network
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation
from gradnet_cli.settings.values import number


class Sparsity(Objective):
    """Minimise sum_e (w_e^2 + s^2)^(q/2) - s^q over edges: the sum of abs(w)^q, softened below s.

    With q < 1 two light edges cost more than one that carries their weight, and edges are given up: the
    penalty is not convex, and a run proves nothing. The softening s keeps its slope finite at zero. With
    q = 1 and s = 0 it is the weight itself (Tibshirani 1996), convex and homogeneous; with q = 2 it is convex
    and spreads the weight over many edges.

    Args:
        exponent: q, 0 < q <= 2
        softening: s, >= 0, and > 0 where q < 1
    """

    sense = "minimize"
    batched = True

    def __init__(self, *, exponent: float, softening: float) -> None:
        super().__init__()
        self.exponent = number(setting="objective.exponent", value=exponent, above=0, maximum=2)
        positive = 0.0 if self.exponent < 1 else None
        self.softening = number(setting="objective.softening", value=softening, above=positive, minimum=0)
        self.quantity = f"sum of |weight|^{self.exponent:g}"
        self.concave = self.exponent >= 1
        self.homogeneous = self.exponent == 1 and self.softening == 0
        self.smooth = self.exponent > 1 or self.softening > 0

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (..., E)."""
        weights = network.weights
        if self.softening == 0:
            return Evaluation(score=weights.abs().pow(self.exponent).sum(dim=-1))
        soft = (weights.square() + self.softening**2).pow(self.exponent / 2) - self.softening**self.exponent
        return Evaluation(score=soft.sum(dim=-1))
