"""Jobs side by side on this machine, each in a worker process with its share of the threads.

The processes are joblib's (loky). Each worker is an executor of its own, so that a job which takes its
process down, for want of memory say, takes nothing else with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.ending import FAILED, Ending, tell
from gradnet_cli.sweeps.task import Launcher, Task, has_begun, run_apart
from gradnet_cli.sweeps.terminal import job_line

SUMMARY_MODULES = (
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "jinja2",
    "rich.table",
)
# Read by the libraries of linear algebra, and by torch, when they are loaded.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(workers: int | None) -> Launcher:
    """A launcher with so many workers; one a core for None and -1.

    Raises:
        SettingError: joblib is not installed
    """
    try:
        from joblib.externals import loky
    except ImportError:
        raise SettingError(
            setting="launcher",
            value="joblib",
            allowed="needs joblib, which is not installed: pip install 'gradnet-run[launchers]'",
        ) from None
    asked = cores() if workers in (None, -1) else workers

    def launch(tasks: Sequence[Task]) -> Iterator[tuple[Task, Ending]]:
        count = max(1, min(asked or 1, len(tasks)))
        threads = str(max(1, cores() // count))
        pool = [Worker(loky, environment=dict.fromkeys(THREAD_VARIABLES, threads)) for _ in range(count)]
        waiting = deque(tasks)
        running: dict[Future[Ending], tuple[Worker, Task]] = {}
        retried: set[str] = set()
        Thread(target=_prepare_summary, daemon=True).start()
        try:
            while waiting or running:
                for worker in pool:
                    if worker.idle and waiting:
                        task = waiting.popleft()
                        running[worker.start(task)] = (worker, task)
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    worker, task = running.pop(future)
                    ending = worker.ending(future)
                    if ending is None and not has_begun(task) and task.job.name not in retried:
                        retried.add(task.job.name)  # its process died before it, not of it
                        waiting.appendleft(task)
                        continue
                    if ending is None:
                        tell(f"job {task.job.name}: its process was killed")
                    print(job_line(task), flush=True)
                    yield task, ending or Ending(state=State.KILLED, exit_status=FAILED)
        except BaseException:
            for worker, _ in running.values():
                worker.interrupt()
            wait(running)
            raise
        finally:
            for worker in pool:
                worker.close()

    return launch


class Worker:
    """A process that runs one job after another, and is replaced when it dies."""

    def __init__(self, loky: Any, *, environment: dict[str, str]) -> None:
        self._loky = loky
        self._environment = environment
        self._executor: Any = None
        self.idle = True

    def start(self, task: Task) -> Future[Ending]:
        """Begin a job."""
        if self._executor is None:
            self._executor = self._loky.ProcessPoolExecutor(
                max_workers=1, env=self._environment, initializer=_leave_terminal
            )
        self.idle = False
        future: Future[Ending] = self._executor.submit(_run_quietly, task)
        return future

    def ending(self, future: Future[Ending]) -> Ending | None:
        """How a job ended; None where its process died, and the next one gets a new process."""
        self.idle = True
        try:
            return future.result()
        except BrokenProcessPool:
            self.close()
            return None

    def interrupt(self) -> None:
        """Ask the job to stop and to save what it has."""
        for pid in list(self._executor._processes):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def close(self) -> None:
        """End the process once its job has ended."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)  # idle ones would take a second to leave
            self._executor = None


def _prepare_summary() -> None:
    """Load what the sweep's figures and page will need, while this process has nothing else to do."""
    for name in SUMMARY_MODULES:
        with contextlib.suppress(ImportError):
            import_module(name)


def _leave_terminal() -> None:
    """Ctrl-C is for the sweep, which passes it on once."""
    os.setpgrp()


def _run_quietly(task: Task) -> Ending:
    """Run a job without its progress and panel: those of several jobs would get mixed."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        return run_apart(task)
