"""`gradnet-run SETTING=VALUE ...`: look everything through, then run it, once or as a sweep."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.hydra import run_by_hydra, sweep_directory

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from gradnet_cli.runs.ending import Ending
    from gradnet_cli.runs.recorded import Resumption

After = Callable[[Path], int]


def run(line: CommandLine, *, resumption: Resumption | None = None, after: After | None = None) -> int:
    """Run what a command line asks for; the exit status.

    Args:
        resumption: take up again the run that the directory holds
        after: called with the directory of a run that is done, for a further exit status

    Raises:
        SettingError: a setting that cannot be used; nothing has been written
    """
    from gradnet_cli.runs.ending import INTERRUPTED
    from gradnet_cli.runs.interruption import Interrupted, interruptible
    from gradnet_cli.runs.job import run_job

    with Composer(line) as composer:
        configs = composer.runs()
        first = next(configs)
        if not composer.is_sweep:
            composed = Composed.check(first)
            directory = _own_directory(composed, taken_up=resumption is not None, repeated=after is not None)
            existing = None if directory.exists() else _existing_parent(directory)
            try:
                with interruptible():
                    ending = run_job(composed, directory, command=line.text, resumption=resumption)
            except Interrupted:  # told already
                return INTERRUPTED
            return _concluded(ending, directory, back_to=existing, after=after)
        from gradnet_cli.sweeps.sweep import run_sweep

        sweep = sweep_directory(first)[0].absolute()
        exit_status = run_sweep(composer, itertools.chain((first,), configs))
    if exit_status is None:
        from gradnet_cli.sweeps.plugins import run_plugin_sweep

        return run_plugin_sweep(line, sweep)
    return exit_status


def _own_directory(composed: Composed, *, taken_up: bool, repeated: bool) -> Path:
    """The directory of a run, which must not hold another one unless that is taken up."""
    from gradnet_cli.runs.status import refuse_used

    directory = composed.directory
    if not taken_up:
        refuse_used(directory)
        if composed.settings.cluster is not None and not repeated:
            raise SettingError(setting="cluster", value="slurm", allowed="is for the jobs of a sweep; add -m")
    return directory


def _concluded(ending: Ending, directory: Path, *, back_to: Path | None, after: After | None) -> int:
    """The exit status; a directory made for a single run goes again when the input turns out to be bad."""
    from gradnet_cli.runs.ending import DONE

    if ending.is_bad_input and back_to is not None:
        _discard(directory, back_to=back_to)
    if ending.exit_status == DONE and after is not None:
        return after(directory)
    return ending.exit_status


def show_configuration(line: CommandLine, *, composed: bool) -> int:
    """Let Hydra show the configuration, its own help, or the like.

    Args:
        composed: whether the configuration is composed for it, so that a mistake is told before Hydra sees it
    """
    if composed:
        with Composer(line) as composer:
            for _ in composer.runs():
                pass

    def nothing(_: DictConfig, __: Any) -> None:
        return None

    run_by_hydra(line.arguments, nothing)
    return 0


def _existing_parent(directory: Path) -> Path:
    """The nearest directory above that exists."""
    return next(parent for parent in directory.absolute().parents if parent.exists())


def _discard(directory: Path, *, back_to: Path) -> None:
    """Remove a run's directory and the empty parents that were made for it, up to `back_to`, which stays."""
    shutil.rmtree(directory)
    parent = directory.parent
    while parent != back_to and back_to in parent.parents and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent
