"""Directories of jobs as runs leave them, without the runs."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradnet_cli.runs.liveness import this_process


def write_job(
    run: Path, *, overrides: Sequence[str], state: str = "done", score: float = 1.0, **status: Any
) -> None:
    """What a job leaves that ended in a state."""
    (run / ".hydra").mkdir(parents=True)
    (run / ".hydra" / "overrides.yaml").write_text("".join(f"- {text}\n" for text in overrides))
    (run / ".hydra" / "config.yaml").write_text("seed: 7\nstop: {gap: 0.5}\n")
    content = {"state": state, "seconds": 1.5, "error": None, "process": this_process(), **status}
    (run / "status.json").write_text(json.dumps(content))
    if state == "done":
        summary = {"objective": "thing", "sense": "maximize", "score": score, "bound": 2.0, "gap": 0.5}
        (run / "summary.json").write_text(json.dumps(summary))


def dead_process() -> dict[str, Any]:
    """A process of this machine that has ended."""
    code = (
        "import json; from gradnet_cli.runs.liveness import this_process; print(json.dumps(this_process()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
