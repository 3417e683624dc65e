"""From the group `data` of a configuration to a data set."""

from __future__ import annotations

import logging

from gradnet_cli.datasets.dataset import Dataset
from gradnet_cli.settings.plugins import Plugin

log = logging.getLogger(__name__)


def build_dataset(plugin: Plugin | None, *, seed: int) -> Dataset | None:
    """Read or generate the data set that a configuration names; None where it names none.

    Args:
        plugin: the function and its arguments
        seed: handed to functions that ask for one

    Raises:
        SettingError: a setting, or a file, that cannot be used
    """
    if plugin is None:
        return None
    dataset = plugin.build(Dataset, name="gradnet_cli.datasets.Dataset", offers={"seed": seed})
    log.info("%s", dataset.summary)
    return dataset
