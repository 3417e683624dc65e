"""How fast averages and random walks settle on an undirected network."""

from gradnet_cli.objectives.mixing_rate.objective import MixingRate

__all__ = ["MixingRate"]
