"""What a run is doing, or how it ended."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self


class State(StrEnum):
    """What a run is doing, or how it ended, in the order in which people ask.

    status.json itself says running, done, interrupted or failed. The others are what a sweep concludes:
    waiting in a cluster's queue, killed (the process is gone and did not say why), missing (never began).
    """

    DONE = "done"
    RUNNING = "running"
    WAITING = "waiting"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    KILLED = "killed"
    MISSING = "missing"

    @classmethod
    def of(cls, status: Mapping[str, Any]) -> Self | None:
        """What status.json says; None where it says nothing that is known."""
        return next((state for state in cls if state == status.get("state")), None)

    @property
    def is_unsuccessful(self) -> bool:
        """Whether it ended without a result, or never began."""
        return self in (State.INTERRUPTED, State.FAILED, State.KILLED, State.MISSING)


END_STATES = (State.DONE, State.FAILED, State.INTERRUPTED)
