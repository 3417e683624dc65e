"""A word on a terminal while something goes on that shows nothing of itself."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self


class Waiting:
    """One line that is there while one waits, and gone when the wait is over; only where bars are shown.

    Args:
        kind: of progress: auto, bar, lines or none
    """

    def __init__(self, kind: str) -> None:
        self._wanted = kind in ("auto", "bar") and sys.stdout.isatty()
        self._said = ""

    def say(self, what: str) -> None:
        """Show what is waited for, in place of what was shown."""
        self.clear()
        if self._wanted:
            self._said = f"{what} ..."
            self._write(self._said)

    def clear(self) -> None:
        """Leave the line empty."""
        if self._said:
            self._write("\r" + " " * len(self._said) + "\r")
            self._said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
