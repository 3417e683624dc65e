"""What the XML formats have in common: expat, with line numbers, and nothing that could blow up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from xml.parsers import expat

from gradnet_cli.errors import InputFileError
from gradnet_cli.problem.files.source import Source

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class XmlReader(ABC):
    """Collects what expat reports.

    Any declaration of an entity is refused: it can blow a small file up to any size.
    """

    root: str
    name: str

    def __init__(self, source: Source) -> None:
        self.source = source
        source.heeded.add("encoding")
        self.open: list[str] = []
        self.parser = expat.ParserCreate(source.encoding)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.characters
        self.parser.EntityDeclHandler = self._entity

    @property
    def line(self) -> int:
        """The line that is being read."""
        return self.parser.CurrentLineNumber

    def error(self, allowed: str, line: int | None = None) -> InputFileError:
        """Make the error that names a line, the one that is being read if no other."""
        return self.source.error(allowed, line=self.line if line is None else line)

    def parse(self) -> None:
        """Read the whole file.

        Raises:
            InputFileError: it is no XML, or not the XML it should be
        """
        try:
            self.parser.Parse(self.source.data(), True)
        except expat.ExpatError as error:
            why = f"is not well-formed XML: {expat.ErrorString(error.code)}"
            raise self.error(why, error.lineno) from error
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise self.error(f"cannot be read as text: {error}") from error

    @abstractmethod
    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an opening tag; ``open`` ends with it."""

    @abstractmethod
    def end(self, tag: str) -> None:
        """Take a closing tag; ``open`` ends with its parent."""

    @abstractmethod
    def characters(self, text: str) -> None:
        """Take text between tags."""

    def required(self, attributes: dict[str, str], name: str, tag: str) -> str:
        """An attribute that a tag must have."""
        if name not in attributes:
            raise self.error(f"<{tag}> has no {name}")
        return attributes[name]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if not self.open and tag != self.root:
            raise self.error(f"is not {self.name}: it begins with <{tag}>")
        self.open.append(tag)
        self.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self.end(self.open.pop())

    def _entity(self, name: str, *_: object) -> None:
        raise self.error(f"declares the entity {name}, and files with entities are not read")
