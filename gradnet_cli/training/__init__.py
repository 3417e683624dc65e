"""Training by Lightning: the only place that knows it."""

from gradnet_cli.training.fit import Outcome, fit
from gradnet_cli.training.state import load_state

__all__ = ["Outcome", "fit", "load_state"]
