"""Answers to what was mistyped: the nearest right spelling of a setting, a choice or a flag."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import Catalog
from gradnet_cli.settings.values import nearest


class UnreadableInputError(SettingError):
    """A part of the command line that is no setting at all; the message begins with the text itself."""

    def __init__(self, *, text: str, allowed: str, hint: str | None = None) -> None:
        super().__init__(setting=text, value=None, allowed=allowed, hint=hint)

    def _where(self) -> str:
        return self.setting

    def _arguments(self) -> dict[str, object]:
        return {"text": self.setting, "allowed": self.allowed, "hint": self.hint}


def unreadable_override(text: str) -> SettingError:
    """The error for an override that Hydra's grammar refuses, such as ``rows`` or ``path=a(b``."""
    key, equals, value = text.partition("=")
    if not equals:
        return UnreadableInputError(text=text, allowed="must have the form setting=value", hint=f"{text}=...")
    quoted = f"'{key}=\"{value}\"'"
    allowed = f"cannot be read; a value with blanks, commas, quotes or brackets is written {quoted}"
    return SettingError(setting=key, value=value, allowed=allowed)


def several_values(*, key: str, value: str) -> SettingError:
    """The error for a list with commas and without brackets where no sweep was asked for."""
    quoted = f"'{key}=\"{value}\"'"
    allowed = f"is several values, which make a sweep: add -m, or write a list as [1,2], a text as {quoted}"
    if os.path.lexists(value):
        allowed = f"is read as several values, for it has a comma: write {quoted}"
    return SettingError(setting=key, value=value, allowed=allowed)


def unknown_flag(flag: str, flags: Iterable[str]) -> SettingError:
    """The error for a flag that does not exist."""
    allowed = "is no flag; gradnet-run --help lists them"
    return UnreadableInputError(text=flag, allowed=allowed, hint=nearest(flag, flags))


def unknown_setting(
    *,
    key: str,
    value: object,
    known: Collection[str],
    catalog: Catalog,
    chosen: Mapping[str, str],
    origin: str = "",
) -> SettingError:
    """The error for a setting that does not exist in the configuration as composed.

    Args:
        key, value: what was given
        known: the settings and groups that do exist in it
        catalog: all that could exist
        chosen: the choice of each group
        origin: where it was given, other than on the command line: ``experiment=mine``
    """
    place = f" (given in {origin})" if origin else ""
    owners = _owners(key, catalog)
    if owners:
        group, names = owners
        listed = " or ".join(f"{group}={name}" for name in names)
        allowed = f"is a setting of {listed}, not of {group}={chosen.get(group)}{place}"
        hint = f"{group}={names[0]} {key}={value}" if len(names) == 1 and not origin else None
        return SettingError(setting=key, value=value, allowed=allowed, hint=hint)
    near = _nearest_setting(key, known, catalog)
    if near is None:
        allowed = f"is no setting{place}; gradnet-run --help lists them all"
        return SettingError(setting=key, value=value, allowed=allowed)
    elsewhere = None if near in known else _owners(near, catalog)
    hint = f"{near}={value}"
    if near in catalog.groups:
        hint = _choice_hint(near, value, catalog) or f"{near}=..."
    elif elsewhere:
        hint = f"{hint} with {elsewhere[0]}={elsewhere[1][0]}"
    return SettingError(setting=key, value=value, allowed=f"is no setting{place}", hint=hint)


def unknown_choice(*, group: str, value: object, catalog: Catalog) -> SettingError:
    """The error for a choice that a group does not have."""
    names = list(catalog.groups[group].choices)
    allowed = "must be " + (
        " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    )
    return SettingError(setting=group, value=value, allowed=allowed, hint=_choice_hint(group, value, catalog))


def _choice_hint(group: str, value: object, catalog: Catalog) -> str | None:
    """What was meant by group=value: the nearest choice, or, for a number, the group's own value."""
    choices = catalog.groups[group].choices
    near = nearest(value, choices)
    if near:
        return f"{group}={near}"
    quantity = f"{group}.value"
    owns_value = any(item.key == quantity for choice in choices.values() for item in choice.settings)
    return f"{quantity}={value}" if owns_value and str(value)[:1].isdigit() else None


def _nearest_setting(key: str, known: Collection[str], catalog: Catalog) -> str | None:
    """The right spelling: the same last name elsewhere first, then the nearest name that exists, then any."""
    last = key.rpartition(".")[2]
    same = [name for name in known if name.rpartition(".")[2] == last]
    if same:
        return nearest(key, same) or same[0]
    near = nearest(key, known)
    if near:
        return near
    endings = {name.rpartition(".")[2]: name for name in known}
    ending = nearest(last, endings)
    if ending:
        return endings[ending]
    others = {setting.key for choice in catalog.choices() for setting in choice.public_settings}
    return last if last in others else nearest(key, others)


def _owners(key: str, catalog: Catalog) -> tuple[str, list[str]] | None:
    """The group and those of its choices that have this setting."""
    for group in catalog.groups.values():
        if group.name != "experiment":
            names = [
                choice.name
                for choice in group.choices.values()
                if any(setting.key == key for setting in choice.public_settings)
            ]
            if names:
                return group.name, names
    return None


def quoted(text: str) -> str:
    """A value as Hydra's grammar reads it back, whatever characters it has."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
