"""A file and what was told about it: bytes, text, and complaints that name its lines."""

from __future__ import annotations

import codecs
import gzip
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gradnet_cli.errors import InputFileError, SettingError

UNPACKED_LIMIT = 4 * 2**30  # bytes that a compressed file may unpack to
HARMLESS_SIZE = 2**26  # bytes, up to which it does not matter
UNPACKED_RATIO = 100  # of what it unpacks to and its own size; edges compress ten times or so
BLOCK = 1 << 20
GZIP = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Source:
    """A file to read, with what the settings say about it.

    Attributes:
        setting, path: the setting that names the file, and the file
        encoding: of its text, or None: UTF-8, or what a byte-order mark says
        header: whether the first line names columns, or None where the file decides
        directed: whether edges are directed, or None where the file decides
        notes: what the reading had to decide, to be told
        heeded: the settings that it made use of
    """

    setting: str
    path: Path
    encoding: str | None = None
    header: bool | None = None
    directed: bool | None = None
    notes: list[str] = field(default_factory=list)
    heeded: set[str] = field(default_factory=set)

    def error(self, allowed: str, *, line: int | None = None) -> InputFileError:
        """Make the error that names the file, the line where there is one, and how the file was read."""
        said = "; ".join([allowed, *self.notes])
        return InputFileError(setting=self.setting, path=self.path, allowed=said, line=line)

    def note(self, text: str) -> None:
        """Keep what is to be told, once."""
        if text not in self.notes:
            self.notes.append(text)

    def note_idle(self) -> None:
        """Note the settings that were told and made no difference to a file of this kind."""
        for name, told in (("header", self.header), ("encoding", self.encoding)):
            if told is not None and name not in self.heeded:
                self.note(f"{name} has no effect on a file of this format")

    @cached_property
    def ending(self) -> str:
        """The ending of the name in small letters, ``.csv`` of ``net.csv.gz`` too."""
        suffixes = [suffix.lower() for suffix in self.path.suffixes]
        if suffixes and suffixes[-1] == ".gz":
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    def data(self) -> bytes:
        """All bytes, unpacked where the file is gzipped, whatever its name."""
        with self.path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
        return self._unpacked() if packed else self.path.read_bytes()

    @cached_property
    def text(self) -> str:
        """The text, with a line feed at the end of each line.

        Raises:
            InputFileError: bytes that are no text of this encoding, or a null byte
        """
        data = self.data()
        self.heeded.add("encoding")
        encoding = self.encoding
        if encoding is None:
            encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
            if encoding != "utf-8":
                self.note(f"read as {encoding.upper()}, as its byte-order mark says")
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            advice = "" if self.encoding else " (say encoding=latin-1 if it is Latin-1)"
            raise self.error(
                f"must be {encoding.upper()} text: byte {error.start} is not{advice}", line=line
            ) from error
        except UnicodeError as error:
            raise self.error(f"must be {encoding.upper()} text: {error}") from error
        text = text.removeprefix("\ufeff")
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            advice = "" if self.encoding else " (encoding=utf-16 if it is UTF-16)"
            raise self.error(f"must be text, and holds a null byte{advice}", line=line)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def begins(self) -> str:
        """The first few thousand letters, for a look at what it may be."""
        with self.path.open("rb") as file:
            head = file.read(4096)
        if head.startswith(GZIP):
            try:
                with gzip.open(self.path) as file:
                    head = file.read(4096)
            except (OSError, EOFError, zlib.error):
                return ""
        return (
            head.decode("latin-1").replace("\0", "").removeprefix("ÿþ").removeprefix("þÿ").removeprefix("ï»¿")
        )

    def _unpacked(self) -> bytes:
        limit = unpacked_limit(self.path.stat().st_size)
        parts, size = [], 0
        try:
            with gzip.open(self.path) as file:
                while block := file.read(BLOCK):
                    size += len(block)
                    if size > limit:
                        raise self.error(f"would unpack to more than {limit / 2**30:.3g} GiB")
                    parts.append(block)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise self.error("is not a whole gzip file") from error
        if not size:
            raise self.error("the file is empty")
        return b"".join(parts)


def unpacked_limit(packed: int) -> int:
    """The bytes that a compressed file of so many bytes may unpack to."""
    return min(UNPACKED_LIMIT, max(HARMLESS_SIZE, UNPACKED_RATIO * packed))


def check_encoding(value: object) -> str | None:
    """Return the encoding that is told, None for ``auto``.

    Raises:
        SettingError: there is no such encoding of text
    """
    if value == "auto":
        return None
    allowed = "must be auto or the name of a text encoding, like utf-8, utf-16 or latin-1"
    try:
        if not isinstance(value, str) or not codecs.lookup(value)._is_text_encoding:
            raise SettingError(setting="encoding", value=value, allowed=allowed)
    except (LookupError, ValueError) as error:
        raise SettingError(setting="encoding", value=value, allowed=allowed) from error
    return value
