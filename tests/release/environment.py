"""An environment with nothing but what `pip install` of the built wheel brings, and one's work in it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.readme import PROJECT

PYTHON = os.environ.get("GRADNET_PYTHON", sys.executable)
"""The Python that the environment is made with."""
PATIENCE = 600
"""Seconds that a command may take, on a machine that is busy."""
_READER = """
import json, sys
names = {"__name__": "page"}
sys.path.insert(0, "")
for line in sys.stdin:
    try:
        exec(compile(json.loads(line), "page", "exec"), names)
        print("\\n<done>", flush=True)
    except BaseException as error:
        print(f"\\n<{type(error).__name__}: {error}>", flush=True)
"""


class Environment:
    """Its commands, as a newcomer types them: no checkout on the path, no package but the installed ones."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        subprocess.run([PYTHON, "-m", "venv", directory], check=True)

    @property
    def python(self) -> Path:
        return self.directory / "bin" / "python"

    def install(self, *what: str | Path) -> None:
        """Install as the README says, or further."""
        command = [
            self.python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--constraint",
            PROJECT / "constraints.txt",
        ]
        subprocess.run([*command, *what], check=True, capture_output=True)

    @property
    def variables(self) -> dict[str, str]:
        """Of the shell that one types in, the environment activated."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
        path = os.pathsep.join([str(self.directory / "bin"), os.environ["PATH"]])
        return {**kept, "PATH": path, "VIRTUAL_ENV": str(self.directory), "OMP_NUM_THREADS": "1"}

    def run(self, line: str, *, here: Path) -> subprocess.CompletedProcess[str]:
        """Type a line into a shell."""
        return subprocess.run(
            ["bash", "-c", line],
            cwd=here,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


class Interpreter:
    """A Python of the environment that blocks of code are typed into, one after another."""

    def __init__(self, environment: Environment, *, here: Path) -> None:
        self._process = subprocess.Popen(
            [environment.python, "-c", _READER],
            cwd=here,
            env={**environment.variables, "MPLBACKEND": "agg"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, block: str) -> str:
        """What a block prints; its last line is `<done>`, or names the error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(block) + "\n")
        self._process.stdin.flush()
        printed = []
        for line in self._process.stdout:
            printed.append(line)
            if line.startswith("<"):
                break
        return "".join(printed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()
