"""The pages of all groups, choices and settings: the comments in conf/, which are the help of the command."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from gradnet_cli.settings.catalog import Catalog, Choice, Group, read_catalog
from gradnet_cli.settings.commented import Setting
from gradnet_cli.settings.words import ALSO, served

FOLDER = "reference/settings"


def pages() -> dict[str, str]:
    """The Markdown of each page, by its path on the site."""
    catalog = read_catalog()
    found = {f"{FOLDER}/index.md": "\n".join(_every_run(catalog))}
    for group in catalog.groups.values():
        found[f"{FOLDER}/{group.name}.md"] = "\n".join(_group(group))
    return found


def navigation() -> list[dict[str, str]]:
    """The entries of these pages."""
    names = read_catalog().groups
    return [{"Every run": f"{FOLDER}/index.md"}, *({name: f"{FOLDER}/{name}.md"} for name in names)]


def _every_run(catalog: Catalog) -> Iterator[str]:
    yield "# Settings of every run\n"
    yield "A command is made of **choices**, `group=choice`, and **settings**, `setting=value`, in any order."
    yield "What is not named keeps its default. A list is written `[1,2]`; quote it where your shell minds.\n"
    yield "## Choices\n"
    yield "| group | says | choices |"
    yield "|---|---|---|"
    for group in catalog.groups.values():
        names = ", ".join(f"[{name}]({group.name}.md#{name})" for name in group.choices)
        yield f"| [`{group.name}`]({group.name}.md) | {_cell(group.meaning)} | {names} |"
    yield "\n## Settings\n"
    yield from _table(catalog.root)


def _group(group: Group) -> Iterator[str]:
    yield f"# `{group.name}`: {group.meaning or group.name}\n"
    if group.default:
        yield f"The default is [`{group.name}={group.default}`](#{group.default}).\n"
    else:
        yield "There is no default: without a choice nothing is done.\n"
    for choice in group.choices.values():
        yield from _choice(choice)


def _choice(choice: Choice) -> Iterator[str]:
    yield f"## {choice.name} {{ #{choice.name} }}\n"
    yield f"`{choice.group}={choice.name}`\n"
    yield from (_text(line) for line in choice.description if not line.startswith(ALSO))
    yield ""
    if words := served(choice):
        yield "Other words lead here:\n"
        yield from (f"- {_text(statement)}" for statement in words.values())
        yield ""
    public = [setting for setting in choice.all_settings if setting.public]
    if public:
        yield from _table(public)
    else:
        yield "It has no settings of its own.\n"


def _table(settings: Iterable[Setting]) -> Iterator[str]:
    yield "| setting | default | meaning |"
    yield "|---|---|---|"
    for setting in settings:
        yield f"| <code>{setting.key}</code> | {_value(setting.default)} | {_cell(setting.meaning)} |"
    yield ""


def _value(text: str) -> str:
    return f"<code>{html.escape(text).replace('|', '&#124;').replace('*', '&#42;')}</code>"


def _cell(text: str) -> str:
    return _text(text).replace("|", "&#124;")


def _text(text: str) -> str:
    """A comment as Markdown that shows every character as it stands."""
    return "".join(f"&#{ord(letter)};" if letter in "<>&*_[]{}`\\#~^" else letter for letter in text)
