"""Masks: where edges may lie, one file a topology, each beside a conf/mask/*.yaml of the same stem.

A mask is a function ``build(*, ...) -> Mask``. Its YAML names it by import path (``_target_``) and lists
under ``settings`` the keys of the configuration's root that it is called with.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.plugins import call_target, load_target
from gradnet_cli.settings.values import nearest

__all__ = ["Mask", "build_mask"]

KEYS = ("_target_", "settings")


def build_mask(mask_cfg: Mapping, root_cfg: Mapping) -> Mask:
    """Build the mask that the configuration names.

    Arguments:
        mask_cfg: the composed ``mask``: ``_target_``, an import path, and ``settings``, names of root keys
            that it is called with. The root's ``seed`` is handed over too where it has that argument
        root_cfg: the whole composed configuration

    Raises SettingError for a key that is unknown or missing and for values that the mask refuses.
    """
    for key in mask_cfg:
        if key not in KEYS:
            allowed = "is unknown: the sizes of a mask stand at the top level"
            raise SettingError(
                setting=f"mask.{key}",
                value=_plain(mask_cfg[key]),
                allowed=allowed,
                hint=nearest(key, root_cfg),
            )
    path = mask_cfg.get("_target_")
    target = load_target(setting="mask._target_", path=path)
    settings: dict[str, Any] = {}
    names = _plain(mask_cfg.get("settings")) or ()
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        allowed = "must be a list of names of top-level settings"
        raise SettingError(setting="mask.settings", value=names, allowed=allowed)
    for name in names:
        if name not in root_cfg:
            raise SettingError(setting=name, value=None, allowed=f"must be given: {path} reads it")
        settings[name] = _plain(root_cfg[name])
    if "seed" in inspect.signature(target).parameters and "seed" in root_cfg:
        settings.setdefault("seed", root_cfg["seed"])
    mask = call_target(target, path=str(path), settings=settings)
    if not isinstance(mask, Mask):
        allowed = f"must return a gradnet_cli.problem.Mask, not {type(mask).__name__}"
        raise SettingError(setting="mask._target_", value=path, allowed=allowed)
    return mask


def _plain(value: Any) -> Any:
    """Turn OmegaConf's containers into dicts and lists; everything else stays."""
    from omegaconf import OmegaConf

    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value
