"""A sweep's directory belongs to one sweep at a time."""

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
def only_sweep(directory: Path) -> Iterator[None]:
    """Hold a sweep's directory, which is made if missing, until the block ends or the process dies.

    Errors:
        SettingError: another sweep holds it
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / FILE_NAME).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in HELD:
                raise SettingError(
                    setting="hydra.sweep.dir",
                    value=directory,
                    allowed="is in use by another sweep; choose another directory, or wait",
                ) from None
            # A file system without locks: each job still claims its own directory.
        yield
