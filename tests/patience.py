"""An end to what would never end. The time is generous: on a busy machine a second may take a minute."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


class TooLongError(BaseException):
    """The program did not answer in time."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail when the block takes longer."""

    def late(_: int, frame: FrameType | None) -> None:
        raise TooLongError(f"no answer within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
