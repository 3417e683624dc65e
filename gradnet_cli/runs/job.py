"""One run in a directory of its own, from its settings to how it ended: nothing is left unsaid there."""

from __future__ import annotations

import contextlib
import logging
import shlex
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from gradnet_cli.datasets import build_dataset
from gradnet_cli.errors import GradnetError, describe
from gradnet_cli.problem.build import build_problem
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.ending import FAILED, Ending, ending_of, tell
from gradnet_cli.runs.interruption import Interrupted
from gradnet_cli.runs.recorded import Resumption
from gradnet_cli.runs.status import Status
from gradnet_cli.runs.waiting import Waiting
from gradnet_cli.settings.composition import Composed
from gradnet_cli.settings.hydra import Job, job_surroundings

log = logging.getLogger(__name__)


def run_job(
    composed: Composed,
    directory: Path,
    *,
    command: str,
    sweep: bool = False,
    resumption: Resumption | None = None,
    surrounded: bool = False,
) -> Ending:
    """Run a configuration in a directory, and record there how it ended.

    The directory is claimed first: of two runs that are given the same one, the second leaves all as it is.

    Args:
        composed: the configuration
        directory: made if missing
        command: as it was typed
        sweep: whether it is a job of a sweep
        resumption: the directory holds a run, which is taken up again
        surrounded: whether Hydra has set logs and the like up already

    Raises:
        SettingError: the directory holds a run already
        Interrupted: after it was recorded, so that a sweep stops too
        OSError: the directory cannot be made
    """
    status = Status.claim(directory) if resumption is None else Status.take_up(directory)
    surroundings: AbstractContextManager[Job] = nullcontext(Job())
    if not surrounded:
        surroundings = job_surroundings(composed.config, directory, sweep=sweep)
    error: BaseException | None = None
    score: float | None = None
    with _quiet_log():
        try:
            with surroundings as job:
                settings = composed.settings
                problem = build_problem(settings)
                dataset = build_dataset(settings.data, seed=settings.seed)
                # Only now, for torch takes seconds to import and bad input was answered without it.
                began = time.monotonic()
                with Waiting(settings.trainer.progress) as line:
                    line.say("loading PyTorch")
                    from gradnet_cli.runs.run import run_in

                status.leave_out(time.monotonic() - began)
                result = run_in(
                    directory, problem, settings, command=command, resumption=resumption, dataset=dataset
                )
                score = job.score = result.score
        except BaseException as caught:  # SystemExit too: a library must not end a run as if it were done
            error = caught
        ending = _record(status, directory, error, score)
        if composed.settings.report and directory.exists():
            with Waiting(composed.settings.trainer.progress) as line:
                line.say("writing report.html")
                _write_page(directory)
    if isinstance(error, Interrupted):
        raise error
    return ending


def _record(status: Status, directory: Path, error: BaseException | None, score: float | None) -> Ending:
    """Say in status.json, in run.log and on the terminal how a run ended."""
    ending = ending_of(error, score=score)
    if not status.path.exists():
        tell(f"the directory of the run is gone: {directory}")
        return Ending(state=State.FAILED, exit_status=FAILED)
    if ending.exit_status == FAILED:
        # At the level of information, so that the traceback goes to run.log and not to the terminal.
        log.info("the run failed", exc_info=error)
    elif ending.line:
        log.info(ending.line)
    try:
        status.finish(state=ending.state, error=ending.line)
    except OSError as full:
        log.info("status.json could not be written", exc_info=True)
        if error is None:
            ending = ending_of(full)
    line = ending.line
    if ending.state == State.INTERRUPTED:
        line = f"{line}; go on with: gradnet-run resume={shlex.quote(str(directory))}"
    elif ending.exit_status == FAILED and (directory / "run.log").exists():
        line = f"{line} (see {directory / 'run.log'})"
    elif error is not None and not isinstance(error, GradnetError | OSError):
        traceback.print_exception(error)  # it has no other place, and is what mends a mistake of the program
    tell(line)
    return replace(ending, line=None)


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """A log that cannot be written, on a full disk say, is not complained of at every line."""
    before, logging.raiseExceptions = logging.raiseExceptions, False
    try:
        yield
    finally:
        logging.raiseExceptions = before


def _write_page(directory: Path) -> None:
    """Write report.html of a run that has ended; failing to changes nothing of that."""
    try:
        from gradnet_cli.report.html import write_run_report

        write_run_report(directory)
    except OSError:  # a full disk has been told of already
        log.info("report.html could not be written", exc_info=True)
    except Exception as error:
        log.warning("report.html could not be written, all else is: %s", describe(error))
        log.info("report.html could not be written", exc_info=True)
