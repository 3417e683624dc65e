"""Settings from Python: keyword arguments become the same settings as what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
from omegaconf import OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import Catalog
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.effects import Effects
from gradnet_cli.settings.leaves import leaves
from gradnet_cli.settings.overrides import SHORT_FOR
from gradnet_cli.settings.settings import Settings
from gradnet_cli.settings.terms import TERMS, complete_terms


def settings_from(**keywords: Any) -> Settings:
    """Compose settings from keyword arguments.

    A group takes the name of a choice (``optimizer="adam"``); a section, or a group, its settings by name
    (``stop={"gap": 1e-4}``), a group the name of a choice among them (``optimizer={"name": "adam", "lr":
    0.1}``). A setting may be called by its whole name (``**{"stop.gap": 1e-4}``) or, where only one has it,
    by its last part (``gap=1e-4``).

    Raises:
        SettingError: a setting that does not exist or cannot be used, in the words of the command
    """
    composer = _composer()
    catalog = composer.catalog
    choices, values = _sort(keywords, catalog)
    frame = composer.compose([f"{group}={name}" for group, name in choices.items()])
    known = _names(frame)
    given = set(choices)
    within: list[tuple[str, Any]] = []
    for name, value in values.items():
        key = _whole(name, known) or _elsewhere(name, catalog) or name
        given.add(key)
        if key.startswith(f"{TERMS}."):
            within.append((key, _plain(value)))
            continue
        try:
            with open_dict(frame):
                OmegaConf.update(frame, key, _plain(value), merge=not isinstance(value, Mapping))
        except OmegaConfBaseException as error:
            allowed = "must be a number, a text, true, false, null, or a list or mapping of these"
            raise SettingError(setting=key, value=value, allowed=allowed) from error
    composer.refuse_undeclared(frame)
    complete_terms(frame, catalog, within)
    composed = Composed.check(frame, given=frozenset(given))
    effects = Effects(catalog)
    effects.look(frame, given)
    effects.refuse_idle()
    return composed.settings


@cache
def _composer() -> Composer:
    """One for all calls: what was composed for choices serves the next call with the same ones."""
    with Composer(CommandLine()) as composer:  # it needs Hydra's global state for being set up alone
        return composer


def _sort(keywords: Mapping[str, Any], catalog: Catalog) -> tuple[dict[str, str], dict[str, Any]]:
    """The choice of each group that is named, and the values of settings."""
    choices: dict[str, str] = {}
    values: dict[str, Any] = {}
    for key, given in keywords.items():
        if key.partition(".")[0] == "hydra":
            raise SettingError(setting=key, value=given, allowed="is for the command gradnet-run alone")
        if key in catalog.groups and isinstance(given, str):
            choices[key] = given
        elif isinstance(given, Mapping) and (key in catalog.groups or _is_section(key, catalog)):
            inner = dict(given)
            if key in catalog.groups and "name" in inner:
                choices[key] = str(inner.pop("name"))
            values |= {f"{key}.{name}": value for name, value in inner.items()}
        elif key in catalog.groups:
            raise SettingError(
                setting=key, value=given, allowed="must be the name of a choice, or its settings by name"
            )
        else:
            values[SHORT_FOR.get(key, key)] = given
    return choices, values


def _is_section(key: str, catalog: Catalog) -> bool:
    return any(setting.key.startswith(f"{key}.") for setting in catalog.root)


def _names(frame: Any) -> list[str]:
    plain = OmegaConf.to_container(
        OmegaConf.masked_copy(frame, [str(key) for key in frame if key != "hydra"]), resolve=False
    )
    assert isinstance(plain, Mapping)
    return [name for name, _ in leaves(plain)]


def _whole(name: str, known: Iterable[str]) -> str | None:
    """The whole name of a setting that is called by its last part; None where none has it.

    Raises:
        SettingError: several have it
    """
    known = list(known)
    if name in known or any(key.startswith(f"{name}.") for key in known):
        return name
    # What `auto` might choose is not meant where the same setting stands elsewhere.
    found = [
        key for key in known if key.rpartition(".")[2] == name and not key.startswith("optimizer.choices.")
    ]
    if len(found) > 1:
        listed = " or ".join(f'**{{"{key}": ...}}' for key in found)
        raise SettingError(
            setting=name, value="...", allowed=f"is the name of several settings: write {listed}"
        )
    return found[0] if found else None


def _elsewhere(name: str, catalog: Catalog) -> str | None:
    """The whole name of a setting that other choices than those taken have, so that they can be told."""
    found = {
        setting.key
        for choice in catalog.choices()
        if choice.group != "experiment"
        for setting in choice.public_settings
        if setting.key.rpartition(".")[2] == name
    }
    return found.pop() if len(found) == 1 else None


def _plain(value: Any) -> Any:
    """Arrays as lists and dtypes by name, for the configuration holds plain values."""
    if isinstance(value, type) and issubclass(value, np.generic):
        return value.__name__
    if type(value).__module__ == "torch" and type(value).__name__ == "dtype":
        return str(value).removeprefix("torch.")
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if hasattr(value, "detach"):
        return value.detach().cpu().tolist()
    if isinstance(value, tuple):
        return list(value)
    return value
