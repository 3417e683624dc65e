"""What was asked: the choices with what they are, and the settings that are not the defaults."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gradnet_cli.report.html.files import RunFiles
from gradnet_cli.settings.catalog import Catalog, read_catalog
from gradnet_cli.settings.commented import Setting

TOLD = ("objective", "data", "mask", "budget", "optimizer", "noise", "trainer", "experiment")
"""Groups in the order in which a reader asks for them; further ones follow."""
ALWAYS = {"objective", "mask", "budget", "optimizer"}
"""Groups that are told of even if their choice is the default."""
UNTOLD = {"budget.kind"}
"""Settings that a choice's name has said."""
SETTINGS_TOLD = {"mask", "budget"}
"""Groups of which all settings are told, for they make the problem."""
_ABSENT = object()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where it was built


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The choice of one group: its first comment, and its settings by short name."""

    group: str
    name: str
    description: str
    settings: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A setting that is not the default."""

    name: str
    value: Any
    default: Any
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question that a run answers."""

    choices: list[Chosen]
    differences: list[Difference]


def asked(run: RunFiles) -> Asked:
    """Compare a run's configuration with the program's YAML files, and the user's."""
    catalog = _catalog(tuple(run.config_directories))
    order = [*TOLD, *sorted(set(run.choices) - set(TOLD))]
    names = [(group, run.choices[group]) for group in order if group in run.choices]
    return Asked(
        choices=[
            _chosen(catalog, run, group, name)
            for group, name in names
            if group in ALWAYS or name != _default(catalog, group)
        ],
        differences=[*_choices_changed(catalog, names), *_settings_changed(catalog, run)],
    )


def meaning_of(run: RunFiles, key: str) -> str:
    """The comment behind a setting of a run, by its dotted name; empty where there is none."""
    catalog = _catalog(tuple(run.config_directories))
    return next((setting.meaning for setting in _declared(catalog, run) if setting.key == key), "")


@lru_cache(maxsize=2)  # the jobs of a sweep share it
def _catalog(directories: tuple[Path, ...]) -> Catalog:
    return read_catalog(directories)


def _chosen(catalog: Catalog, run: RunFiles, group: str, name: str) -> Chosen:
    choice = catalog.choice(group, name)
    settings = choice.public_settings if choice is not None and group in SETTINGS_TOLD else ()
    return Chosen(
        group=group,
        name=name,
        description="" if choice is None else _sentence(" ".join(choice.description)),
        settings={
            setting.key.removeprefix(f"{group}."): found
            for setting in settings
            if setting.key not in UNTOLD
            and (found := _resolved(run.config, setting.key)) is not None
            and found != []
        },
    )


def _default(catalog: Catalog, group: str) -> str | None:
    return catalog.groups[group].default if group in catalog.groups else None


def _choices_changed(catalog: Catalog, names: list[tuple[str, str]]) -> list[Difference]:
    changed = []
    for group, name in names:
        default = _default(catalog, group)
        if name != default:
            meaning = catalog.groups[group].meaning if group in catalog.groups else ""
            changed.append(Difference(name=group, value=name, default=default, meaning=meaning))
    return changed


def _settings_changed(catalog: Catalog, run: RunFiles) -> list[Difference]:
    changed = []
    for setting in _declared(catalog, run):
        found = lookup(run.config, setting.key)
        default = _parsed(setting.default)
        if setting.public and found is not _ABSENT and not _same(found, default):
            value = _resolved(run.config, setting.key)
            changed.append(
                Difference(name=setting.key, value=value, default=default, meaning=setting.meaning)
            )
    return changed


def _declared(catalog: Catalog, run: RunFiles) -> list[Setting]:
    """Settings by name, the later declarations last: a choice's own stand above the root's."""
    declared = {setting.key: setting for setting in catalog.root}
    for group, name in run.choices.items():
        choice = catalog.choice(group, name)
        if choice is not None and group != "experiment":
            declared |= {setting.key: setting for setting in choice.all_settings}
    return list(declared.values())


def lookup(config: dict[str, Any], key: str) -> Any:
    """The value of a dotted name, or a mark of its absence."""
    place: Any = config
    for part in key.split("."):
        if not isinstance(place, dict) or part not in place:
            return _ABSENT
        place = place[part]
    return place


def _resolved(config: dict[str, Any], key: str, depth: int = 5) -> Any:
    """The value of a dotted name, where it says `${other}` that of the other; None where there is none."""
    value = lookup(config, key)
    if value is _ABSENT:
        return None
    if depth and isinstance(value, str) and value.startswith("${") and value.find("}") == len(value) - 1:
        other = _resolved(config, value[2:-1], depth - 1)
        return value if other is None else other
    return value


def _parsed(source: str) -> Any:
    try:
        return yaml.load(source, Loader=_LOADER)
    except yaml.YAMLError:
        return source


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float | str) and isinstance(other, int | float | str):
        try:  # PyYAML takes 1e-6 for a text, Hydra for a number
            return float(one) == float(other)
        except ValueError:
            return str(one) == str(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _sentence(text: str) -> str:
    """The first sentence of a comment."""
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]
