"""Run a command; note its time and memory."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

FILE_NAME = "command.json"


def measure(command: Sequence[str], *, shown: str, directory: Path, limit: float) -> dict[str, object]:
    """Run `command` to its end, or kill it after `limit` seconds; leave `command.json` and `output.log`.

    The record holds `command` (`shown`: the command without paths of this machine), `seconds` of the clock
    for the whole process, `cpu_seconds` of the processors, `peak_memory_mib`, its largest resident memory as
    the system counted it, `status`, its exit status, and `error`, the last line it wrote when that is not 0.
    """
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "output.log"
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        stop = threading.Timer(limit, process.kill)
        stop.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        finally:
            stop.cancel()
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_text(errors="replace").split("\n")
    error = None if process.returncode == 0 else next((line for line in said[::-1] if line), "")
    if seconds >= limit:
        error = f"not over after {limit:.0f} s"
    unit = 2**20 if sys.platform == "darwin" else 2**10  # of ru_maxrss: bytes there, KiB on Linux
    record = {
        "command": shown,
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_memory_mib": usage.ru_maxrss / unit,
        "status": process.returncode,
        "error": error,
    }
    (directory / FILE_NAME).write_text(json.dumps(record, indent=2) + "\n")
    return record
