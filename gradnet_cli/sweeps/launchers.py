"""How the jobs of a sweep are run: one after another, side by side on this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from omegaconf import DictConfig

from gradnet_cli.composition import Composer
from gradnet_cli.job import Outcome
from gradnet_cli.sweeps.task import Task, run_here
from gradnet_cli.values import integer

Launcher = Callable[[Sequence[Task]], Iterable[tuple[Task, Outcome]]]

BASIC = "BasicLauncher"
JOBLIB = "JoblibLauncher"


def choose_launcher(config: DictConfig, composer: Composer) -> Launcher | None:
    """The launcher that a configuration asks for; None for one of Hydra's that only Hydra knows.

    Errors:
        SettingError: what it needs is not installed
    """
    from gradnet_cli.sweeps.workers import side_by_side

    target = str(config.hydra.launcher._target_).rpartition(".")[2]
    own = config.get("launcher")
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
