"""Masks: where edges may lie, one file a topology, each beside a conf/mask/*.yaml of the same stem.

A mask is a function ``build(*, ...) -> Mask``. Its YAML names it by import path (``_target_``) and lists
under ``settings`` the keys of the configuration's root that it is called with.
"""

from __future__ import annotations

from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.plugins import Plugin

__all__ = ["Mask", "build_mask"]


def build_mask(plugin: Plugin, *, seed: int) -> Mask:
    """Build the mask that a configuration names.

    Args:
        plugin: the function and its arguments
        seed: handed to functions that ask for one

    Raises:
        SettingError: an argument that is unknown, missing or refused
    """
    return plugin.build(Mask, name="gradnet_cli.Mask", offers={"seed": seed})
