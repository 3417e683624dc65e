"""Files of data sets: their bytes, sizes and checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradnet_cli.errors import InputFileError, SettingError

PATH = "data.path"


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file that was read.

    Attributes:
        path: absolute
        size: in bytes
        sha256: in hexadecimal digits
    """

    path: str
    size: int
    sha256: str


class Reader:
    """Reads files whole, and remembers what it has read."""

    def __init__(self) -> None:
        self.files: list[DataFile] = []

    def read(self, path: Path) -> bytes:
        """The bytes of a file.

        Raises:
            InputFileError: it is missing, empty or cannot be read
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise refused(path, "is not there") from error
        except OSError as error:
            raise refused(path, f"cannot be read: {error.strerror}") from error
        if not content:
            raise refused(path, "is empty")
        digest = hashlib.sha256(content).hexdigest()
        self.files.append(DataFile(path=str(path.absolute()), size=len(content), sha256=digest))
        return content

    def lines(self, path: Path) -> Iterator[tuple[int, str]]:
        """The lines of a text file that hold something, with their numbers, counted from 1."""
        try:
            text = self.read(path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise refused(path, "is no text") from error
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, line.strip()

    def table(self, path: Path, *, kind: type[np.generic], columns: int | None = None) -> np.ndarray:
        """Rows (M, k) of numbers that are separated by commas or blanks.

        Raises:
            InputFileError: a line that is not of so many numbers, named
        """
        rows: list[list[float]] = []
        for number, line in self.lines(path):
            cells = line.replace(",", " ").split()
            try:
                row = [float(cell) for cell in cells]
            except ValueError as error:
                raise refused(path, f"{line[:40]!r} is no row of numbers", line=number) from error
            columns = len(row) if columns is None else columns
            if len(row) != columns:
                allowed = f"has {len(row)} numbers, and must have {columns}: is the file cut short?"
                raise refused(path, allowed, line=number)
            rows.append(row)
        values = np.array(rows, dtype=np.float64).reshape(len(rows), columns or 0)
        whole = np.issubdtype(kind, np.integer)
        if not np.isfinite(values).all() or (whole and (values != np.round(values)).any()):
            raise refused(path, f"must hold {'whole' if whole else 'finite'} numbers only")
        return values.astype(kind)


def refused(path: Path, allowed: str, *, line: int | None = None) -> InputFileError:
    """The error for a file of a data set."""
    return InputFileError(setting=PATH, path=path, allowed=allowed, line=line)


def check_sum(asked: object, *, checksum: str, files: list[DataFile], name: str) -> None:
    """Compare with the checksum that is asked for: of the content, or of the one file.

    Raises:
        SettingError: it is no checksum, or another one
    """
    if asked is None:
        return
    wanted = str(asked).lower()
    if len(wanted) != 64 or set(wanted) - set("0123456789abcdef"):
        allowed = "must be a SHA-256 of 64 hexadecimal digits, or null"
        raise SettingError(setting="data.sha256", value=asked, allowed=allowed)
    known = {checksum} | ({files[0].sha256} if len(files) == 1 else set())
    if wanted not in known:
        allowed = (
            f"is not the checksum of the {name} that was read, {checksum}: the data differ, or are damaged; "
            "data.sha256=null takes them as they are"
        )
        raise SettingError(setting="data.sha256", value=asked, allowed=allowed)
