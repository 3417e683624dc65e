"""Whether a process that left its name in a file is alive: on this machine, or as a job of Slurm."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psutil

from gradnet_cli.runs.programs import answer

FRESH_SECONDS = 10.0  # how long Slurm's answer is good for
# Between two measurements of the same process's start. They miss each other where the clock is set meanwhile;
# numbers of processes are used again much later.
SAME_START = 2.0


def this_process() -> dict[str, Any]:
    """What tells this process from all others.

    Returns:
        host; pid; after_boot, the seconds from the machine's start to the process's, which unlike the time of
        day no setting of the clock changes; slurm_job, None outside of Slurm
    """
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "after_boot": round(_after_boot(psutil.Process()), 3),
        "slurm_job": _slurm_job(),
    }


def is_alive(process: Mapping[str, Any]) -> bool | None:
    """Whether the process that `this_process` described is alive; None where it cannot be known from here."""
    if process.get("host") == socket.gethostname():
        return _runs_here(process)
    job = process.get("slurm_job")
    queued = _recently_queued(int(time.monotonic() // FRESH_SECONDS)) if job else None
    return None if queued is None else job in queued


def _runs_here(process: Mapping[str, Any]) -> bool | None:
    pid = process.get("pid")
    if not isinstance(pid, int) or pid <= 0:
        return None
    try:
        found = psutil.Process(pid)
        if found.status() == psutil.STATUS_ZOMBIE:
            return False
        recorded = _recorded_start(process)
        return recorded is None or abs(recorded - _after_boot(found)) < SAME_START
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True  # it runs, and belongs to somebody else


def _after_boot(process: psutil.Process) -> float:
    boot = psutil.boot_time()  # first: some versions of psutil count from the boot time that was read last
    return float(process.create_time() - boot)


def _recorded_start(process: Mapping[str, Any]) -> float | None:
    """The seconds after boot at which a recorded process began; None where that was not recorded."""
    seconds, ticks = process.get("after_boot"), process.get("began")
    if isinstance(seconds, int | float):
        return seconds
    # Records of earlier versions have the clock ticks that Linux counts from its start.
    return ticks / os.sysconf("SC_CLK_TCK") if isinstance(ticks, int) else None


def _slurm_job() -> str | None:
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID")


@lru_cache(maxsize=1)  # asked once for all jobs of a sweep
def _recently_queued(_moment: int) -> Mapping[str, str] | None:
    return queued_jobs()


def queued_jobs() -> dict[str, str] | None:
    """What Slurm says of each job that it has, by Slurm's name: PENDING, RUNNING and the like.

    Returns:
        None where Slurm does not answer
    """
    told = answer("squeue", "--noheader", "--array", "--format=%i %T", seconds=20)
    return None if told is None else dict(line.split(maxsplit=1) for line in told.splitlines() if line)
