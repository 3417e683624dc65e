"""What the benchmark ran on: cores, memory, versions, load and dates."""

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path

FILE_NAME = "machine.json"
PACKAGES = ("gradnet-run", "gradnet", "torch", "numpy", "scipy")
_REPORT = """
import importlib.metadata, json, platform, sys
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def machine() -> dict[str, object]:
    """Cores that this process may use, processor, memory and system."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "system": platform.system(),
    }


def versions(python: Path | str) -> dict[str, str]:
    """Versions of Python and of the packages that matter in the environment of an interpreter."""
    done = subprocess.run([str(python), "-c", _REPORT, *PACKAGES], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def moment() -> dict[str, object]:
    """Date and time, and the mean number of processes that wanted to run in the last minute."""
    now = datetime.datetime.now(datetime.UTC)
    return {"time": now.strftime("%Y-%m-%d %H:%M UTC"), "load": round(os.getloadavg()[0], 2)}


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()
