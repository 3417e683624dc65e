"""Finding the studies: every folder of experiments/ with a claims.py is one."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.claims import Claim, Run

EXPERIMENTS = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Study:
    """One folder of experiments/.

    Attributes:
        name: of the folder
        title: first heading of its README
        runs: what is run, by name
        claims: computes the claims from the runs' directories, by the same names
    """

    name: str
    title: str
    runs: Mapping[str, Run]
    claims: Callable[[Mapping[str, Path]], list[Claim]]


def find_studies(*, full: bool) -> list[Study]:
    """All studies by name; the large runs too if full."""
    return [_load(path.parent, full=full) for path in sorted(EXPERIMENTS.glob("*/claims.py"))]


def _load(folder: Path, *, full: bool) -> Study:
    module = importlib.import_module(f"experiments.{folder.name}.claims")
    runs = dict(module.RUNS) | (dict(getattr(module, "FULL", {})) if full else {})
    return Study(name=folder.name, title=_title(folder), runs=runs, claims=module.claims)


def _title(folder: Path) -> str:
    readme = folder / "README.md"
    for line in readme.read_text(encoding="utf-8").splitlines() if readme.exists() else []:
        if line.startswith("# "):
            return line.removeprefix("# ").strip()
    return folder.name
