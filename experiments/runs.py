"""Reading what runs have left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import OmegaConf

from gradnet_cli.problem import Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.report.files.edges import FILE_NAME, read_edges
from gradnet_cli.settings.settings import Settings


def summary(directory: Path) -> dict[str, Any]:
    """The content of summary.json."""
    content: dict[str, Any] = json.loads((directory / "summary.json").read_text(encoding="utf-8"))
    return content


def problem_of(directory: Path) -> Problem:
    """The problem that a run has solved, built again from its configuration."""
    return build_problem(settings_of(directory))


def settings_of(directory: Path) -> Settings:
    """The settings of a run, from its recorded configuration."""
    content = OmegaConf.to_container(OmegaConf.load(directory / ".hydra" / "config.yaml"), resolve=True)
    return Settings.from_mapping(content)


def weights_of(directory: Path, problem: Problem) -> np.ndarray:
    """The weights (E,) of edges.csv on the mask's edges."""
    return read_edges(directory / FILE_NAME, problem)


def runs_of_sweep(directory: Path) -> list[Path]:
    """The directories of a sweep's runs, by number."""
    return sorted(directory.glob("[0-9]*"), key=lambda path: int(path.name))
