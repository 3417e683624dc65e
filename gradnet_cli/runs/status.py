"""status.json: the life of a run, written by the run itself."""

from __future__ import annotations

import datetime
import os
import time
from pathlib import Path
from typing import Any, Self

from gradnet_cli.errors import SettingError, one_line
from gradnet_cli.report.files.atomic import create_json, write_json
from gradnet_cli.report.files.names import STATUS
from gradnet_cli.report.files.states import END_STATES, State
from gradnet_cli.runs.liveness import this_process

FILE_NAME = STATUS


class Status:
    """Keeps `status.json` in a run's directory: state, started, finished, seconds, and the error in one line.

    `begin()` writes state "running"; `finish(state=...)` writes one of END_STATES, once. Sweeps are summed up
    from these files alone. A run which died without a word stays "running" for ever; `process` says where to
    look whether it is alive.
    """

    def __init__(self, *, directory: Path) -> None:
        self.path = Path(directory) / FILE_NAME
        self._started: datetime.datetime | None = None
        self._clock = 0.0

    @classmethod
    def claim(cls, directory: Path) -> Self:
        """Begin a run in a directory, which is made if missing; of several that try at once, one succeeds.

        Raises:
            SettingError: the directory holds a run already, finished or not
        """
        directory.mkdir(parents=True, exist_ok=True)
        status = cls(directory=directory)
        try:
            status.begin(exclusive=True)
        except FileExistsError:
            raise _used(directory) from None
        return status

    @classmethod
    def take_up(cls, directory: Path) -> Self:
        """Begin again the run that a directory holds."""
        status = cls(directory=directory)
        status.begin()
        return status

    def begin(self, *, exclusive: bool = False) -> None:
        """Say that the run is under way.

        Args:
            exclusive: the directory must hold no run; of several that claim it at once, one succeeds

        Raises:
            FileExistsError: `exclusive`, and the directory holds a run, finished or not
        """
        self._started = _now()
        self._clock = time.monotonic()
        content = self._content(state=State.RUNNING, finished=None, seconds=None, error=None)
        (create_json if exclusive else write_json)(self.path, content)

    def leave_out(self, seconds: float) -> None:
        """Leave out of `seconds` what is not the run's own: the first in a process waits for libraries."""
        self._clock += seconds

    def finish(self, *, state: State | str, error: str | None = None) -> None:
        """Say how the run ended; `error` is squeezed into one line."""
        if state not in END_STATES:
            raise ValueError(f"state = {state!r}: must be one of {', '.join(END_STATES)}")
        if self._started is None:
            raise RuntimeError("finish() before begin()")
        seconds = round(time.monotonic() - self._clock, 3)
        line = None if error is None else one_line(error)
        write_json(self.path, self._content(state=State(state), finished=_now(), seconds=seconds, error=line))

    def _content(
        self, *, state: State, finished: datetime.datetime | None, seconds: float | None, error: str | None
    ) -> dict[str, Any]:
        assert self._started is not None
        return {
            "state": str(state),
            "started": self._started.isoformat(),
            "finished": None if finished is None else finished.isoformat(),
            "seconds": seconds,
            "error": error,
            "process": this_process(),
        }


def refuse_used(directory: Path) -> None:
    """Raise SettingError where a directory holds a run already, finished or not, or no name of one."""
    try:
        exists = os.path.lexists(directory / FILE_NAME) if directory.exists() else False
    except OSError as error:  # a name too long, say
        allowed = f"cannot be used: {error.strerror}"
        raise SettingError(setting="hydra.run.dir", value=directory, allowed=allowed) from error
    if exists:
        raise _used(directory)


def _used(directory: Path) -> SettingError:
    return SettingError(
        setting="hydra.run.dir",
        value=directory,
        allowed="holds a run already; choose another directory, or move that run away",
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now().astimezone().replace(microsecond=0)
