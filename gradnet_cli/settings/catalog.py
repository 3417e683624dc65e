"""What can be set: every group, choice and setting, with its meaning, read from the YAML files themselves.

`--help`, the answers to mistyped settings and the conformance tests all use this one reading, so a new YAML
file is documented by existing. Only PyYAML is imported: the help has to be quick.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

PACKAGE_LINE = re.compile(r"#\s*@package\s+(\S+)")
_PAIR = r"[\w]+=[\w]+"  # of a group and a choice
ALSO = "Also: "
MACHINERY = {"settings"}  # keys of a group for the program, not for people; so are _target_ and the like


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
    def served(self) -> dict[str, str]:
        """Other words for what it does, each with what is said of it: ``kirchhoff_index = score``.

        They stand in lines of its comment, ``Also: kirchhoff_index = score; commute_time``.
        """
        lines = [line.removeprefix(ALSO) for line in self.description if line.startswith(ALSO)]
        entries = [entry.strip() for line in lines for entry in line.split(";")]
        return {entry.split()[0]: entry for entry in entries if entry}

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

    def serving(self, word: object, *, group: str | None = None) -> tuple[Choice, str] | None:
        """The choice that another word stands for, of one group or of any, and what is said of the two.

        Hyphens are as good as underscores.
        """
        plain = str(word).strip().lower().replace("-", "_")
        for choice in self.choices():
            if group in (None, choice.group) and plain in choice.served:
                return choice, choice.served[plain]
        return None

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
    return Catalog(root=tuple(_settings(text, package="")), groups=groups)


def read_choice(path: Path) -> Choice:
    """Read one YAML file of a group. One that cannot be read has no settings, and says what is wrong."""
    text, fault = _text(path)
    if fault:
        return Choice(
            group=path.parent.name, name=path.stem, path=path, description=(), settings=(), fault=fault
        )
    comments = _first_comments(text)
    package = path.parent.name
    if comments and (match := PACKAGE_LINE.fullmatch(comments[0])):
        package = "" if match[1] == "_global_" else match[1]
        comments = comments[1:]
    parts, is_open = _parts(text)
    description = tuple(line.lstrip("# ").rstrip() for line in comments)
    return Choice(
        group=path.parent.name,
        name=path.stem,
        path=path,
        description=description,
        settings=tuple(_settings(text, package=package)),
        parts=parts,
        is_open=is_open,
    )


def _text(path: Path) -> tuple[str, str]:
    """The text of a YAML file, and why it cannot be used, or an empty string."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        _compose(text)
    except OSError as error:
        return "", str(error.strerror)
    except UnicodeDecodeError as error:
        line = 1 + error.object.count(b"\n", 0, error.start)
        return "", f"line {line} is not UTF-8 text; save the file as UTF-8"
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f"line {mark.line + 1}: "
        return "", place + (getattr(error, "problem", None) or str(error))
    if content.startswith(codecs.BOM_UTF8):  # Hydra would not see the line # @package behind it
        return "", "it begins with a byte-order mark; save the file as UTF-8 without one"
    return text, ""


def _parts(text: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The entries `name` and `name@package` of a defaults list, and whether there are others."""
    root = _compose(text)
    entries = [
        entry
        for key, value in (root.value if isinstance(root, yaml.MappingNode) else ())
        if key.value == "defaults"
        for entry in value.value
        if entry.value != "_self_"
    ]
    plain = [
        entry.value for entry in entries if isinstance(entry, yaml.ScalarNode) and "/" not in entry.value
    ]
    parts = tuple((name, package) for name, _, package in (entry.partition("@") for entry in plain))
    return parts, len(parts) < len(entries)


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
        return str(lines[start.line][start.column : end.column]).strip()
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
