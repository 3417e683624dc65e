"""From the group `objective` of a configuration to an objective."""

from __future__ import annotations

from gradnet_cli.datasets import Dataset
from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.base import Objective
from gradnet_cli.settings.plugins import Plugin


def build_objective(plugin: Plugin, *, seed: int, dataset: Dataset | None = None) -> Objective:
    """Build the objective that a configuration names.

    Args:
        plugin: its class and the keyword arguments
        seed: handed to classes that ask for one
        dataset: handed to classes that ask for one

    Raises:
        SettingError: an unknown or missing setting, no Objective, or data that it has no use for
    """
    if "requires" in plugin.arguments:
        allowed = 'belongs to the class of the objective, as requires = ("budget",)'
        raise SettingError(setting="objective.requires", value=plugin.arguments["requires"], allowed=allowed)
    if dataset is not None and not plugin.takes("dataset"):
        allowed = f"has no effect: objective={plugin.name} learns from no data"
        raise SettingError(setting="data", value=dataset.name, allowed=allowed)
    offers = {"seed": seed, "dataset": dataset}
    objective = plugin.build(Objective, name="gradnet_cli.Objective", offers=offers)  # type: ignore[type-abstract]
    objective.name = plugin.name
    return objective
