"""status.json: the life of a run, written by the run itself."""

import datetime
import time
from pathlib import Path
from typing import Any

from gradnet_cli.report.files.atomic import create_json, write_json
from gradnet_cli.report.files.names import STATUS
from gradnet_cli.runs.liveness import this_process

FILE_NAME = STATUS
END_STATES = ("done", "failed", "interrupted")


class Status:
    """Keeps `status.json` in a run's directory: state, started, finished, seconds, and the error in one line.

    `begin()` writes state "running"; `finish(state=...)` writes one of done, failed and interrupted, once.
    Sweeps are summed up from these files alone. A run which died without a word stays "running" for ever;
    `process` says where to look whether it is alive.
    """

    def __init__(self, *, directory: Path) -> None:
        self.path = Path(directory) / FILE_NAME
        self._started: datetime.datetime | None = None
        self._clock = 0.0

    def begin(self, *, exclusive: bool = False) -> None:
        """Say that the run is under way.

        Arguments:
            exclusive: the directory must hold no run; of several that claim it at once, one succeeds

        Errors:
            FileExistsError: `exclusive`, and the directory holds a run, finished or not
        """
        self._started = _now()
        self._clock = time.monotonic()
        content = self._content(state="running", finished=None, seconds=None, error=None)
        (create_json if exclusive else write_json)(self.path, content)

    def finish(self, *, state: str, error: BaseException | str | None = None) -> None:
        """Say how the run ended; `error` is squeezed into one line."""
        if state not in END_STATES:
            raise ValueError(f"state = {state!r}: must be one of {', '.join(END_STATES)}")
        if self._started is None:
            raise RuntimeError("finish() before begin()")
        seconds = round(time.monotonic() - self._clock, 3)
        write_json(
            self.path, self._content(state=state, finished=_now(), seconds=seconds, error=_one_line(error))
        )

    def _content(
        self, *, state: str, finished: datetime.datetime | None, seconds: float | None, error: str | None
    ) -> dict[str, Any]:
        assert self._started is not None
        return {
            "state": state,
            "started": self._started.isoformat(),
            "finished": None if finished is None else finished.isoformat(),
            "seconds": seconds,
            "error": error,
            "process": this_process(),
        }


def _now() -> datetime.datetime:
    return datetime.datetime.now().astimezone().replace(microsecond=0)


def _one_line(error: BaseException | str | None) -> str | None:
    if error is None:
        return None
    line = " ".join(str(error).split())
    if isinstance(error, BaseException) and not line:
        return type(error).__name__
    return line
