"""How the jobs of a sweep are run: one after another, side by side on this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.runs.job import Outcome
from gradnet_cli.settings.composition import Composer
from gradnet_cli.settings.values import integer
from gradnet_cli.sweeps.task import Launcher, Task, run_here

BASIC = "BasicLauncher"
JOBLIB = "JoblibLauncher"


def choose_launcher(config: DictConfig, composer: Composer) -> Launcher | None:
    """The launcher that a configuration asks for; None for one of Hydra's that only Hydra knows.

    Errors:
        SettingError: two are asked for, or what one needs is not there
    """
    from gradnet_cli.sweeps.slurm import on_slurm
    from gradnet_cli.sweeps.workers import side_by_side

    target = str(config.hydra.launcher._target_).rpartition(".")[2]
    own = config.get("launcher")
    if config.get("cluster"):
        if own or target != BASIC:
            allowed = "runs jobs on this machine, and cluster=slurm on a cluster; leave one out"
            raise SettingError(setting="launcher", value="joblib", allowed=allowed)
        return on_slurm(_plain(config.cluster), _plain(config.resources))
    if own and "workers" in own:
        if own.workers is not None:
            integer(setting="launcher.workers", value=own.workers, minimum=1)
        return side_by_side(own.workers)
    if target == JOBLIB:
        return side_by_side(config.hydra.launcher.n_jobs)
    return one_after_another(composer) if target == BASIC else None


def one_after_another(composer: Composer) -> Launcher:
    """In this process."""

    def launch(tasks: Sequence[Task]) -> Iterable[tuple[Task, Outcome]]:
        for task in tasks:
            print(task.title, flush=True)
            yield task, run_here(task, composer)

    return launch


def _plain(group: DictConfig) -> dict[str, Any]:
    settings = OmegaConf.to_container(group, resolve=True)
    return {str(key): value for key, value in settings.items()} if isinstance(settings, dict) else {}
