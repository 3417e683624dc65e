"""A directory belongs to one process at a time."""

from __future__ import annotations

import errno
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gradnet_cli.errors import SettingError

FILE_NAME = ".lock"
WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


@contextmanager
def held(directory: Path, *, setting: str, allowed: str) -> Iterator[None]:
    """Hold a directory, which is made if missing, until the block ends or the process dies.

    Args:
        setting, allowed: what is said where another process holds it

    Raises:
        SettingError: another process holds it
        OSError: the disk cannot be written
    """
    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / FILE_NAME)
    try:
        with warnings.catch_warnings(
            action="ignore", category=UserWarning
        ):  # it has another way without flock
            lock.acquire(blocking=False)
    except Timeout:
        raise SettingError(setting=setting, value=directory, allowed=allowed) from None
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
        # A file system without locks: runs claim their directories by status.json, too.
    try:
        yield
    finally:
        lock.release()
