"""Hydra's private parts: only this file and repository.py touch them, for its next version changes them."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import get_overrides_dirname
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.hydra import Hydra
from hydra._internal.utils import _run_hydra, create_config_search_path, get_args_parser
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.core.utils import (
    JobReturn,
    JobStatus,
    _flush_loggers,
    _save_config,
    configure_log,
    env_override,
    setup_globals,
)
from hydra.errors import HydraException
from hydra.types import RunMode
from hydra.version import setbase
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from gradnet_cli.errors import SettingError, one_line
from gradnet_cli.settings.catalog import config_directory
from gradnet_cli.settings.repository import Repository, without_idle_maps
from gradnet_cli.settings.spelling import UnreadableInputError

__all__ = ["COMPOSITION_ERRORS", "OmegaConfBaseException", "Override", "OverrideType", "RunMode"]
CONFIG_NAME = "config"
BASIC_SWEEPER, BASIC_LAUNCHER, JOBLIB_LAUNCHER = "BasicSweeper", "BasicLauncher", "JoblibLauncher"
OF_THE_JOB = "raised by a job of the sweep, not by Hydra"
# Hydra answers some odd values, such as a list of lists for a group, with errors of Python's own.
COMPOSITION_ERRORS = (
    *(HydraException, OmegaConfBaseException, YAMLError),
    *(ValueError, OSError, TypeError, AttributeError, LookupError, AssertionError, RecursionError),
)


def flags_parser() -> argparse.ArgumentParser:
    """The parser of Hydra's own flags, -m and --config-dir among them."""
    parser: argparse.ArgumentParser = get_args_parser()
    return parser


def parse_override(parser: OverridesParser, text: str) -> Override | None:
    """Read one override by Hydra's grammar; None where it cannot be read."""
    try:
        (parsed,) = parser.parse_overrides([text])
    except HydraException:
        return None
    return parsed


def override_dirname(config: DictConfig, overrides: Sequence[Override]) -> str:
    """The value of `hydra.job.override_dirname` for these overrides."""
    form = config.hydra.job.config.override_dirname
    return str(
        get_overrides_dirname(
            overrides=list(overrides),
            kv_sep=form.kv_sep,
            item_sep=form.item_sep,
            exclude_keys=form.exclude_keys,
        )
    )


def combinations(overrides: Sequence[Override]) -> list[list[str]]:
    """The overrides of each run of a sweep, in the order of Hydra's basic sweeper."""
    return [list(job) for job in BasicSweeper.split_arguments(list(overrides), None)[0]]


class Frontend:
    """Hydra, set up to compose configurations; its state is global, and is put back by close().

    Args:
        directories: of a user's own YAML files
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        search_path = create_config_search_path(str(config_directory()))
        for directory in directories:
            search_path.prepend(
                provider="command-line", path=f"file://{directory}", anchor=SearchPathQuery(provider="schema")
            )
        self._before = GlobalHydra.instance().hydra, HydraConfig.instance().cfg
        GlobalHydra.instance().clear()
        self._hydra = Hydra.create_main_hydra2(task_name="gradnet-run", config_search_path=search_path)
        loader: Any = self._hydra.config_loader
        loader.repository = Repository(loader.repository.sources)
        self.parser = OverridesParser.create(config_loader=self._hydra.config_loader)

    def close(self) -> None:
        """Leave Hydra as it was found: a notebook may use it, too."""
        GlobalHydra.instance().hydra, HydraConfig.instance().cfg = self._before

    def compose(self, overrides: Sequence[str], *, mode: RunMode = RunMode.RUN) -> DictConfig:
        """Compose a configuration; one of COMPOSITION_ERRORS where that cannot be done."""
        with without_idle_maps():
            return self._hydra.compose_config(
                config_name=CONFIG_NAME, overrides=list(overrides), run_mode=mode
            )


def without_own_settings(config: DictConfig) -> DictConfig:
    """A copy of a composed configuration without what Hydra itself is told."""
    return OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])


def unresolved(config: DictConfig) -> dict[str, Any]:
    """The settings of a run as they are composed, interpolations as they stand, Hydra's own left out."""
    plain = OmegaConf.to_container(config, resolve=False)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items() if key != "hydra"}


def overrides_of(config: DictConfig, kind: str = "task") -> list[str]:
    """The overrides that a configuration was composed with, interpolations in them as they were typed.

    Args:
        kind: task, or hydra for those of Hydra's own settings
    """
    listed = OmegaConf.to_container(config.hydra.overrides[kind], resolve=False)
    assert isinstance(listed, list)
    return [str(text) for text in listed]


def output_directory(config: DictConfig) -> Path:
    """Where this configuration would write now; composed again, the name may hold a later time."""
    HydraConfig.instance().set_config(config)
    return Path(str(OmegaConf.select(config, "hydra.run.dir")))


def sweep_directory(config: DictConfig) -> tuple[Path, str]:
    """Where this configuration would write as a job of a sweep: the sweep's directory, and the job's name."""
    HydraConfig.instance().set_config(config)
    sweep, name = (str(OmegaConf.select(config, f"hydra.sweep.{key}")) for key in ("dir", "subdir"))
    return Path(sweep), name


@dataclass
class Job:
    """What Hydra's callbacks are told of a run when it has ended."""

    score: float | None = None


@contextlib.contextmanager
def job_surroundings(config: DictConfig, directory: Path, *, sweep: bool) -> Iterator[Job]:
    """What Hydra does around a job: files of .hydra/, logs, variables, working directory, callbacks.

    Args:
        config: as composed, with Hydra's own settings
        directory: of the run
        sweep: whether it is a job of a sweep

    Raises:
        SettingError: a setting of Hydra's own that composes, but that Hydra cannot work with
        OSError: the disk cannot be written
    """
    job = Job()
    with _set_up(config, directory, sweep=sweep) as (done, callbacks):
        try:
            yield job
            done.status, done.return_value = JobStatus.COMPLETED, job.score
        except BaseException as error:
            done.status, done.return_value = JobStatus.FAILED, error
            raise
        finally:
            _flush_loggers()
            callbacks.on_job_end(config=config, job_return=done)
            if not sweep:
                callbacks.on_run_end(config=config, config_name=CONFIG_NAME, job_return=done)


@contextlib.contextmanager
def _set_up(config: DictConfig, directory: Path, *, sweep: bool) -> Iterator[tuple[JobReturn, Callbacks]]:
    with told_as_settings():
        setup_globals()
        callbacks = Callbacks(config)
        if not sweep:
            callbacks.on_run_start(config=config, config_name=CONFIG_NAME)
        chdir, folder = config.hydra.job.chdir, config.hydra.output_subdir
    cwd, before = Path.cwd(), HydraConfig.instance().cfg
    with read_write(config.hydra.runtime), open_dict(config.hydra.runtime):
        config.hydra.runtime.output_dir = str(directory.absolute())
    HydraConfig.instance().set_config(config)
    own: Any = HydraConfig.instance().cfg
    task = without_own_settings(config)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if chdir:
            os.chdir(directory)
        with told_as_settings():
            configure_log(config.hydra.job_logging, config.hydra.verbose)
        if folder is not None:
            place = directory.absolute() / folder
            _save_config(task, "config.yaml", place)
            _save_config(own, "hydra.yaml", place)
            _save_config(config.hydra.overrides.task, "overrides.yaml", place)
        with contextlib.ExitStack() as stack:
            with told_as_settings():
                stack.enter_context(env_override(config.hydra.job.env_set))
                callbacks.on_job_start(config=config, task_function=lambda _: None)
            yield JobReturn(overrides=overrides_of(config), cfg=task, hydra_cfg=own), callbacks
    finally:
        HydraConfig.instance().cfg = before
        if chdir:
            os.chdir(cwd)


def run_by_hydra(arguments: Sequence[str], job: Callable[[DictConfig, Any], float | None]) -> None:
    """Let Hydra do all: show a configuration, complete words, or run a sweep by a plug-in of its own.

    Args:
        arguments: the command line without the program
        job: called with each composed configuration and Hydra's own settings of it

    Raises:
        SettingError: anything that Hydra complains of; what the job raises goes through as it is
    """

    def task(config: DictConfig) -> float | None:
        try:
            return job(config, HydraConfig.get())
        except Exception as error:
            error.add_note(OF_THE_JOB)
            raise

    parser = get_args_parser()
    setbase("1.3")
    # Hydra prints exceptions over several lines unless it is told to let them through.
    before = os.environ.get("HYDRA_FULL_ERROR")
    with told_as_settings():
        os.environ["HYDRA_FULL_ERROR"] = "1"
        try:
            _run_hydra(
                args=parser.parse_args(list(arguments)),
                args_parser=parser,
                task_function=task,
                config_path=str(config_directory()),
                config_name=CONFIG_NAME,
            )
        finally:
            if before is None:
                del os.environ["HYDRA_FULL_ERROR"]
            else:
                os.environ["HYDRA_FULL_ERROR"] = before


@contextlib.contextmanager
def told_as_settings() -> Iterator[None]:
    """Turn what Hydra complains of into a SettingError; put around calls of Hydra and around nothing else."""
    try:
        yield
    except (SettingError, OSError):
        raise
    except Exception as error:
        if os.environ.get("HYDRA_FULL_ERROR") == "1" or OF_THE_JOB in getattr(error, "__notes__", ()):
            raise
        raise unusable(error) from error


def unusable(error: BaseException) -> SettingError:
    """The error for a setting of Hydra's own that composes, but that Hydra cannot work with."""
    key = getattr(error, "full_key", None) or "hydra"
    cause = one_line(str(error.__cause__)) if error.__cause__ and str(error) else ""
    return UnreadableInputError(
        text=key, allowed=f"cannot be used: {_said(error)}" + (f": {cause}" if cause else "")
    )


def reason(error: BaseException) -> str:
    """Why something could not be composed."""
    return f"cannot be composed: {_said(error)}"


def _said(error: BaseException) -> str:
    """What Hydra or OmegaConf says, in one line, with the cause that Hydra keeps for itself."""
    text = one_line(str(error)) or (one_line(str(error.__cause__)) if error.__cause__ else "")
    return text.partition(" full_key:")[0] or type(error).__name__
