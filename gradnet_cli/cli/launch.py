"""From a command line that was read to its runs: look them through, let Hydra make directories, call jobs."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradnet_cli.errors import SettingError, describe
from gradnet_cli.runs.directories import discard, existing_parent, refuse_used, run_directory, sweep_directory
from gradnet_cli.settings.checks import check_settings
from gradnet_cli.settings.composition import CommandLine, Composer, resolve
from gradnet_cli.settings.spelling import quoted

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from gradnet_cli.runs.recorded import Resumption

Ended = Callable[[Path], int]


def launch(line: CommandLine, *, resumption: Resumption | None = None, after: Ended | None = None) -> int:
    """Look the command line through, then let Hydra make the directories and call the job.

    Arguments:
        resumption: take up again the run that the directory holds
        after: called with the directory of a run that is done, for a further exit status
    """
    with Composer(line) as composer:
        configs = composer.runs()
        first = next(configs)
        if not composer.is_sweep:
            return _launch_one(composer, first, resumption=resumption, after=after)

        sweep = sweep_directory(first)[0].absolute()
        exit_status = _launch_sweep(composer, itertools.chain((first,), configs))
    return _launch_by_hydra(sweep) if exit_status is None else exit_status


def _launch_sweep(composer: Composer, configs: Iterable[DictConfig]) -> int | None:
    from gradnet_cli.runs.job import FAILED, tell
    from gradnet_cli.sweeps.sweep import run_sweep

    try:
        return run_sweep(composer, configs)
    except SettingError:
        raise
    except Exception as error:  # a directory that cannot be made, say
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        tell(describe(error))
        return FAILED


def _launch_one(
    composer: Composer, config: DictConfig, *, resumption: Resumption | None, after: Ended | None
) -> int:
    check_settings(resolve(config))
    directory = run_directory(config).absolute()
    if resumption is None:
        refuse_used(directory)
        if config.get("cluster") and after is None:
            raise SettingError(setting="cluster", value="slurm", allowed="is for the jobs of a sweep; add -m")

    # Only now, for the problem's arrays take a while to import too.
    from gradnet_cli.runs.interruption import Interrupted, interruptible
    from gradnet_cli.runs.job import BAD_INPUT, DONE, FAILED, INTERRUPTED, tell
    from gradnet_cli.runs.start import start

    # A directory made for a single run goes again when the input turns out to be bad.
    discardable, existing = not directory.exists(), existing_parent(directory)
    try:
        with interruptible():
            outcome = start(config, directory, composer=composer, resumption=resumption)
    except Interrupted:
        return INTERRUPTED
    except SettingError:
        raise
    except Exception as error:
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        tell(describe(error))
        return FAILED
    if outcome.exit_status == BAD_INPUT and discardable:
        discard(directory, back_to=existing)
    if outcome.exit_status == DONE and after is not None:
        return after(directory)
    return outcome.exit_status


def _launch_by_hydra(sweep: Path) -> int:
    """Let one of Hydra's other sweepers or launchers run the jobs of a sweep, and sum them up."""
    from gradnet_cli.runs.interruption import Interrupted, interruptible
    from gradnet_cli.runs.job import DONE, FAILED, INTERRUPTED, run_job, tell
    from gradnet_cli.sweeps.summarize import summarize
    from gradnet_cli.sweeps.terminal import show_sweep

    def job(config: DictConfig) -> float | None:
        from hydra.core.hydra_config import HydraConfig

        hydra = HydraConfig.get()
        print(f"[{hydra.job.num}] {' '.join(hydra.overrides.task)}", flush=True)
        return run_job(config, Path(hydra.runtime.output_dir)).score

    sys.argv.append(f"hydra.sweep.dir={quoted(str(sweep))}")  # the name may hold the time
    exit_status = DONE
    try:
        with interruptible():
            hydra_main(job)
    except Interrupted:
        exit_status = INTERRUPTED
    except OSError as error:
        tell(describe(error))
        exit_status = FAILED
    summary = summarize(sweep)
    show_sweep(summary)
    return exit_status or (FAILED if summary.unsuccessful else DONE)


def look_through(line: CommandLine) -> None:
    """Compose every run, so that a mistake is told before Hydra sees it."""
    with Composer(line) as composer:
        for _ in composer.runs():
            pass


def hydra_main(job: Callable[[DictConfig], Any]) -> None:
    """Let Hydra read sys.argv, compose, make directories, and call the job.

    Errors:
        SettingError: anything that Hydra complains of
    """
    import hydra

    from gradnet_cli.settings.catalog import config_directory
    from gradnet_cli.settings.composition import CONFIG_NAME, unusable_hydra

    # Hydra prints exceptions over several lines unless it is told to let them through.
    wants_traceback = os.environ.setdefault("HYDRA_FULL_ERROR", "0") == "1"
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        hydra.main(config_path=str(config_directory()), config_name=CONFIG_NAME, version_base="1.3")(job)()
    except (SettingError, OSError):
        raise
    except Exception as error:
        if wants_traceback:
            raise
        raise unusable_hydra(error) from error
