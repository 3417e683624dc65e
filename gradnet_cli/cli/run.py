"""`gradnet-run SETTING=VALUE ...`: look everything through, then run it, once or as a sweep."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.hydra import run_by_hydra, sweep_directory

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from gradnet_cli.runs.ending import Ending


def run(line: CommandLine) -> int:
    """Run what a command line asks for; the exit status.

    Raises:
        SettingError: a setting that cannot be used; nothing has been written
    """
    with Composer(line) as composer:
        configs = composer.runs()
        first = next(configs)
        if not composer.is_sweep:
            from gradnet_cli.runs.job import run_job
            from gradnet_cli.runs.status import refuse_used

            composed = Composed.check(first)
            refuse_used(composed.directory)
            if composed.settings.cluster is not None:
                allowed = "is for the jobs of a sweep; add -m"
                raise SettingError(setting="cluster", value="slurm", allowed=allowed)
            with alone(composed.directory) as ended:
                ended.append(run_job(composed, composed.directory, command=line.text))
            return ended[0].exit_status
        from gradnet_cli.sweeps.sweep import run_sweep

        sweep = sweep_directory(first)[0].absolute()
        exit_status = run_sweep(composer, itertools.chain((first,), configs))
    if exit_status is None:
        from gradnet_cli.sweeps.plugins import run_plugin_sweep

        return run_plugin_sweep(line, sweep)
    return exit_status


@contextmanager
def alone(directory: Path) -> Iterator[list[Ending]]:
    """Around a run that is no job of a sweep: signals interrupt it, and bad input leaves no directory behind.

    A directory that was there before stays.

    Yields:
        where the run's ending goes; that of one that is interrupted is put there
    """
    from gradnet_cli.runs.ending import ending_of
    from gradnet_cli.runs.interruption import Interrupted, interruptible

    existing = None if directory.exists() else _existing_parent(directory)
    ended: list[Ending] = []
    try:
        with interruptible():
            yield ended
    except Interrupted as signal:  # told already
        ended.append(ending_of(signal))
    if ended[0].is_bad_input and existing is not None:
        _discard(directory, back_to=existing)


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
