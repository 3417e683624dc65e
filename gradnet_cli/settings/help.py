"""The text of `gradnet-run --help`, made from the comments of the YAML files and wrapped to the terminal."""

from __future__ import annotations

import itertools
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from gradnet_cli import __version__
from gradnet_cli.settings.catalog import Catalog, Choice, Group, read_catalog
from gradnet_cli.settings.commented import Setting
from gradnet_cli.settings.spelling import UnreadableInputError
from gradnet_cli.settings.values import choice as check_choice
from gradnet_cli.settings.values import nearest
from gradnet_cli.settings.words import served, serving

LEFT_COLUMN = 30  # where the meaning of a setting begins
NARROWEST = 50

EXAMPLES = (
    ("gradnet-run", "the default: quick, and good to look at"),
    ("gradnet-run objective=algebraic_connectivity mask=grid rows=70", "a larger grid"),
    ("gradnet-run mask=complete nodes=10 budget=total budget.value=10", "another mask, another budget"),
    ("gradnet-run -m budget.value=0.5,1,2,4", "a sweep: one run for each value"),
    ("gradnet-run experiment=grid_70 seed=3", "a study, with one setting changed"),
    ("gradnet-run mask=grid --help", "all about one choice; mask --help is about all masks"),
)

FLAGS = (
    ("-m, --multirun", "run once for each combination of the values given, separated by commas"),
    ("resume=RUN_DIR", "go on with an interrupted or killed run; with updates=N extend one that is done"),
    ("rerun=RUN_DIR", "repeat a run from its files and compare the networks"),
    ("summarize=SWEEP_DIR", "sum up the jobs of a sweep: table, figures, report"),
    ("--cfg job", "print the composed configuration and stop"),
    ("--config-dir DIR, -cd DIR", "a directory of your own YAML files, such as DIR/mask/mine.yaml"),
    ("hydra.run.dir=DIR", "where this run writes; otherwise a fresh directory in outputs/"),
    ("--version", "print the version and stop"),
    ("-h, --help", "this text"),
    ("--hydra-help", "the other flags, which belong to Hydra"),
)


def help_text(
    words: Sequence[str] = (), *, directories: Sequence[Path] = (), width: int | None = None
) -> str:
    """Return the help, whole, or about what is named alone.

    Args:
        words: the command line without its flags: choices (`mask=grid`), groups (`mask`), sections (`stop`),
            settings (`rows`); other overrides are passed over
        directories: what `--config-dir` names
        width: columns of the terminal; measured where it is not given

    Raises:
        SettingError: a choice, or a name alone, that does not exist
    """
    columns = max(NARROWEST, shutil.get_terminal_size().columns if width is None else width)
    catalog = read_catalog(directories)
    named = [
        _choice(catalog, *word.split("=", 1))
        for word in words
        if "=" in word and word.split("=", 1)[0] in catalog.groups
    ]
    parts = [_about_name(catalog, word, columns) for word in words if "=" not in word]
    if named:
        parts.append(list(_about(named, columns)))
    lines = (
        [*itertools.chain(*parts), "All else: gradnet-run --help"] if parts else _everything(catalog, columns)
    )
    return "\n".join(lines) + "\n"


def _choice(catalog: Catalog, group: str, name: str) -> Choice:
    choices = catalog.groups[group].choices
    other = None if name in choices else serving(name, catalog=catalog, group=group)
    return choices[check_choice(setting=group, value=name, choices=choices)] if other is None else other[0]


def _everything(catalog: Catalog, width: int) -> Iterator[str]:
    yield f"gradnet-run {__version__}: finds the best network for a purpose, and proves how good it is."
    yield ""
    yield "Usage: gradnet-run [GROUP=CHOICE ...] [SETTING=VALUE ...] [FLAG ...]"
    yield from _heading("Examples")
    for command, meaning in EXAMPLES:
        yield f"  {command}"
        yield f"      {meaning}"
    yield from _heading("Settings of every run (setting=default)")
    for setting in catalog.root:
        yield from _entry(_spelling(setting), setting.meaning, width, indent=2)
    for group in catalog.groups.values():
        yield from _group(group, width)
    yield from _heading("Flags")
    for flag, meaning in FLAGS:
        yield from _entry(flag, meaning, width, indent=2)
    yield ""
    yield "Exit status: 0 done, 1 failed, 2 bad input, 130 interrupted."


def _group(group: Group, width: int) -> Iterator[str]:
    meaning = f": {group.meaning}" if group.meaning else ""
    default = f" (default: {group.default})" if group.default else ""
    yield ""
    yield from textwrap.wrap(f"{group.name}=...{meaning}{default}", width, subsequent_indent="  ")
    shared = _shared(group)
    for choice in group.choices.values():
        mark = "*" if choice.name == group.default else " "
        yield from _entry(f"{mark} {choice.name}", _first(choice), width, indent=2)
        if group.name == "experiment":
            continue  # a study sets what is listed elsewhere
        for setting in choice.public_settings:
            if setting.key not in shared:
                yield from _entry(_spelling(setting), setting.meaning, width, indent=6)
    if shared:
        yield f"    with every {group.name}:"
        model = (
            group.choices[group.default]
            if group.default in group.choices
            else next(iter(group.choices.values()))
        )
        for setting in model.public_settings:
            if setting.key in shared:
                yield from _entry(_spelling(setting), setting.meaning, width, indent=6)


def _shared(group: Group) -> set[str]:
    """Keys that mean the same in every choice of a group of several, so that they are listed once."""
    if len(group.choices) < 2 or group.name == "experiment":
        return set()
    listed = [
        {(item.key, item.meaning) for item in choice.public_settings} for choice in group.choices.values()
    ]
    return {key for key, _ in set.intersection(*listed)}


def _about(choices: Sequence[Choice], width: int) -> Iterator[str]:
    for choice in choices:
        yield f"{choice.group}={choice.name}"
        for line in choice.description or (_first(choice),):
            yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="  ")
        yield ""
        public = [setting for setting in choice.all_settings if setting.public]
        for setting in public:
            yield from _entry(_spelling(setting), setting.meaning, width, indent=2)
        if not public:
            yield "  It has no settings of its own."
        yield ""


def _about_name(catalog: Catalog, name: str, width: int) -> list[str]:
    """About a group, a choice, a section or a setting, by its name alone."""
    if name in catalog.groups:
        return [*_group(catalog.groups[name], width), ""][1:]
    choices = [choice for choice in catalog.choices() if choice.name == name]
    if not choices and (other := serving(name, catalog=catalog)) is not None:
        choices = [other[0]]
    if choices:
        return list(_about(choices, width))
    everything = [
        *((setting, "") for setting in catalog.root),
        *(
            (setting, f" ({choice.group}={choice.name})")
            for choice in catalog.choices()
            if choice.group != "experiment"
            for setting in choice.public_settings
        ),
    ]
    lines = [
        line
        for setting, place in everything
        if setting.key == name or setting.key.startswith(f"{name}.")
        for line in _entry(_spelling(setting), setting.meaning + place, width, indent=2)
    ]
    if not lines:
        words = [word for choice in catalog.choices() for word in served(choice)]
        known = [*catalog.groups, *(setting.key for setting, _ in everything), *words]
        raise UnreadableInputError(
            text=name, allowed="is no group, choice or setting", hint=nearest(name, known)
        )
    return [name, *lines, ""]


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text


def _first(choice: Choice) -> str:
    if choice.fault:
        return f"cannot be read: {choice.fault}"
    return choice.description[0] if choice.description else ""


def _spelling(setting: Setting) -> str:
    return f"{setting.key}={setting.default}"


def _entry(left: str, right: str, width: int, *, indent: int) -> Iterator[str]:
    """One line, or more: `left` and `right` in two columns, `right` wrapped."""
    head = " " * indent + left
    column = LEFT_COLUMN if width >= 2 * LEFT_COLUMN + 10 else indent + 4
    wrapped = textwrap.wrap(right, width - column - 1) or [""]
    if len(head) < column - 1:
        yield (head.ljust(column) + wrapped[0]).rstrip()
        wrapped = wrapped[1:]
    else:
        yield head
    for line in wrapped:
        if line:
            yield " " * column + line
