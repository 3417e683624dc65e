"""What can be set: every group, choice and setting, with its meaning, read from the YAML files themselves.

`--help`, the answers to mistyped settings and the conformance tests all use this one reading, so a new YAML
file is documented by existing. Only PyYAML is imported: the help has to be quick.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

PACKAGE_LINE = re.compile(r"#\s*@package\s+(\S+)")
MACHINERY = {
    "requires",
    "settings",
}  # keys of a group for the program, not for people; so are _target_ and the like


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One leaf of a YAML file: name as typed on the command line, default as written, meaning."""

    key: str
    default: str
    meaning: str

    @property
    def public(self) -> bool:
        """Whether people set it (``rows``) and not only the program (``mask._target_``)."""
        last = self.key.rpartition(".")[2]
        return not last.startswith("_") and last not in MACHINERY


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One YAML file of a group.

    `description` is its first comment, one string a line; `inherits` says that it has a defaults list of its
    own, and so is made up of further files.
    """

    group: str
    name: str
    path: Path
    description: tuple[str, ...]
    settings: tuple[Setting, ...]
    inherits: bool = False

    @property
    def public_settings(self) -> tuple[Setting, ...]:
        """The settings that people set."""
        return tuple(setting for setting in self.settings if setting.public)


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

    def choices(self) -> Iterator[Choice]:
        """Every choice of every group."""
        for group in self.groups.values():
            yield from group.choices.values()


def config_directory() -> Path:
    """Where the program's own YAML files are: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "conf"
    return installed if installed.is_dir() else package.parent / "conf"


def read_catalog(directories: Sequence[Path] = ()) -> Catalog:
    """Read the program's groups and those of the user's directories.

    As in Hydra, a user's file does not take the place of one of the program's of the same name.

    Arguments:
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
    return Catalog(root=tuple(_settings(text, package="")), groups=groups)


def read_choice(path: Path) -> Choice:
    """Read one YAML file of a group. A malformed one has no settings: composing it tells what is wrong."""
    text = path.read_text(encoding="utf-8")
    comments = _first_comments(text)
    package = path.parent.name
    if comments and (match := PACKAGE_LINE.fullmatch(comments[0])):
        package = "" if match[1] == "_global_" else match[1]
        comments = comments[1:]
    try:
        settings = tuple(_settings(text, package=package))
    except yaml.YAMLError:
        settings = ()
    description = tuple(line.lstrip("# ").rstrip() for line in comments)
    return Choice(
        group=path.parent.name,
        name=path.stem,
        path=path,
        description=description,
        settings=settings,
        inherits=re.search(r"^defaults:", text, re.MULTILINE) is not None,
    )


def _first_comments(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return lines


def _defaults(text: str) -> Iterator[Group]:
    """The groups of the defaults list, in its order, each with the comment behind it."""
    root = _compose(text)
    lines = text.splitlines()
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "defaults":
            for entry in value.value:
                if isinstance(entry, yaml.MappingNode):
                    ((name, choice),) = entry.value
                    default = None if choice.value in ("null", "") else choice.value
                    yield Group(
                        name=name.value.split()[-1].lstrip("/"),
                        meaning=_comment(lines, choice, column=name.start_mark.column),
                        default=default,
                    )


def _settings(text: str, *, package: str) -> Iterator[Setting]:
    root = _compose(text)
    if isinstance(root, yaml.MappingNode):
        lines = text.splitlines()
        for key, value in root.value:
            if key.value not in ("defaults", "hydra"):
                yield from _leaves(lines, key, value, prefix=f"{package}." if package else "")


def _leaves(lines: list[str], key: yaml.Node, value: yaml.Node, *, prefix: str) -> Iterator[Setting]:
    name = f"{prefix}{key.value}"
    if isinstance(value, yaml.MappingNode) and not value.flow_style:
        for inner_key, inner_value in value.value:
            yield from _leaves(lines, inner_key, inner_value, prefix=f"{name}.")
    else:
        # A missing value ("path:") and a list in block style begin on a later line: the key has the comment.
        empty = isinstance(value, yaml.ScalarNode) and not value.value and value.style in (None, "")
        place = key if empty or value.start_mark.line > key.start_mark.line else value
        default = "null" if empty else _source(lines, value)
        yield Setting(key=name, default=default, meaning=_comment(lines, place, column=key.start_mark.column))


def _source(lines: list[str], node: yaml.Node) -> str:
    start, end = node.start_mark, node.end_mark
    if start.line == end.line:
        return lines[start.line][start.column : end.column].strip()
    middle = lines[start.line + 1 : end.line]
    tail = lines[end.line][: end.column] if end.line < len(lines) else ""
    return " ".join(
        part.strip() for part in [lines[start.line][start.column :], *middle, tail] if part.strip()
    )


def _comment(lines: list[str], node: yaml.Node, *, column: int) -> str:
    """The comment behind a value and those that go on below it, indented deeper than its key."""
    mark = node.end_mark
    if mark.line >= len(lines):
        return ""
    parts = [lines[mark.line][mark.column :].lstrip(" :")]
    for line in lines[mark.line + 1 :]:
        text = line.lstrip()
        if not text.startswith("#") or len(line) - len(text) <= column:
            break
        parts.append(text)
    return " ".join(_words(parts))


def _words(comments: Iterable[str]) -> Iterator[str]:
    for comment in comments:
        if comment.startswith("#"):
            yield comment.lstrip("# ").rstrip()


def _compose(text: str) -> yaml.Node | None:
    loader = getattr(
        yaml, "CSafeLoader", yaml.SafeLoader
    )  # the C loader is ten times faster where it was built
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return node
