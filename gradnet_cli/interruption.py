"""Signals that ask a run to stop, turned into one exception."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """The run was asked to stop by Ctrl-C or by SIGTERM.

    Not a KeyboardInterrupt, which Lightning turns into exit status 1; nor an Exception, which Hydra
    keeps to itself.
    """


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted on the first signal; a second one ends the process as if nobody were listening."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen
        return
    before = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    raise Interrupted(signal.Signals(number).name)
