"""Other words of the field for what choices do, read from the comments of their YAML files."""

from __future__ import annotations

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import Catalog, Choice

ALSO = "Also: "


def served(choice: Choice) -> dict[str, str]:
    """Words for what a choice does, each with what is said of it: ``kirchhoff_index = score``.

    They stand in lines of its comment, ``Also: kirchhoff_index = score; commute_time``.
    """
    lines = [line.removeprefix(ALSO) for line in choice.description if line.startswith(ALSO)]
    entries = [entry.strip() for line in lines for entry in line.split(";")]
    return {entry.split()[0]: entry for entry in entries if entry}


def serving(word: object, *, catalog: Catalog, group: str | None = None) -> tuple[Choice, str] | None:
    """The choice that a word stands for, of one group or of any, and what is said of the two.

    Hyphens are as good as underscores.
    """
    plain = str(word).strip().lower().replace("-", "_")
    for choice in catalog.choices():
        if group in (None, choice.group) and plain in (words := served(choice)):
            return choice, words[plain]
    return None


def served_word(
    *, group: str, value: object, catalog: Catalog, setting: str | None = None
) -> SettingError | None:
    """The error for another word of what a choice of the group does, or None where there is none.

    Args:
        setting: which was given, where it is not the group itself
    """
    found = serving(value, catalog=catalog, group=group)
    if found is None:
        return None
    choice, statement = found
    related = f", {statement}" if " " in statement else ""
    allowed = f"is served by {group}={choice.name}{related}"
    return SettingError(setting=setting or group, value=value, allowed=allowed)
