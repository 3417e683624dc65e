"""The blocks of code in a page, and what is to be done with each.

The word behind the three backticks is the language, as everywhere. The words behind it are for the site:

    bash            commands, run one after another
    bash compose    commands that are too long to run: their settings are composed and checked
    bash shell      commands of other programs (make, pip): only shown
    python          run, in one namespace a page
    python library  for the GradNet library, which is not installed here: only compiled
    python cell     of a notebook, which is run by its test, and bash cell: only shown
    console         `$ command` and, below it, exactly what it answers
    text            only shown
    text output     what the block above has printed

`show` puts what a block prints below it. `file=NAME` writes the block into a file instead of running it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

BEGIN = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)")
MARKS = {"cell", "compose", "library", "output", "shell", "show"}
OUTPUT = "{ .text .output }"
"""As Markdown is told that a block is output."""


@dataclass(frozen=True, kw_only=True)
class Fence:
    """A block of code.

    Attributes:
        text: the code, without the indentation of the block
        marks: the words of the site
        file: the file that the block is, or an empty string
    """

    language: str
    text: str
    indent: str = ""
    marks: frozenset[str] = frozenset()
    file: str = ""

    @property
    def commands(self) -> list[str]:
        """The lines that call gradnet-run, in one piece where a backslash goes on in the next line."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in lines if line.startswith("gradnet-run")]

    def plain(self) -> str:
        """The block as Markdown, without the words of the site."""
        title = f' title="{self.file}"' if self.file else ""
        info = OUTPUT if "output" in self.marks else self.language + title
        return fenced(info, self.text, indent=self.indent)


def fenced(info: str, text: str, *, indent: str = "") -> str:
    """A block of code as Markdown."""
    ticks = "````" if "```" in text else "```"
    return textwrap.indent(f"{ticks}{info}\n{text.rstrip()}\n{ticks}\n", indent)


def split(markdown: str) -> Iterator[str | Fence]:
    """The text and the blocks of a page, in their order.

    Raises:
        ValueError: a word behind a language that is none of the site's, or a block that does not end
    """
    text: list[str] = []
    lines = iter(markdown.splitlines(keepends=True))
    for line in lines:
        begin = BEGIN.fullmatch(line.rstrip("\n"))
        if begin is None:
            text.append(line)
            continue
        yield "".join(text)
        text = []
        yield _fence(begin, list(_until(begin["ticks"], lines)))
    yield "".join(text)


def fences(markdown: str) -> list[Fence]:
    """The blocks of a page."""
    return [part for part in split(markdown) if isinstance(part, Fence)]


def _until(ticks: str, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.strip() == ticks:
            return
        yield line
    raise ValueError("a block of code does not end")


def _fence(begin: re.Match[str], lines: list[str]) -> Fence:
    language, *words = begin["info"].split() or [""]
    named = dict(word.split("=", 1) for word in words if "=" in word)
    marks = frozenset(word for word in words if "=" not in word)
    if unknown := (marks - MARKS) | (named.keys() - {"file"}):
        raise ValueError(f"a block of {language} is marked {', '.join(sorted(unknown))}")
    return Fence(
        language=language,
        text=textwrap.dedent("".join(lines)),
        indent=begin["indent"],
        marks=marks,
        file=named.get("file", ""),
    )
