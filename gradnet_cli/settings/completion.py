"""What the Tab key offers: groups, choices, settings, the values that they allow, directories and flags.

Made of the same YAML comments as the help, without composing anything: it has to answer at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gradnet_cli.settings.catalog import Catalog
from gradnet_cli.settings.commented import Setting
from gradnet_cli.settings.overrides import SHORT_FOR

VERBS = ("resume", "rerun", "summarize")  # each takes a directory
OF_HYDRA = ("hydra.run.dir", "hydra.sweep.dir", "hydra.sweep.subdir")
FLAGS = (
    *("-m", "--multirun", "--cfg", "--resolve", "--config-dir", "--help", "--hydra-help", "--info"),
    *("--shell-completion", "--version"),
)
BEHIND_FLAGS = {"--cfg": ("job", "hydra", "all"), "-c": ("job", "hydra", "all")}
DIRECTORY_FLAGS = ("--config-dir", "-cd")
ASIDE = re.compile(r"\([^()]*\)")
LIST = re.compile(r"(?:^|, )((?:\w[\w.-]*, )*\w[\w.-]*) or (\w[\w.-]*)$")
NULL = re.compile(r"\bor null$")


def candidates(line: str, catalog: Catalog) -> list[str]:
    """What may stand in place of the last word of a command line, the program's name first."""
    words = line.split()[1:]
    word = "" if not words or line[-1:].isspace() else words.pop()
    before = words[-1] if words else ""
    if before in BEHIND_FLAGS:
        offered: Iterable[str] = BEHIND_FLAGS[before]
    elif before in DIRECTORY_FLAGS:
        offered = _paths(word, directories=True)
    elif word.startswith("-"):
        offered = FLAGS
    elif "=" in word:
        offered = _behind(word, words, catalog)
    else:
        settings = (setting.key for setting in _settings(words, catalog))
        offered = [f"{name}=" for name in (*catalog.groups, *settings, *VERBS, *OF_HYDRA)]
    return sorted({text for text in offered if text.startswith(word)})


def allowed_values(setting: Setting) -> list[str]:
    """The words that a setting allows, as its comment lists them: ``cpu, gpu or auto``, ``true or false``."""
    found: list[str] = []
    for part in re.split(r"[;:] ?", ASIDE.sub("", setting.meaning)):
        text = re.sub(r" (?=,|$)", "", " ".join(part.split()))
        if NULL.search(text):
            found.append("null")
            text = NULL.sub("", text).rstrip(", ")
        if match := LIST.search(text):
            found += [*match[1].split(", "), match[2]]
    return list(dict.fromkeys(value for value in found if not re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)))


def _behind(word: str, words: Sequence[str], catalog: Catalog) -> Iterator[str]:
    """Values behind `name=`; of several with commas between them, the last."""
    name, _, value = word.partition("=")
    if name in VERBS or name in OF_HYDRA:
        yield from (f"{name}={path}" for path in _paths(value, directories=True))
        return
    if value.startswith((".", "/", "~")):
        yield from (f"{name}={path}" for path in _paths(value, directories=False))
        return
    earlier, comma, _ = value.rpartition(",")
    beginning = f"{name}={earlier}{comma}"
    if name in catalog.groups:
        yield from (f"{beginning}{choice}" for choice in catalog.groups[name].choices)
        return
    for setting in _settings(words, catalog):
        if setting.key == SHORT_FOR.get(name, name):
            values = allowed_values(setting)
            default = [] if setting.default == "null" or " " in setting.default else [setting.default]
            yield from (f"{beginning}{each}" for each in [*values, *default])


def _settings(words: Sequence[str], catalog: Catalog) -> Iterator[Setting]:
    """The settings of every run, and those of the choices that are named, or else of the default ones."""
    named = dict(word.split("=", 1) for word in words if "=" in word)
    yield from catalog.root
    for group in catalog.groups.values():
        for name in named.get(group.name, group.default or "").split(","):
            choice = group.choices.get(name)
            if choice is not None and group.name != "experiment":
                yield from (setting for setting in choice.all_settings if setting.public)


def _paths(beginning: str, *, directories: bool) -> Iterator[str]:
    """Paths that begin like this; directories end with a stroke."""
    folder, stroke, name = beginning.rpartition("/")
    place = Path(folder + stroke).expanduser() if folder or stroke else Path()
    try:
        found = sorted(place.iterdir())
    except OSError:
        return
    for path in found:
        if path.name.startswith(name) and (name or not path.name.startswith(".")):
            if path.is_dir():
                yield f"{folder}{stroke}{path.name}/"
            elif not directories:
                yield f"{folder}{stroke}{path.name}"
