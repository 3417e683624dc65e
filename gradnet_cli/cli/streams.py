"""Output that nobody reads any more: printing stops, and the work goes on."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO, Any


class Forgiving:
    """A text stream that falls silent when its reader has gone, its disk is full, or it was closed.

    Args:
        stream: what is written to until then
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as long as there is somebody to read."""
        with self._silenced():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush as long as there is somebody to read."""
        with self._silenced():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _silenced(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            _to_nowhere(self._stream.fileno())  # what is in the buffer goes there, too
        except ValueError:  # it was closed, or has no such letters
            pass


@contextlib.contextmanager
def forgiving_streams() -> Iterator[None]:
    """Within it, output that fails does not fail the program; streams that were closed lead nowhere."""
    before = sys.stdout, sys.stderr
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        # A closed descriptor would be that of the next file that is opened.
        setattr(sys, name, Forgiving(_opened_nowhere() if stream is None else stream))
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if before[0] is not None:
            sys.stdout = before[0]
        if before[1] is not None:
            sys.stderr = before[1]


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _opened_nowhere() -> IO[str]:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 (open to the end)
