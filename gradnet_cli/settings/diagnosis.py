"""What is wrong with a configuration that cannot be composed, or that has what no YAML file declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from yaml import YAMLError

from gradnet_cli.errors import SettingError
from gradnet_cli.settings import hydra
from gradnet_cli.settings.catalog import Catalog, config_directory
from gradnet_cli.settings.hydra import Override, OverrideType
from gradnet_cli.settings.leaves import leaves
from gradnet_cli.settings.overrides import SHORT_FOR, assignment
from gradnet_cli.settings.spelling import (
    UnreadableInputError,
    unknown_choice,
    unknown_setting,
    unreadable_choice,
)


class Diagnosis:
    """Finds the one thing to say of a configuration that cannot be used.

    Args:
        catalog: all that could be set
        typed: the overrides of the command line
        compose: Hydra's composition
    """

    def __init__(
        self, catalog: Catalog, *, typed: Sequence[str], compose: Callable[[Sequence[str]], DictConfig]
    ) -> None:
        self._catalog = catalog
        self._typed = typed
        self._compose = compose

    def of(self, overrides: Sequence[Override], error: Exception) -> SettingError:
        """Find what could not be composed: a choice or a setting that does not exist, or what Hydra says."""
        for override in overrides:
            if override.key_or_group in self._catalog.groups and override.type == OverrideType.CHANGE:
                group, name = override.key_or_group, override.get_value_element_as_str()
                if name != "null" and name not in self._catalog.groups[group].choices:
                    return unknown_choice(group=group, value=name, catalog=self._catalog)
                choice = self._catalog.choice(group, name)
                if choice is not None and choice.fault:
                    return unreadable_choice(choice)
        unreadable = next((choice for choice in self._catalog.choices() if choice.fault), None)
        if unreadable is not None and isinstance(error, UnicodeError | YAMLError):
            return unreadable_choice(unreadable)  # an experiment takes it
        try:
            frame = self._compose(
                [o.input_line or "" for o in overrides if self._catalog.selects(o.key_or_group)]
            )
        except hydra.COMPOSITION_ERRORS as deeper:
            return UnreadableInputError(text="configuration", allowed=hydra.reason(deeper))
        for override in overrides:
            key = override.key_or_group
            plain = override.type == OverrideType.CHANGE and not self._catalog.selects(key)
            if plain and not has_setting(frame, key):
                section = key.partition(".")[0]
                if section in SHORT_FOR and not isinstance(frame.get(section), DictConfig):
                    allowed = (
                        f"must stand in a YAML file as {SHORT_FOR[section]}: it has other settings beside"
                    )
                    return SettingError(setting=section, value=frame.get(section), allowed=allowed)
                return self.unknown(frame, key, override.get_value_element_as_str())
        return UnreadableInputError(text="configuration", allowed=hydra.reason(error))

    def refuse_undeclared(self, config: DictConfig) -> None:
        """Refuse a setting that no YAML file declares: an experiment or a + would add it unseen."""
        declared = self._declared(config)
        if declared is None:
            return
        for key, value in leaves(hydra.unresolved(config)):
            parents = {key[:end] for end in range(len(key)) if key[end] == "."}
            if key in declared or declared & parents or any(name.startswith(f"{key}.") for name in declared):
                continue
            if key in self._catalog.groups and value == {}:
                continue  # a choice without settings
            experiment = chosen(config).get("experiment")
            typed = key in {assignment(text).name for text in self._typed}
            origin = f"experiment={experiment}" if experiment and not typed else ""
            raise self.unknown(config, key, value, origin=origin)

    def unknown(self, config: DictConfig, key: str, value: object, *, origin: str = "") -> SettingError:
        """The error for a setting that the configuration does not have."""
        return self.unknown_to_all([config], key, value, origin=origin)

    def unknown_to_all(
        self, configs: Sequence[DictConfig], key: str, value: object, *, origin: str = ""
    ) -> SettingError:
        """The error for a setting that none of the configurations has."""
        if key.startswith("hydra."):
            hydras = {"hydra": OmegaConf.to_container(configs[0].hydra)}
            names = dict.fromkeys(name for name, _ in leaves(hydras))
        else:
            names = dict.fromkeys([setting.key for setting in self._catalog.root] + [*self._catalog.groups])
        choices: dict[str, dict[str, None]] = {}
        for config in configs:
            for group, name in chosen(config).items():
                choices.setdefault(group, {})[name] = None
        for group, taken in ({} if key.startswith("hydra.") else choices).items():
            for choice in filter(None, (self._catalog.choice(group, name) for name in taken)):
                if group != "experiment":
                    names |= dict.fromkeys(setting.key for setting in choice.all_settings if setting.public)
        return unknown_setting(
            key=key, value=value, known=names, catalog=self._catalog, chosen=choices, origin=origin
        )

    def _declared(self, config: DictConfig) -> set[str] | None:
        """The settings that YAML files declare for these choices; None where that cannot be known."""
        declared = {setting.key for setting in self._catalog.root}
        for group, name in chosen(config).items():
            if group == "experiment":
                continue
            choice = self._catalog.choice(group, name)
            if choice is None and group in self._catalog.groups and "/" not in name:
                raise unknown_choice(group=group, value=name, catalog=self._catalog)
            if choice is not None and choice.fault:
                raise unreadable_choice(choice)
            if choice is None or choice.is_open:
                return None  # made of files that the catalog does not follow
            declared |= {setting.key for setting in choice.all_settings}
        return declared


def chosen(config: DictConfig) -> dict[str, str]:
    """The choice of each group of the program, by Hydra's record in a configuration."""
    return choices_of(config.hydra.runtime.choices)


def choices_of(choices: Mapping[str, str | None]) -> dict[str, str]:
    """The choices of the program's groups, without those of Hydra's own."""
    return {
        group: str(name)
        for group, name in choices.items()
        if name is not None and not group.startswith("hydra/")
    }


def has_setting(config: DictConfig, key: str) -> bool:
    """Whether a configuration has a setting, or a group of settings, of this name."""
    node: Any = config
    for part in key.split("."):
        if not OmegaConf.is_dict(node) or part not in list(node):
            return False
        node = node._get_node(part)
    return True


def plain_values(parsed: Sequence[Override], catalog: Catalog) -> list[Override]:
    """The overrides that change a setting and do nothing else, so that they may be the last.

    One whose setting, or a part or the whole of it, is also set by a list, a mapping or a deletion has to
    keep its place in the order.
    """
    values = [override for override in parsed if _sets_plain_value(override, catalog)]
    orderly = [
        override.key_or_group
        for override in parsed
        if override.type != OverrideType.CHANGE or isinstance(override.value(), dict | list)
    ]
    return [
        override for override in values if not any(_overlap(override.key_or_group, key) for key in orderly)
    ]


def _overlap(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return long == short or long.startswith(short + ".")


def _sets_plain_value(override: Override, catalog: Catalog) -> bool:
    return (
        override.type == OverrideType.CHANGE
        and not catalog.selects(override.key_or_group)
        and not override.is_hydra_override()
        and not override.is_sweep_override()
        and override.package is None
        and not isinstance(override.value(), dict | list)
    )


def refuse_hidden(directory: Path) -> None:
    """Refuse a user's file that Hydra would never read, for the program's own of that name comes first."""
    for path in sorted(directory.glob("*/*.yaml")):
        if (config_directory() / path.parent.name / path.name).is_file():
            allowed = f"holds {path.parent.name}/{path.name}, a name that the program uses itself; rename it"
            raise SettingError(setting="--config-dir", value=directory, allowed=allowed)
