"""From the group `objective` of a configuration to an objective."""

from __future__ import annotations

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.base import Objective
from gradnet_cli.settings.plugins import Plugin


def build_objective(plugin: Plugin, *, seed: int) -> Objective:
    """Build the objective that a configuration names.

    Args:
        plugin: its class and the keyword arguments
        seed: handed to classes that ask for one

    Raises:
        SettingError: an unknown or missing setting, or a target that is no Objective
    """
    if "requires" in plugin.arguments:
        allowed = 'belongs to the class of the objective, as requires = ("budget",)'
        raise SettingError(setting="objective.requires", value=plugin.arguments["requires"], allowed=allowed)
    objective = plugin.build(Objective, name="gradnet_cli.Objective", offers={"seed": seed})  # type: ignore[type-abstract]
    objective.name = plugin.name
    return objective
