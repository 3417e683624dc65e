"""manifest.json: what is needed to repeat a run."""

import importlib.metadata
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import gradnet_cli
from gradnet_cli.report.files.atomic import write_json
from gradnet_cli.report.files.names import MANIFEST
from gradnet_cli.runs.programs import answer

PACKAGES = (
    "gradnet-run",
    "torch",
    "lightning",
    "hydra-core",
    "omegaconf",
    "numpy",
    "scipy",
    "pyamg",
    "networkx",
    "pandas",
    "matplotlib",
    "rich",
)


def write_manifest(
    directory: Path,
    *,
    seed: int,
    device: str,
    threads: int,
    dtype: str,
    command: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write `manifest.json`: command, seed, device, threads, dtype, data, commit, versions, Python, platform.

    `command` is what was typed. Null stands for what is unknown, such as the commit of a package that was
    installed from a wheel.
    """
    write_json(
        Path(directory) / MANIFEST,
        {
            "command": command,
            "seed": seed,
            "device": device,
            "threads": threads,
            "dtype": dtype,
            **({} if data is None else {"data": dict(data)}),
            "commit": _own_commit(),
            "packages": {name: package_version(name) for name in PACKAGES},
            "python": platform.python_version(),
            "platform": platform.platform(),
        },
    )


@cache  # what a process has imported stays as it is
def _own_commit() -> dict[str, Any] | None:
    return source_commit(Path(gradnet_cli.__file__).parent)


@cache
def package_version(name: str) -> str | None:
    """Installed version of a distribution, or None. Reads metadata only and imports nothing."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def source_commit(package: Path) -> dict[str, Any] | None:
    """Commit {"hash", "modified"} of the source tree that holds `package`, or None.

    A package installed below somebody else's repository is not a part of it: only tracked files count.
    """

    def git(*arguments: str) -> str | None:
        told = answer("git", "-C", str(package), *arguments, seconds=5)
        return None if told is None else told.strip()

    if not git("ls-files", "--error-unmatch", "__init__.py"):
        return None
    commit = git("rev-parse", "HEAD")
    if not commit:
        return None
    changes = git("status", "--porcelain", "--untracked-files=no", "--", ".")
    return {"hash": commit, "modified": bool(changes)}
