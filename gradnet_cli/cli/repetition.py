"""Runs that are there already: taken up again where they stopped, or repeated and compared."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gradnet_cli.cli.run import alone
from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.atomic import read_json, replacing
from gradnet_cli.report.files.names import STATUS
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.comparison import compare, differences, write_comparison
from gradnet_cli.runs.ending import DONE, FAILED, Ending
from gradnet_cli.runs.job import run_job
from gradnet_cli.runs.liveness import is_alive
from gradnet_cli.runs.lock import held
from gradnet_cli.runs.recorded import (
    RecordedRun,
    Resumption,
    read_recorded,
    refuse_changes,
    refuse_drift,
)
from gradnet_cli.runs.stages import STAGES
from gradnet_cli.runs.status import refuse_used
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.hydra import unresolved
from gradnet_cli.settings.overrides import SHOWING, assignment, replaced, typed
from gradnet_cli.settings.spelling import quoted

ALONE = ("hydra.mode=RUN",)  # an experiment may ask for a sweep, of which this is one run
SHOWN = (*sorted(SHOWING), "hydra.run.dir")  # what a repetition may change
# What a resumed run writes before its checkpoint has been read, and gets back where that is refused.
WRITTEN_FIRST = (STATUS, "report.html", ".hydra/overrides.yaml", ".hydra/config.yaml", str(STAGES))
STILL_RUNS = "still runs; wait for its end, or stop it"


def resume(directory: str, line: CommandLine) -> int:
    """Go on with a run from its last checkpoint, or from its beginning if it has none; the exit status.

    Raises:
        SettingError: no run is there, it is done or runs, or an override would make another problem of it
    """
    run = read_recorded("resume", directory)
    changes = line.overrides
    refuse_changes(changes)
    if run.state == State.DONE and not changes:
        raise SettingError(
            setting="resume",
            value=directory,
            allowed="is done; a larger number of updates=... would extend it, rerun=... would repeat it",
        )
    if run.state == State.RUNNING and is_alive(read_json(run.directory / STATUS).get("process") or {}):
        raise SettingError(setting="resume", value=directory, allowed=STILL_RUNS)
    overrides = run.overridden(changes)
    here = (f"hydra.run.dir={quoted(str(run.directory))}", "hydra.output_subdir=null")
    line = _prepared(run, line, [*overrides, *here])
    resumption = Resumption(command=run.command, extended=bool(changes))
    with Composer(line) as composer:
        composed = _composed(composer, run, changes)
        with held(run.directory, setting="resume", allowed=STILL_RUNS), _unless_refused(run) as ended:
            run.record(overrides, unresolved(composed.config))
            ended.append(run_job(composed, run.directory, command=line.text, resumption=resumption))
    return ended[0].exit_status


@contextmanager
def _unless_refused(run: RecordedRun) -> Iterator[list[Ending]]:
    """Put back what a run wrote that was refused: what it had found, it still has.

    Yields:
        where the run's ending goes; without one, or with that of bad input, it was refused
    """
    paths = [run.directory / name for name in WRITTEN_FIRST]
    before = {path: path.read_bytes() for path in paths if path.exists()}
    ended: list[Ending] = []
    try:
        with alone(run.directory) as ended:
            yield ended
    finally:
        if not ended or ended[0].is_bad_input:
            for path in paths:
                if path in before:
                    with replacing(path) as beside:
                        beside.write_bytes(before[path])
                else:
                    path.unlink(missing_ok=True)


def rerun(directory: str, line: CommandLine) -> int:
    """Repeat a run from its files, in a directory of its own; 0 if the network is the same, byte for byte.

    One that was extended when it was done is repeated in the same stages.

    Raises:
        SettingError: no run is there, it has no result, or an override would make another problem of it
    """
    run = read_recorded("rerun", directory)
    for text in line.overrides:
        change = assignment(text)
        if change.name not in SHOWN:
            allowed = f"cannot change where a run is repeated, only {', '.join(SHOWN)} can"
            raise SettingError(setting=change.name, value=change.value, allowed=allowed)
    if run.state != State.DONE:
        raise SettingError(
            setting="rerun",
            value=directory,
            allowed=f"is {run.state or 'no finished run'}: nothing to compare with",
        )
    stages = [stage.overrides for stage in run.stages if stage.ended] + [run.overrides]
    steps = [_changes(*pair) for pair in itertools.pairwise(stages)]
    line = _prepared(run, line, replaced(stages[0], _absolute(line.overrides)))
    with Composer(line) as composer:
        composed = _composed(composer, run, [*line.overrides, *itertools.chain(*steps)])
        refuse_used(composed.directory)
        with alone(composed.directory) as ended:
            ended.append(run_job(composed, composed.directory, command=line.text))
    exit_status = ended[0].exit_status
    for number, changes in enumerate(steps, 2):
        if exit_status == DONE:
            print(f"rerun: stage {number} of {len(stages)}: {' '.join(changes)}", flush=True)
            exit_status = resume(
                str(composed.directory), line.with_overrides(changes, config_dir=line.config_dir)
            )
    if exit_status != DONE:
        return exit_status
    comparison = compare(run.directory, composed.directory)
    environment = differences(run.directory, composed.directory)
    write_comparison(
        composed.directory, original=run.directory, comparison=comparison, environment=environment
    )
    for text in (comparison.sentence, *_unrepeatable(run), *environment):
        print(text)
    return DONE if comparison.identical else FAILED


def _changes(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The overrides that a stage has and the one before it did not."""
    return [text for text in after if text not in before]


def _unrepeatable(run: RecordedRun) -> Iterator[str]:
    """What of a run's past a repetition leaves out, as a line."""
    if any(not stage.ended for stage in run.stages):
        yield (
            "rerun: the original was given another number of updates while it was on its way; this run had "
            "the last number from its beginning"
        )


def _prepared(run: RecordedRun, line: CommandLine, overrides: Sequence[str]) -> CommandLine:
    """The command line of a run, from where it was typed."""
    own = line.config_dir or run.config_dir
    if own is not None:
        own = str(Path(own).absolute())
    if run.cwd.is_dir():
        os.chdir(run.cwd)  # relative paths in settings start there
    return line.with_overrides([*overrides, *ALONE], config_dir=own)


def _composed(composer: Composer, run: RecordedRun, changes: Sequence[str]) -> Composed:
    """The run's configuration, composed anew and checked; refused where more has changed than these."""
    config = next(composer.runs(recorded=True))
    refuse_drift(run, unresolved(config), changes)
    return Composed.check(config)


def _absolute(overrides: Sequence[str]) -> list[str]:
    """The overrides, with a directory that starts from here however the run will be started."""
    absolute = []
    for text in overrides:
        key, value = assignment(text)
        absolute.append(
            f"{key}={quoted(str(Path(str(typed(value))).absolute()))}" if key == "hydra.run.dir" else text
        )
    return absolute
