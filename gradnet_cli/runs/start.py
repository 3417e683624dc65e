"""From a composed configuration to its run: claim the directory, let Hydra prepare it, call the job."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hydra._internal.callbacks import Callbacks
from hydra.core.utils import JobStatus, setup_globals
from hydra.core.utils import run_job as run_hydra_job
from hydra.types import HydraContext
from omegaconf import DictConfig

from gradnet_cli.errors import describe
from gradnet_cli.runs.directories import claim
from gradnet_cli.runs.job import BAD_INPUT, Outcome, run_job, tell
from gradnet_cli.runs.recorded import Resumption
from gradnet_cli.settings.composition import Composer, unusable_hydra

if TYPE_CHECKING:
    from gradnet_cli.runs.status import Status


def start(
    config: DictConfig,
    directory: Path,
    *,
    composer: Composer,
    sweep: bool = False,
    resumption: Resumption | None = None,
) -> Outcome:
    """Run a configuration in the directory that it names, and record there how it ended.

    The directory is claimed first: of two runs that are given the same one, the second leaves all as it is.

    Arguments:
        sweep: whether `hydra.sweep` names the directory, and not `hydra.run`
        resumption: the directory holds a run, which is taken up again

    Errors:
        SettingError: the directory holds a run already
        Interrupted: after it was recorded
        OSError: the disk cannot be written, recorded too where that could be
    """
    status = claim(directory) if resumption is None else None
    ended: list[Outcome] = []

    def job(settings: DictConfig) -> float | None:
        ended.append(run_job(settings, directory, status=status, resumption=resumption))
        return ended[0].score

    try:
        _run_by_hydra(config, job, composer=composer, sweep=sweep)
    except OSError as error:  # a disk that is full, say
        if status is not None and not ended:
            _record(status, describe(error))
        raise
    except Exception as error:
        if ended or os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        unusable = unusable_hydra(error)
        if status is not None:
            _record(status, str(unusable))
        tell(str(unusable))
        return Outcome(exit_status=BAD_INPUT)
    return ended[0]


def _run_by_hydra(
    config: DictConfig, job: Callable[[DictConfig], float | None], *, composer: Composer, sweep: bool
) -> None:
    """Let Hydra prepare logs, variables of the environment and the like, and call the job."""
    callbacks = Callbacks(config)
    setup_globals()
    name = config.hydra.job.config_name
    if not sweep:
        callbacks.on_run_start(config=config, config_name=name)
    done = run_hydra_job(
        task_function=job,
        config=config,
        job_dir_key="hydra.sweep.dir" if sweep else "hydra.run.dir",
        job_subdir_key="hydra.sweep.subdir" if sweep else None,
        hydra_context=HydraContext(config_loader=composer.config_loader, callbacks=callbacks),
    )
    if not sweep:
        callbacks.on_run_end(config=config, config_name=name, job_return=done)
    if done.status == JobStatus.FAILED:
        raise done._return_value  # its property would print a line before


def _record(status: Status, error: str) -> None:
    with contextlib.suppress(OSError):
        status.finish(state="failed", error=error)
