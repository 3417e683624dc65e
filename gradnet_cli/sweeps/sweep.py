"""A sweep from its command line to its table: plan, run what is not done yet, sum up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import GradnetError, SettingError
from gradnet_cli.report.files.atomic import write_text
from gradnet_cli.runs.ending import BAD_INPUT, DONE, FAILED, INTERRUPTED, tell
from gradnet_cli.runs.interruption import Interrupted, interruptible
from gradnet_cli.runs.lock import held
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.hydra import overrides_of
from gradnet_cli.sweeps.earlier import Earlier, look, set_aside
from gradnet_cli.sweeps.launchers import choose_launcher
from gradnet_cli.sweeps.plan import Plan, PlannedJob
from gradnet_cli.sweeps.queue import jobs_with_slurm
from gradnet_cli.sweeps.summarize import summarize
from gradnet_cli.sweeps.table import Sweep
from gradnet_cli.sweeps.task import Launcher, Task, has_begun
from gradnet_cli.sweeps.terminal import show_sweep


def run_sweep(composer: Composer, configs: Iterable[DictConfig]) -> int | None:
    """Run the jobs of a sweep and sum them up; the exit status, None where only Hydra can launch them.

    Everything is looked through before anything is written.

    Args:
        configs: the composed configuration of each job

    Raises:
        SettingError: a job's settings cannot be used, or the directory belongs to another sweep
    """
    tasks: list[Task] = []
    for config in configs:
        composed = Composed.check(config)
        if not tasks:
            first, sweep = composed, composed.sweep_directory
        tasks.append(_task(composed, composer, sweep))
    launcher = None if composer.is_drawn else choose_launcher(first, composer)
    settings = first.settings
    if launcher is None:
        if settings.skip_completed:
            allowed = "needs Hydra's basic sweeper, and the launcher basic, joblib or cluster=slurm"
            raise SettingError(setting="skip_completed", value=True, allowed=allowed)
        for setting, jobs in composer.partial.items():
            allowed = (
                f"is a setting of {jobs} of {len(tasks)} jobs: Hydra's own launchers want it in all of them"
            )
            raise SettingError(setting=setting, value="...", allowed=allowed)
        return None
    _refuse_twins(tasks)
    recorded = OmegaConf.to_yaml(composer.sweep())
    taken = "is in use by another sweep; choose another directory, or wait"
    with held(sweep, setting="hydra.sweep.dir", allowed=taken):
        if not settings.skip_completed:
            _refuse_used(tasks)
        unfinished = _unfinished(tasks, sweep) if settings.skip_completed else tasks
        Plan(command=composer.line.text, jobs=tuple(task.job for task in tasks)).write(sweep)
        write_text(sweep / "multirun.yaml", recorded)
        for setting, jobs in composer.partial.items():
            print(f"{setting} is a setting of {jobs} of {len(tasks)} jobs", flush=True)
        sum_up = partial(summarize, sweep, report=settings.report)
        return _run(launcher, unfinished, sum_up)


def _run(launcher: Launcher, tasks: Sequence[Task], sum_up: Callable[[], Sweep]) -> int:
    exit_statuses: list[int] = []
    try:
        with interruptible():
            for _, outcome in launcher(tasks):
                exit_statuses.append(outcome.exit_status)
    except Interrupted as signal:
        tell(f"interrupted by {signal}; the same command with skip_completed=true runs what is missing")
        show_sweep(sum_up())
        return INTERRUPTED
    except GradnetError as error:  # the launcher: Slurm refuses the jobs, say
        tell(str(error))
        exit_statuses.append(FAILED)
    summary = sum_up()
    show_sweep(summary)
    if exit_statuses and set(exit_statuses) == {BAD_INPUT}:
        return BAD_INPUT
    return FAILED if summary.unsuccessful or FAILED in exit_statuses else DONE


def _task(composed: Composed, composer: Composer, sweep: Path) -> Task:
    task = tuple(overrides_of(composed.config))
    return Task(
        line=composer.line,
        cwd=str(Path.cwd()),
        sweep=sweep,
        number=composed.config.hydra.job.num,
        job=PlannedJob(name=composed.job_name, overrides=task),
        overrides=(*overrides_of(composed.config, "hydra"), *task),
    )


def _refuse_twins(tasks: Sequence[Task]) -> None:
    """Two jobs never share a directory."""
    seen: dict[str, Task] = {}
    for task in tasks:
        twin = seen.setdefault(str(Path(task.job.name)), task)
        if twin is not task:
            allowed = f"gives jobs {twin.number} and {task.number} the same directory"
            raise SettingError(setting="hydra.sweep.subdir", value=task.job.name, allowed=allowed)


def _refuse_used(tasks: Sequence[Task]) -> None:
    for task in tasks:
        if has_begun(task):
            raise SettingError(
                setting="hydra.sweep.dir",
                value=task.sweep,
                allowed="holds jobs already; skip_completed=true runs those that are missing",
            )


def _unfinished(tasks: Sequence[Task], sweep: Path) -> list[Task]:
    """The jobs to be run: those that stopped go on from their checkpoint, or are set aside to begin anew."""
    queued = jobs_with_slurm(sweep)
    # All are looked at, and may be refused, before anything is moved.
    found = [
        (task, Earlier.ELSEWHERE if task.job.name in queued else look(sweep, task.job)) for task in tasks
    ]
    count = Counter(earlier for _, earlier in found)
    for earlier, words in ((Earlier.DONE, "are done already"), (Earlier.ELSEWHERE, "wait or run elsewhere")):
        if count[earlier]:
            print(f"{count[earlier]} of {len(tasks)} jobs {words}", flush=True)
    unfinished = []
    for task, earlier in found:
        if earlier is Earlier.ENDED:
            set_aside(sweep, task.job)
        if earlier not in (Earlier.DONE, Earlier.ELSEWHERE):
            unfinished.append(replace(task, resumed=earlier is Earlier.STOPPED))
    return unfinished
