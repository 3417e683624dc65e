"""How something ended: one place that turns it into a state, a line and an exit status."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from gradnet_cli.errors import SettingError, describe
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.interruption import Interrupted

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130  # exit statuses


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run, or the whole command, ended.

    Attributes:
        state: for status.json
        exit_status: of the process
        line: what a person is told, None if there is nothing to say
        score: of a run that has one
    """

    state: State
    exit_status: int
    line: str | None = None
    score: float | None = None

    @property
    def is_bad_input(self) -> bool:
        """Whether what was typed could not be used."""
        return self.exit_status == BAD_INPUT


def ending_of(error: BaseException | None, *, score: float | None = None) -> Ending:
    """The ending that an exception makes, or none."""
    if error is None:
        return Ending(state=State.DONE, exit_status=DONE, score=score)
    if isinstance(error, SettingError):
        return Ending(state=State.FAILED, exit_status=BAD_INPUT, line=str(error))
    if isinstance(error, Interrupted):
        return Ending(state=State.INTERRUPTED, exit_status=INTERRUPTED, line=f"interrupted by {error}")
    if isinstance(error, KeyboardInterrupt):
        return Ending(state=State.INTERRUPTED, exit_status=INTERRUPTED)
    return Ending(state=State.FAILED, exit_status=FAILED, line=describe(error))


def tell(line: str | None) -> None:
    """One line to the standard error, signed by the program."""
    if line is not None:
        print(f"gradnet-run: {line}", file=sys.stderr)
