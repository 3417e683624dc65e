"""Signals that ask a run to stop, turned into one exception."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

HANGUP = getattr(signal, "SIGHUP", None)  # the terminal has gone; Windows has none
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([] if HANGUP is None else [HANGUP]))


class Interrupted(BaseException):
    """The run was asked to stop by Ctrl-C, by SIGTERM, or by SIGHUP, which a terminal sends when it goes.

    Not a KeyboardInterrupt, which Lightning turns into exit status 1; nor an Exception, which Hydra
    keeps to itself.
    """


class _Waiting:
    """Whether signals are listened to, whether one waits for an update to end, and which one does."""

    listening = False
    signals: tuple[signal.Signals, ...] = SIGNALS
    allowed = False
    waiting: str | None = None


@contextmanager
def interruptible(signals: Sequence[signal.Signals] = SIGNALS) -> Iterator[None]:
    """Raise Interrupted on the first signal; a second one ends the process as if nobody were listening.

    SIGHUP stays ignored where it is: nohup asks for that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen
        return
    heard = [each for each in signals if each != HANGUP or signal.getsignal(each) != signal.SIG_IGN]
    before = {number: signal.signal(number, _interrupt) for number in heard}
    _Waiting.listening, _Waiting.signals = True, tuple(heard)
    try:
        yield
    finally:
        _Waiting.listening = _Waiting.allowed = False
        _Waiting.waiting = None
        for number, handler in before.items():
            signal.signal(number, handler)


def listen_alone() -> None:
    """Take signals back from a library that has put a handler of its own before interruptible()'s."""
    if _Waiting.listening:
        for number in _Waiting.signals:
            signal.signal(number, _interrupt)


def wait_for_updates() -> None:
    """From now on the first signal waits until raise_pending() is called; the second raises Interrupted."""
    _Waiting.allowed = True


def wait_no_more() -> None:
    """From now on a signal raises Interrupted at once."""
    _Waiting.allowed = False


def pending_signal() -> str | None:
    """The name of the signal that waits."""
    return _Waiting.waiting


def take_pending() -> str | None:
    """The name of the signal that waits, which is answered by that."""
    name, _Waiting.waiting = _Waiting.waiting, None
    return name


def raise_pending() -> None:
    """Raise Interrupted if a signal waits."""
    name, _Waiting.waiting = _Waiting.waiting, None
    if name is not None:
        _Waiting.allowed = False
        _listen_no_more()
        raise Interrupted(name)


def _interrupt(number: int, _: FrameType | None) -> None:
    name = signal.Signals(number).name
    if _Waiting.allowed and _Waiting.waiting is None:
        _Waiting.waiting = name
        if sys.stderr.isatty():
            print("\ngradnet-run: stopping after this update; once more stops at once", file=sys.stderr)
        return
    _Waiting.waiting = None
    _listen_no_more()
    raise Interrupted(name)


def _listen_no_more() -> None:
    _Waiting.listening = False
    for each in _Waiting.signals:
        if signal.getsignal(each) is _interrupt:
            signal.signal(each, signal.SIG_DFL)
