"""Run directories: each belongs to one run, and bad input leaves none behind."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import SettingError

if TYPE_CHECKING:
    from gradnet_cli.runs.status import Status


def run_directory(config: DictConfig) -> Path:
    """Where this configuration would write now; the run itself may put a later time into the name."""
    HydraConfig.instance().set_config(config)
    return Path(str(OmegaConf.select(config, "hydra.run.dir")))


def sweep_directory(config: DictConfig) -> tuple[Path, str]:
    """Where this configuration would write as a job of a sweep: the sweep's directory, and the job's name."""
    HydraConfig.instance().set_config(config)
    sweep, name = (str(OmegaConf.select(config, f"hydra.sweep.{key}")) for key in ("dir", "subdir"))
    return Path(sweep), name


def refuse_used(directory: Path) -> None:
    """Raise SettingError where a directory holds a run already, finished or not, or no name of one."""
    try:
        exists = directory.exists()
    except OSError as error:  # a name too long, say
        allowed = f"cannot be used: {error.strerror}"
        raise SettingError(setting="hydra.run.dir", value=directory, allowed=allowed) from error
    if exists:
        from gradnet_cli.runs.status import FILE_NAME

        if (directory / FILE_NAME).exists():
            raise _used(directory)


def claim(directory: Path) -> Status:
    """Begin a run in a directory, which is made if missing; of several runs that try at once, one succeeds.

    Errors:
        SettingError: the directory holds a run already, finished or not
    """
    from gradnet_cli.runs.status import Status

    directory.mkdir(parents=True, exist_ok=True)
    status = Status(directory=directory)
    try:
        status.begin(exclusive=True)
    except FileExistsError:
        raise _used(directory) from None
    return status


def _used(directory: Path) -> SettingError:
    return SettingError(
        setting="hydra.run.dir",
        value=directory,
        allowed="holds a run already; choose another directory, or move that run away",
    )


def existing_parent(directory: Path) -> Path:
    """The nearest directory above that exists."""
    return next(parent for parent in directory.absolute().parents if parent.exists())


def discard(directory: Path, *, back_to: Path) -> None:
    """Remove a run's directory and the empty parents that were made for it, up to `back_to`, which stays."""
    shutil.rmtree(directory)
    parent = directory.parent
    while parent != back_to and back_to in parent.parents and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent
