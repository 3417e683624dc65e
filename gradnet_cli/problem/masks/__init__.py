"""Masks: where edges may lie, one file a topology, each beside a conf/mask/*.yaml of the same stem.

A mask is a function ``build(*, ...) -> Mask``. Its YAML names it by import path (``_target_``) and lists
under ``settings`` the keys of the configuration's root that it is called with.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.plugins import Plugin

__all__ = ["Mask", "build_active", "build_mask"]


def build_mask(plugin: Plugin, *, seed: int) -> Mask:
    """Build the mask that a configuration names.

    Args:
        plugin: the function and its arguments
        seed: handed to functions that ask for one

    Raises:
        SettingError: an argument that is unknown, missing or refused
    """
    return plugin.build(Mask, name="gradnet_cli.Mask", offers={"seed": seed})


def build_active(plugin: Plugin, *, seed: int) -> Mask:
    """Build the mask with candidates that are not listed, by the function `active` beside the one it names.

    Raises:
        SettingError: the mask has no such function
    """
    plugin.load()
    module_path = plugin.path.rpartition(".")[0]
    if not hasattr(importlib.import_module(module_path), "active"):
        known = [
            path.stem
            for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))
            if hasattr(importlib.import_module(f"{__name__}.{path.stem}"), "active")
        ]
        allowed = f"is for masks of all pairs ({', '.join(known)}): mask={plugin.name} lists its edges"
        raise SettingError(setting="edges", value="active", allowed=allowed)
    return replace(plugin, path=f"{module_path}.active").build(
        Mask, name="gradnet_cli.Mask", offers={"seed": seed}
    )
