"""One YAML file with comments: its settings, each with the comment behind it, and what it takes in."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

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


def yaml_text(path: Path) -> tuple[str, str]:
    """The text of a YAML file, and why it cannot be used, or an empty string."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        compose(text)
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


def yaml_parts(text: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The entries `name` and `name@package` of a defaults list, and whether there are others."""
    root = compose(text)
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


def first_comments(text: str) -> list[str]:
    """The lines of comment that it begins with."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return lines


def settings(text: str, *, package: str) -> Iterator[Setting]:
    """Its settings, under the names that they have in a package."""
    root = compose(text)
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
        yield Setting(key=name, default=default, meaning=comment(lines, place, column=key.start_mark.column))


def _source(lines: list[str], node: yaml.Node) -> str:
    start, end = node.start_mark, node.end_mark
    if start.line == end.line:
        return str(lines[start.line][start.column : end.column]).strip()
    middle = lines[start.line + 1 : end.line]
    tail = lines[end.line][: end.column] if end.line < len(lines) else ""
    return " ".join(
        part.strip() for part in [lines[start.line][start.column :], *middle, tail] if part.strip()
    )


def comment(lines: list[str], node: yaml.Node, *, column: int) -> str:
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


def compose(text: str) -> yaml.Node | None:
    """Its root, with the places of everything in it."""
    loader = getattr(
        yaml, "CSafeLoader", yaml.SafeLoader
    )  # the C loader is ten times faster where it was built
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return node
