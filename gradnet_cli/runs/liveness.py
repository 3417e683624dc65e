"""Whether a process that left its name in a file is alive: on this machine, or as a job of Slurm."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FRESH_SECONDS = 10.0  # how long Slurm's answer is good for


def this_process() -> dict[str, Any]:
    """What tells this process from all others: host, pid, the kernel's time of its start, Slurm's job."""
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "began": _began(os.getpid()),
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
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs, and belongs to somebody else
    except OverflowError:
        return None
    began = _began(pid)  # numbers of processes are used again
    return began is None or process.get("began") in (None, began)


def _began(pid: int) -> int | None:
    """Clock ticks from the machine's start to the process's, or None where there is no /proc, or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return -1 if fields[0] == "Z" else int(fields[19])


def _slurm_job() -> str | None:
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID")


@lru_cache(maxsize=1)  # asked once for all jobs of a sweep
def _recently_queued(_moment: int) -> frozenset[str] | None:
    return queued_jobs()


def queued_jobs() -> frozenset[str] | None:
    """The jobs that wait or run, as Slurm names them; None where it does not answer."""
    command = shutil.which("squeue")
    if command is None:
        return None
    try:
        done = subprocess.run(
            [command, "--noheader", "--array", "--format=%i"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return frozenset(done.stdout.split())
