"""Jobs as one array of a Slurm cluster, sent by submitit.

What became of a job is read from its own files, and whether it still waits or runs from `squeue`: Slurm
itself calls a job completed whose run failed, and its accounts may be switched off.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

from gradnet_cli.errors import GradnetError, SettingError, one_line
from gradnet_cli.report.files.states import END_STATES, State
from gradnet_cli.runs.ending import DONE, FAILED, Ending, tell
from gradnet_cli.runs.interruption import Interrupted
from gradnet_cli.runs.liveness import queued_jobs
from gradnet_cli.settings.sections import Cluster, Resources
from gradnet_cli.sweeps.queue import FOLDER, record_sent
from gradnet_cli.sweeps.table import read_job
from gradnet_cli.sweeps.task import Launcher, Task, run_apart
from gradnet_cli.sweeps.terminal import job_line

FIRST_LOOK, LONGEST_PAUSE = 1.0, 15.0  # seconds between looks at the queue
FILES_ARRIVE = 5.0  # seconds that a job's files may take to reach this machine


def on_slurm(cluster: Cluster, resources: Resources) -> Launcher:
    """A launcher that sends all jobs at once and waits for them.

    Raises:
        SettingError: no submitit, or no Slurm on this machine
    """
    asked = parameters(cluster, resources)
    try:
        import submitit
    except ImportError:
        raise _unusable(
            "needs submitit, which is not installed: pip install 'gradnet-run[launchers]'"
        ) from None
    if shutil.which("sbatch") is None or shutil.which("squeue") is None:
        raise _unusable("must be called where Slurm is: there is no sbatch and squeue on this machine")

    def launch(tasks: Sequence[Task]) -> Iterator[tuple[Task, Ending]]:
        if not tasks:
            return
        folder = tasks[0].sweep / FOLDER
        executor = submitit.SlurmExecutor(folder=folder)
        executor.update_parameters(**asked)
        try:
            jobs = executor.map_array(run_on_node, tasks)
        except submitit.core.utils.FailedJobError as error:
            raise GradnetError(f"Slurm refuses the jobs: {one_line(str(error))}") from error
        queue = {str(job.job_id): task for job, task in zip(jobs, tasks, strict=True)}
        record_sent(tasks[0].sweep, {task.job.name: job for job, task in queue.items()})
        array = next(iter(queue)).partition("_")[0]
        print(f"Slurm has them as job {array}: {len(tasks)} to run", flush=True)
        try:
            yield from _wait(queue)
        except Interrupted:
            tell(f"the jobs stay with Slurm; scancel {array} ends them")
            raise

    return launch


def parameters(cluster: Cluster, resources: Resources) -> dict[str, Any]:
    """What submitit is told."""
    memory = resources.memory
    asked = {
        "job_name": "gradnet-run",
        "time": resources.time,
        "mem": None if memory is None else f"{round(1024 * memory)}M",
        "cpus_per_task": resources.cpus,
        "gpus_per_node": resources.gpus or None,
        "partition": cluster.partition,
        "account": cluster.account,
        "array_parallelism": cluster.parallel,
        "setup": list(cluster.setup) or None,
        "additional_parameters": dict(cluster.options) or None,
    }
    return {name: value for name, value in asked.items() if value is not None}


def run_on_node(task: Task) -> Ending:
    """Run a job where Slurm has put it. The time that is up interrupts it, so that it can be resumed."""
    signal.signal(signal.SIGUSR2, _time_is_up)
    return run_apart(task)


def _wait(queue: dict[str, Task]) -> Iterator[tuple[Task, Ending]]:
    """Yield jobs as they leave the queue."""
    pause = FIRST_LOOK
    left: dict[str, float] = {}  # when a job was first missed in the queue
    while queue:
        time.sleep(pause)
        queued = queued_jobs()
        now = time.monotonic()
        for job, task in list(queue.items()):
            if queued is None or job in queued:
                left.pop(job, None)
                continue
            row, _ = read_job(task.sweep, task.job.name)
            ended = row["state"] in END_STATES
            if not ended and now - left.setdefault(job, now) < FILES_ARRIVE:
                continue
            del queue[job]
            pause = FIRST_LOOK
            print(job_line(task), flush=True)
            exit_status = DONE if row["state"] == State.DONE else FAILED
            yield task, Ending(state=row["state"], exit_status=exit_status, score=row["score"])
        pause = min(1.3 * pause, LONGEST_PAUSE)


def _time_is_up(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _unusable(allowed: str) -> SettingError:
    return SettingError(setting="cluster", value="slurm", allowed=allowed)
