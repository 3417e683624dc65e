"""One run, from its composed configuration to its exit status: check, build the problem, hand over."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig

from gradnet_cli.errors import SettingError, describe
from gradnet_cli.problem import Problem
from gradnet_cli.runs.directories import claim
from gradnet_cli.runs.interruption import Interrupted
from gradnet_cli.runs.recorded import Resumption
from gradnet_cli.settings.checks import check_settings
from gradnet_cli.settings.composition import resolve

if TYPE_CHECKING:
    from gradnet_cli.runs.status import Status

log = logging.getLogger(__name__)

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended: its exit status, and the score where there is one."""

    exit_status: int
    score: float | None = None


def tell(line: str) -> None:
    """One line to the standard error, signed by the program."""
    print(f"gradnet-run: {line}", file=sys.stderr)


def run_job(
    config: DictConfig,
    directory: Path,
    *,
    status: Status | None = None,
    resumption: Resumption | None = None,
) -> Outcome:
    """Run one configuration in its directory and record in status.json how it ended.

    Arguments:
        status: the directory's, where it was claimed for this run before
        resumption: the directory holds a run, which is taken up again

    Errors:
        Interrupted: after it was recorded, so that a sweep stops too
    """
    from gradnet_cli.runs.status import Status

    if resumption is not None:
        status = Status(directory=directory)
        status.begin()
    elif status is None:
        status = claim(directory)
    with _quiet_log():
        try:
            return _run(config, directory, status, resumption)
        finally:
            if config.get("report") is True:
                _write_page(directory)


def _run(config: DictConfig, directory: Path, status: Status, resumption: Resumption | None) -> Outcome:
    """Run, and record in status.json how it ended."""
    try:
        score = _hand_over(config, directory, resumption)
        if not status.path.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(status.path))
        status.finish(state="done")
    except SettingError as error:
        log.info("bad input: %s", error)
        _record(status, state="failed", error=str(error))
        tell(str(error))
        return Outcome(exit_status=BAD_INPUT)
    except Interrupted as signal:
        log.info("interrupted by %s", signal)
        _record(status, state="interrupted", error=f"interrupted by {signal}")
        tell(f"interrupted by {signal}; go on with: gradnet-run resume={shlex.quote(str(directory))}")
        raise
    except BaseException as error:  # SystemExit too: a library must not end a run as if it were done
        if not status.path.exists():
            tell(f"the directory of the run is gone: {directory}")
            return Outcome(exit_status=FAILED)
        # At the level of information, so that the traceback goes to run.log and not to the terminal.
        log.info("the run failed", exc_info=True)
        line = describe(error)
        _record(status, state="failed", error=line)
        tell(f"{line} (see {directory / 'run.log'})")
        return Outcome(exit_status=FAILED)
    return Outcome(exit_status=DONE, score=score)


def _record(status: Status, *, state: str, error: str) -> None:
    """Say in status.json how a run ended badly, if the disk lets it."""
    try:
        status.finish(state=state, error=error)
    except OSError:
        log.info("status.json could not be written", exc_info=True)


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """A log that cannot be written, on a full disk say, is not complained of at every line."""
    before, logging.raiseExceptions = logging.raiseExceptions, False
    try:
        yield
    finally:
        logging.raiseExceptions = before


def _write_page(directory: Path) -> None:
    """Write report.html of a run that has ended; failing to is told in run.log and changes nothing."""
    try:
        from gradnet_cli.report.html import write_run_report

        write_run_report(directory)
    except Exception:
        log.info("report.html could not be written; all else is", exc_info=True)


def build_problem(settings: Mapping[str, Any]) -> Problem:
    """Build the problem that a resolved configuration describes; torch is not imported.

    Errors:
        SettingError: a setting is out of range, or the problem is none that the objective can take
    """
    from gradnet_cli.problem.masks import build_mask
    from gradnet_cli.problem.requirements import check_requirements

    settings = check_settings(settings)
    mask = build_mask(settings["mask"], settings)
    problem = Problem.build(mask=mask, budget=settings["budget"], signs=settings["signs"])
    check_requirements(problem, objective=settings["objective"])
    return problem


def _hand_over(config: DictConfig, directory: Path, resumption: Resumption | None) -> float:
    problem = build_problem(resolve(config))
    # Only now, for torch takes seconds to import and bad input was answered without it.
    from gradnet_cli.runs.execute import execute

    return float(execute(config, problem, directory, resumption=resumption).score)
