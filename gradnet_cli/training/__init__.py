"""Training by Lightning: the only place that knows it."""

from gradnet_cli.training.fit import Outcome, fit

__all__ = ["Outcome", "fit"]
