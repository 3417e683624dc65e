"""Readers of networks from files: one file a format, all giving an EdgeTable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.problem.files.delimited import read_edges
from gradnet_cli.problem.files.graphml import read_graphml
from gradnet_cli.problem.files.matrices import read_matrix_market, read_npz
from gradnet_cli.problem.files.table import EdgeTable

__all__ = ["READERS", "EdgeTable", "existing_file", "read_edge_file"]

READERS: Mapping[str, Callable[..., EdgeTable]] = {
    ".csv": read_edges,
    ".tsv": read_edges,
    ".txt": read_edges,
    ".graphml": read_graphml,
    ".npz": read_npz,
    ".mtx": read_matrix_market,
}


def read_edge_file(*, setting: str, path: object) -> EdgeTable:
    """Read a network by the reader that its suffix names.

    Args:
        setting: the setting that names the file, for messages
        path: relative to the current directory

    Raises:
        InputFileError: a file that cannot be read, with its line where there is one
    """
    file = existing_file(setting=setting, path=path)
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputFileError(setting=setting, path=file, allowed=f"must end in one of {known}")
    try:
        return reader(setting=setting, path=file)
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
