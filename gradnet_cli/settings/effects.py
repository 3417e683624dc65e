"""Whether what was given has an effect: the comment behind a setting may say under which others it has one.

``only with integrator=adaptive`` and ``not with data=null`` are read from the comment, which is the help too,
so that what people are told and what is refused cannot differ. Values are separated by ``|``, conditions
joined by ``and``; the names are those of the same section, or of the top level. Of several such clauses each
has to hold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import SettingError, spell
from gradnet_cli.settings.catalog import Catalog
from gradnet_cli.settings.commented import Setting
from gradnet_cli.settings.diagnosis import chosen
from gradnet_cli.settings.hydra import OmegaConfBaseException, Override, overrides_of
from gradnet_cli.settings.overrides import assignment

PAIR = r"[\w.]+=[^\s,;:()]*[^\s,;:().]"
CLAUSE = re.compile(rf"\b(only|not) with ({PAIR}(?: and {PAIR})*)")
OF_SINGLE_RUNS = {"hydra.run"}
OF_SWEEPS = {
    *("hydra.sweep", "hydra.sweeper", "hydra/sweeper", "hydra.launcher", "hydra/launcher"),
    *("launcher", "skip_completed"),
}
IDLE_VALUES = ("null", "false", "basic")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """When a setting has an effect: where all of these settings have one of their values, or not all of them.

    Attributes:
        values: by the name of the setting, those of which it has one
        positive: ``only with``; False for ``not with``
    """

    values: dict[str, tuple[str, ...]]
    positive: bool

    def holds(self, config: DictConfig) -> bool:
        """Whether the setting has an effect in a configuration."""
        return self.positive is all(
            _equal(_selected(config, name), values) for name, values in self.values.items()
        )

    @property
    def text(self) -> str:
        """The condition in words: ``has an effect only with objective.integrator=adaptive``."""
        pairs = " and ".join(f"{name}={'|'.join(values)}" for name, values in self.values.items())
        return f"has an effect only with {pairs}" if self.positive else f"has no effect with {pairs}"

    @property
    def remedy(self) -> str | None:
        """What would give the setting its effect, where that is one thing."""
        single = self.positive and all(
            len(values) == 1 and values != ("null",) for values in self.values.values()
        )
        return " ".join(f"{name}={values[0]}" for name, values in self.values.items()) if single else None


def conditions_of(setting: Setting, names: Collection[str]) -> Iterator[Condition]:
    """The conditions that the comment behind a setting names.

    Args:
        names: of all settings and groups, among which those of the conditions are looked up
    """
    section = setting.key.rpartition(".")[0]
    for found in CLAUSE.finditer(setting.meaning):
        values = {}
        for pair in found[2].split(" and "):
            name, _, listed = pair.partition("=")
            beside = f"{section}.{name}" if section else name
            values[beside if beside in names else name] = tuple(listed.split("|"))
        yield Condition(values=values, positive=found[1] == "only")


class Effects:
    """Looks through one run, or the runs of a sweep, for settings that have no effect in any of them."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._effective: set[str] = set()
        self._idle: dict[str, SettingError] = {}

    def look(self, config: DictConfig, given: Collection[str]) -> None:
        """Look at a composed configuration.

        Args:
            given: the names of settings and groups that a person has given
        """
        declared = {setting.key: setting for setting in self._declared(config)}
        names = {*declared, *self._catalog.groups}
        for key, origin in self._given(config, given):
            if key not in declared or key in self._effective:
                continue
            value = _selected(config, key)
            failing = (each for each in conditions_of(declared[key], names) if not each.holds(config))
            condition = next(failing, None)
            if value is None or condition is None:
                self._effective.add(key)
            elif not origin or not _touched(condition, given):
                place = f" (given in {origin})" if origin else ""
                remedy = condition.remedy
                self._idle.setdefault(
                    key,
                    SettingError(
                        setting=key,
                        value=value,
                        allowed=f"{condition.text}{place}",
                        hint=None if remedy is None or origin else f"{remedy} {key}={spell(value)}",
                    ),
                )

    def refuse_idle(self) -> None:
        """Raise SettingError for the first setting that has an effect nowhere."""
        for key, error in self._idle.items():
            if key not in self._effective:
                raise error

    def _declared(self, config: DictConfig) -> Iterator[Setting]:
        yield from self._catalog.root
        for group, name in chosen(config).items():
            choice = self._catalog.choice(group, name)
            if choice is not None and group != "experiment":
                yield from choice.all_settings

    def _given(self, config: DictConfig, given: Collection[str]) -> Iterator[tuple[str, str]]:
        """The settings that were given, and the experiment that gave them."""
        for key in given:
            yield key, ""
        experiment = chosen(config).get("experiment", "")
        choice = self._catalog.choice("experiment", experiment)
        for setting in () if choice is None else choice.all_settings:
            if setting.key not in given:
                yield setting.key, f"experiment={experiment}"


def given_in(config: DictConfig) -> frozenset[str]:
    """The settings and groups that the overrides of a composed configuration name."""
    return frozenset(assignment(text).name.partition("@")[0] for text in overrides_of(config))


def refuse_other_mode(overrides: Iterable[Override], *, sweep: bool) -> None:
    """Raise SettingError for what is for sweeps alone where there is one run, or the other way round."""
    for override in overrides:
        name, value = assignment(override.input_line or "")
        if value in IDLE_VALUES:
            continue  # it says what would be so anyway
        sections = {name} | {name[:end] for end in range(len(name)) if name[end] in "./"}
        if sweep and sections & OF_SINGLE_RUNS:
            hint = f"hydra.sweep.dir={value}" if name == "hydra.run.dir" else None
            allowed = "is for a single run, and has no effect on a sweep"
            raise SettingError(setting=name, value=value, allowed=allowed, hint=hint)
        if not sweep and sections & OF_SWEEPS:
            hint = f"hydra.run.dir={value}" if name == "hydra.sweep.dir" else None
            allowed = "is for sweeps, and has no effect on a single run; -m makes a sweep"
            raise SettingError(setting=name, value=value, allowed=allowed, hint=hint)


def _touched(condition: Condition, given: Collection[str]) -> bool:
    """Whether a person has set what makes a condition fail, so that the experiment is not to blame."""
    return any(name in given or name.partition(".")[0] in given for name in condition.values)


def _equal(value: Any, spelled: tuple[str, ...]) -> bool:
    return any(
        value == known and isinstance(value, bool) is isinstance(known, bool)
        for known in map(yaml.safe_load, spelled)
    )


def _selected(config: DictConfig, key: str) -> Any:
    try:
        return OmegaConf.select(config, key)
    except OmegaConfBaseException:  # it is told when the settings are resolved
        return None
