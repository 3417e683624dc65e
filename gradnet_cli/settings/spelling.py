"""Answers to what was mistyped: the nearest right spelling of a setting, a choice or a flag."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Iterable, Mapping

from gradnet_cli.errors import SettingError, one_line
from gradnet_cli.settings.catalog import Catalog, Choice
from gradnet_cli.settings.overrides import typed
from gradnet_cli.settings.values import nearest
from gradnet_cli.settings.words import served, served_word

POSSIBLE = "optimizer.choices."


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
    written = as_text(key, value)
    allowed = f"cannot be read; a value with blanks, commas, quotes or the like is written {written}"
    return SettingError(setting=key, value=value, allowed=allowed)


def several_values(key: str, value: str) -> SettingError:
    """The error for several values where there is one run."""
    if os.path.lexists(value):
        allowed = f"is read as several values, for it has a comma: write it as {as_text(key, value)}"
        return SettingError(setting=key, value=value, allowed=allowed)
    allowed = "is several values, which make a sweep: add -m, or write a list as [1,2]"
    if any(typed(part.strip()) == part.strip() for part in value.split(",")):
        allowed += f", or a text with commas as {as_text(key, value)}"
    return SettingError(setting=key, value=value, allowed=allowed)


def as_text(key: str, value: str) -> str:
    """An override as it is typed in a shell so that its value is a text, whatever characters it has."""
    plain = '"' not in value and "\\" not in value
    text = f'{key}="{value}"' if plain else f"{key}={quoted(value)}"
    if "'" in text and not set(text) & set("\\$`!"):
        return '"' + text.replace('"', '\\"') + '"'  # easier on the eye than what shlex makes of it
    return shlex.quote(text)


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
    chosen: Mapping[str, Collection[str]],
    origin: str = "",
) -> SettingError:
    """The error for a setting that does not exist in the configuration as composed.

    Args:
        key, value: what was given
        known: the settings and groups that do exist in it
        catalog: all that could exist
        chosen: the choice of each group, several where the jobs of a sweep differ in it
        origin: where it was given, other than on the command line: ``experiment=mine``
    """
    place = f" (given in {origin})" if origin else ""
    owners = _owners(key, catalog)
    if owners:
        group, names = owners
        listed = " or ".join(f"{group}={name}" for name in names)
        taken = " or ".join(f"{group}={name}" for name in chosen.get(group, ())) or f"{group}=null"
        allowed = f"is a setting of {listed}, not of {taken}{place}"
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
    other = served_word(group=group, value=value, catalog=catalog)
    if other is not None:
        return other
    names = list(catalog.groups[group].choices)
    allowed = "must be " + (
        " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    )
    return SettingError(setting=group, value=value, allowed=allowed, hint=_choice_hint(group, value, catalog))


def unreadable_choice(choice: Choice) -> SettingError:
    """The error for a choice whose file cannot be used."""
    allowed = f"{choice.path} cannot be read: {one_line(choice.fault)}"
    return SettingError(setting=choice.group, value=choice.name, allowed=allowed)


def _choice_hint(group: str, value: object, catalog: Catalog) -> str | None:
    """What was meant by group=value: the nearest choice, or, for a number, the group's own value."""
    choices = catalog.groups[group].choices
    words = {word: name for name, choice in choices.items() for word in served(choice)}
    near = nearest(value, [*choices, *words])
    if near:
        return f"{group}={words.get(near, near)}" + (f" for {near}" if near in words else "")
    quantity = f"{group}.value"
    owns_value = any(item.key == quantity for choice in choices.values() for item in choice.settings)
    return f"{quantity}={value}" if owns_value and str(value)[:1].isdigit() else None


def _nearest_setting(key: str, known: Collection[str], catalog: Catalog) -> str | None:
    """The right spelling: the same last name elsewhere, the nearest name that exists, or one that could."""
    others = [setting.key for choice in catalog.choices() for setting in choice.public_settings]
    last = key.rpartition(".")[2]
    for names, far in ((known, False), (others, True)):
        # What the optimizer auto might choose is far from everybody's mind.
        names = [name for name in names if not name.startswith(POSSIBLE) or key.startswith(POSSIBLE)]
        endings: dict[str, list[str]] = {}
        for name in names:
            endings.setdefault(name.rpartition(".")[2], []).append(name)
        if last in endings:
            return _of_these(key, endings[last])
        near = nearest(key, names, slips_only=far)
        ending = nearest(last, endings, slips_only=far)
        if near or ending:
            return near or _of_these(key, endings[str(ending)])
    return None


def _of_these(key: str, names: list[str]) -> str:
    return nearest(key, names) or names[0]


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
    """A value as Hydra's grammar and OmegaConf read it back, whatever characters it has."""
    text = text.replace("${", "\\${")
    # A backslash is itself, unless a quote or the end comes behind it.
    return "'" + re.sub(r"(\\*)('|$)", lambda found: 2 * found[1] + found[2].replace("'", "\\'"), text) + "'"
