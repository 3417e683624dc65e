"""Training by Lightning: the only place that knows it."""

from gradnet_cli.training import quiet  # noqa: F401 (first: it brings Lightning in)
from gradnet_cli.training.callback import Callback
from gradnet_cli.training.loop import Outcome, fit
from gradnet_cli.training.module import TrainingModule
from gradnet_cli.training.record import Record

__all__ = ["Callback", "Outcome", "Record", "TrainingModule", "fit"]
