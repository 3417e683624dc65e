"""A configuration as plain values."""

from __future__ import annotations

from typing import Any

from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.settings import hydra
from gradnet_cli.settings.spelling import UnreadableInputError


def resolve(config: DictConfig) -> dict[str, Any]:
    """The settings of a run as plain values, interpolations resolved, Hydra's own left out.

    Raises:
        SettingError: an interpolation that leads nowhere, or a mandatory value (???) that was not given
    """
    try:
        plain = OmegaConf.to_container(
            hydra.without_own_settings(config), resolve=True, throw_on_missing=True
        )
    except hydra.OmegaConfBaseException as error:
        key = error.full_key or "configuration"
        if "missing" in type(error).__name__.lower():
            raise SettingError(setting=key, value="???", allowed="must be given") from error
        raise UnreadableInputError(text=key, allowed=hydra.reason(error)) from error
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}
