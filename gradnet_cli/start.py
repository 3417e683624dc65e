"""From a composed configuration to its run: claim the directory, let Hydra prepare it, call the job."""

from __future__ import annotations

from pathlib import Path

from hydra._internal.callbacks import Callbacks
from hydra.core.utils import run_job as run_hydra_job
from hydra.core.utils import setup_globals
from hydra.types import HydraContext
from omegaconf import DictConfig

from gradnet_cli.composition import Composer
from gradnet_cli.directories import claim
from gradnet_cli.job import Outcome, describe, run_job
from gradnet_cli.recorded import Resumption


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
        Exception: what went wrong before the run began, recorded too where that could be
    """
    status = claim(directory) if resumption is None else None
    ended: list[Outcome] = []

    def job(settings: DictConfig) -> float | None:
        ended.append(run_job(settings, directory, status=status, resumption=resumption))
        return ended[0].score

    callbacks = Callbacks(config)
    setup_globals()
    try:
        if not sweep:
            callbacks.on_run_start(config=config, config_name=config.hydra.job.config_name)
        done = run_hydra_job(
            task_function=job,
            config=config,
            job_dir_key="hydra.sweep.dir" if sweep else "hydra.run.dir",
            job_subdir_key="hydra.sweep.subdir" if sweep else None,
            hydra_context=HydraContext(config_loader=composer.config_loader, callbacks=callbacks),
        )
        if not sweep:
            callbacks.on_run_end(config=config, config_name=config.hydra.job.config_name, job_return=done)
        if not ended:
            _ = done.return_value  # raises what went wrong
    except Exception as error:  # a disk that is full, say
        if status is not None and not ended:
            status.finish(state="failed", error=describe(error))
        raise
    return ended[0]
