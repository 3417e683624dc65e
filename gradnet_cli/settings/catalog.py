"""What can be set: every group, choice and setting, with its meaning, read from the YAML files themselves.

`--help`, the answers to mistyped settings and the conformance tests all use this one reading, so a new YAML
file is documented by existing. Only PyYAML is imported: the help has to be quick.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import yaml

from gradnet_cli.settings.commented import (
    Setting,
    comment,
    compose,
    first_comments,
    settings,
    yaml_parts,
    yaml_text,
)

PACKAGE_LINE = re.compile(r"#\s*@package\s+(\S+)")
_PAIR = r"[\w]+=[\w]+"  # of a group and a choice


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One YAML file of a group.

    Attributes:
        description: its first comment, one string a line
        settings: those that stand in it
        parts: files of the same group that its defaults list takes in, each with the package that it goes to
        inherited: the settings of these files, under the names that they have here
        is_open: whether its defaults list takes in files that this reading does not follow
        fault: why the file cannot be used, with the line; empty if it can
    """

    group: str
    name: str
    path: Path
    description: tuple[str, ...]
    settings: tuple[Setting, ...]
    parts: tuple[tuple[str, str], ...] = ()
    inherited: tuple[Setting, ...] = ()
    is_open: bool = False
    fault: str = ""

    @property
    def suited(self) -> dict[str, str]:
        """The choices that go with it where none are made, ``Suits mask=complete``, by group."""
        found = re.search(rf"\bSuits ({_PAIR}(?: and {_PAIR})*)", " ".join(self.description))
        pairs = found[1].split(" and ") if found else []
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def public_settings(self) -> tuple[Setting, ...]:
        """The settings that stand in it and that people set."""
        return tuple(setting for setting in self.settings if setting.public)

    @property
    def all_settings(self) -> tuple[Setting, ...]:
        """Its settings and the inherited ones, the program's own included."""
        return self.settings + self.inherited


@dataclass(kw_only=True)
class Group:
    """A directory of choices, such as mask/."""

    name: str
    meaning: str = ""
    default: str | None = None
    choices: dict[str, Choice] = field(default_factory=dict)


@dataclass(kw_only=True)
class Catalog:
    """Everything that the command line takes."""

    root: tuple[Setting, ...]
    groups: dict[str, Group]

    def choice(self, group: str, name: str) -> Choice | None:
        """The choice of this name, or None where there is none."""
        return self.groups[group].choices.get(name) if group in self.groups else None

    def selects(self, key: str) -> bool:
        """Whether an override of this name selects a choice of a group."""
        return key in self.groups or "/" in key

    def choices(self) -> Iterator[Choice]:
        """Every choice of every group."""
        for group in self.groups.values():
            yield from group.choices.values()


def config_directory() -> Path:
    """Where the program's own YAML files are: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parent / "conf"


def read_catalog(directories: Sequence[Path] = ()) -> Catalog:
    """Read the program's groups and those of the user's directories.

    As in Hydra, a user's file does not take the place of one of the program's of the same name.

    Args:
        directories: what `--config-dir` names; one that does not exist is passed over
    """
    text = (config_directory() / "config.yaml").read_text(encoding="utf-8")
    groups = {group.name: group for group in _defaults(text)}
    for place in [*reversed(directories), config_directory()]:
        for path in sorted(place.glob("*/*.yaml")):
            name = path.parent.name
            if name != "hydra":
                choice = read_choice(path)
                groups.setdefault(name, Group(name=name)).choices[choice.name] = choice
    for group in groups.values():
        group.choices = {name: _with_inherited(choice, group) for name, choice in group.choices.items()}
    return Catalog(root=tuple(settings(text, package="")), groups=groups)


def read_choice(path: Path) -> Choice:
    """Read one YAML file of a group. One that cannot be read has no settings, and says what is wrong."""
    try:
        state = path.stat()
    except OSError:
        return _read_choice(path)
    return _choice_of(path, (state.st_mtime_ns, state.st_size, state.st_ino))


@lru_cache(maxsize=1000)
def _choice_of(path: Path, _state: tuple[int, ...]) -> Choice:
    """Read once, and again when the file was changed: a process may ask for many runs."""
    return _read_choice(path)


def _read_choice(path: Path) -> Choice:
    text, fault = yaml_text(path)
    if fault:
        return Choice(
            group=path.parent.name, name=path.stem, path=path, description=(), settings=(), fault=fault
        )
    comments = first_comments(text)
    package = path.parent.name
    if comments and (match := PACKAGE_LINE.fullmatch(comments[0])):
        package = "" if match[1] == "_global_" else match[1]
        comments = comments[1:]
    parts, is_open = yaml_parts(text)
    description = tuple(line.lstrip("# ").rstrip() for line in comments)
    return Choice(
        group=path.parent.name,
        name=path.stem,
        path=path,
        description=description,
        settings=tuple(settings(text, package=package)),
        parts=parts,
        is_open=is_open,
    )


def _with_inherited(choice: Choice, group: Group) -> Choice:
    inherited = []
    for name, package in choice.parts:
        part = group.choices.get(name)
        if part is None:
            return replace(choice, is_open=True)
        own = f"{part.group}."
        for setting in part.settings:
            # Without a package it goes where it would go anyway, otherwise below the group.
            place = f"{own}{package}.{setting.key.removeprefix(own)}" if package else setting.key
            inherited.append(replace(setting, key=place))
    stands = {setting.key: setting for setting in choice.settings}
    meanings = {setting.key: setting.meaning for setting in inherited}
    return replace(
        choice,
        settings=tuple(
            replace(setting, meaning=setting.meaning or meanings.get(key, ""))
            for key, setting in stands.items()
        ),
        inherited=tuple(setting for setting in inherited if setting.key not in stands),
    )


def _defaults(text: str) -> Iterator[Group]:
    """The groups of the defaults list, in its order, each with the comment behind it."""
    root = compose(text)
    lines = text.splitlines()
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "defaults":
            for entry in value.value:
                if isinstance(entry, yaml.MappingNode):
                    ((name, choice),) = entry.value
                    default = None if choice.value in ("null", "") else choice.value
                    yield Group(
                        name=name.value.split()[-1].lstrip("/"),
                        meaning=comment(lines, choice, column=name.start_mark.column),
                        default=default,
                    )
