"""How the jobs of a sweep are run: one after another, side by side on this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradnet_cli.errors import SettingError
from gradnet_cli.runs.ending import Ending
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.hydra import BASIC_LAUNCHER, JOBLIB_LAUNCHER
from gradnet_cli.sweeps.task import Launcher, Task, run_here


def choose_launcher(first: Composed, composer: Composer) -> Launcher | None:
    """The launcher that a configuration asks for; None for one of Hydra's that only Hydra knows.

    Args:
        first: the configuration of the first job

    Raises:
        SettingError: two are asked for, or what one needs is not there
    """
    from gradnet_cli.sweeps.slurm import on_slurm
    from gradnet_cli.sweeps.workers import side_by_side

    target = str(first.config.hydra.launcher._target_).rpartition(".")[2]
    settings = first.settings
    if settings.cluster is not None:
        if settings.launcher.side_by_side or target != BASIC_LAUNCHER:
            allowed = "runs jobs on this machine, and cluster=slurm on a cluster; leave one out"
            raise SettingError(setting="launcher", value="joblib", allowed=allowed)
        assert settings.resources is not None
        return on_slurm(settings.cluster, settings.resources)
    if settings.launcher.side_by_side:
        return side_by_side(settings.launcher.workers)
    if target == JOBLIB_LAUNCHER:
        return side_by_side(first.config.hydra.launcher.n_jobs)
    return one_after_another(composer) if target == BASIC_LAUNCHER else None


def one_after_another(composer: Composer) -> Launcher:
    """In this process."""

    def launch(tasks: Sequence[Task]) -> Iterable[tuple[Task, Ending]]:
        for task in tasks:
            print(task.title, flush=True)
            yield task, run_here(task, composer)

    return launch
