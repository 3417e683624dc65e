"""A directory belongs to one process at a time."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradnet_cli.errors import SettingError

FILE_NAME = ".lock"
HELD = (errno.EWOULDBLOCK, errno.EACCES)


@contextmanager
def held(directory: Path, *, setting: str, allowed: str) -> Iterator[None]:
    """Hold a directory, which is made if missing, until the block ends or the process dies.

    Arguments:
        setting, allowed: what is said where another process holds it

    Errors:
        SettingError: another process holds it
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / FILE_NAME).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in HELD:
                raise SettingError(setting=setting, value=directory, allowed=allowed) from None
            # A file system without locks: runs claim their directories by status.json, too.
        yield
