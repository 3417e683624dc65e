"""Readers of networks from files: one file a format, all giving an EdgeTable."""

from __future__ import annotations

from pathlib import Path

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.problem.files.formats import FORMATS, read_source
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable

__all__ = ["FORMATS", "EdgeTable", "Source", "existing_file", "read_edge_file"]


def read_edge_file(
    *,
    setting: str,
    path: object,
    format: str = "auto",
    encoding: str | None = None,
    header: bool | None = None,
    directed: bool | None = None,
) -> EdgeTable:
    """Read a network by the reader that is told, that its ending names, or that its content asks for.

    Args:
        setting: the setting that names the file, for messages
        path: relative to the current directory
        format: one of FORMATS, or ``auto``
        encoding: of text; None: UTF-8, or what a byte-order mark says
        header: whether the first line of delimited text names columns; None: as it looks
        directed: whether edges are directed, where rows do not say; None: as the file says

    Raises:
        InputFileError: a file that cannot be read, with its line where there is one
    """
    file = existing_file(setting=setting, path=path)
    source = Source(setting=setting, path=file, encoding=encoding, header=header, directed=directed)
    try:
        return read_source(source, told=format)
    except (OSError, MemoryError) as error:
        why = f"cannot be read: {getattr(error, 'strerror', None) or error or 'not enough memory'}"
        raise InputFileError(setting=setting, path=file, allowed=why) from error


def existing_file(*, setting: str, path: object) -> Path:
    """Return the path of a file that is there and not empty.

    Args:
        setting: the setting that names the file, for messages
        path: relative to the current directory

    Raises:
        SettingError: no path at all
        InputFileError: there is no such file, or none that can be read
    """
    if not isinstance(path, str | Path) or not str(path):
        raise SettingError(setting=setting, value=path, allowed="must be the path of a file")
    file = Path(path).expanduser()
    try:
        if not file.exists():
            raise InputFileError(setting=setting, path=file, allowed="there is no such file")
        if not file.is_file():
            raise InputFileError(
                setting=setting, path=file, allowed="must be a file, and is a folder or device"
            )
        if file.stat().st_size == 0:
            raise InputFileError(setting=setting, path=file, allowed="the file is empty")
    except (OSError, ValueError) as error:  # a name too long, a null byte, a folder that may not be entered
        raise InputFileError(setting=setting, path=file, allowed=f"cannot be read: {error}") from error
    return file
