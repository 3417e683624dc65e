"""The constrained weights: what may be changed, what it may cost, and what disturbs it."""

from gradnet_cli.model.feasible import FeasibleSet
from gradnet_cli.model.noise import Noise
from gradnet_cli.model.weights import ConstrainedWeights

__all__ = ["ConstrainedWeights", "FeasibleSet", "Noise"]
