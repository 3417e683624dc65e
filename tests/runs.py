"""Whole runs within the test's process, from overrides to a result."""

import atexit
import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from omegaconf import DictConfig, open_dict

from gradnet_cli.problem import Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.result import Result
from gradnet_cli.runs.recorded import Resumption
from gradnet_cli.settings.catalog import config_directory
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.settings import Settings

QUIET = ("figures=false", "trainer.progress=none", "trainer.threads=1")


def composed(*overrides: str) -> DictConfig:
    """The configuration of a run without figures and progress.

    Data that do not come with the program are taken from the folder GRADNET_GNN; where that is not told, an
    experiment with such data gets generated ones.
    """
    config = deepcopy(_composed(*overrides))
    if config.get("data") is not None and "path" in config.data and config.data.path is None:
        place = os.environ.get("GRADNET_GNN")
        with open_dict(config):
            if place is not None:
                config.data.path = place
            elif any(override.startswith("experiment=") for override in overrides):
                config.data = deepcopy(_generated(config))
    return config


def data_overrides(*overrides: str) -> tuple[str, ...]:
    """What a command needs to learn from the same data as `composed`; nothing where they are generated."""
    if "path" not in (_composed(*overrides).get("data") or ()):
        return ()
    data = composed(*overrides).data
    if "path" not in data:
        return ("data=homophily", "data.size=60")
    return ("data=graphs", f"data.path={data.path}", f"data.split={data.split}")


def _generated(config: DictConfig) -> Any:
    """The group `data` with generated data that have the form that an experiment asks for."""
    if not config.objective["_target_"].endswith("GraphClassification"):
        return _composed("data=homophily", "data.size=60").data
    file = _written_graphs(config.layers[0], edge_columns=max([-1, *config.objective.signed]) + 1)
    return _composed("data=graphs", f"data.path={file}").data


@cache
def _written_graphs(kinds: int, *, edge_columns: int) -> Path:
    """A file with rings of two classes, whose nodes are of so many kinds; it is there until tests end."""
    sizes = np.arange(20) % 5 + kinds + 1
    begins = np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = np.arange(sizes.sum()) - begins
    edges = np.stack([begins + place, begins + (place + 1) % np.repeat(sizes, sizes)])
    attributes = np.random.default_rng(0).normal(size=(edges.shape[1], edge_columns)).astype(np.float32)
    folder = Path(mkdtemp())
    atexit.register(rmtree, folder, ignore_errors=True)
    np.savez(
        folder / "rings.npz",
        graph_sizes=sizes,
        edge_index=edges,
        y=np.arange(20) % 2,
        node_label=place % kinds,
        **({"edge_attr": attributes} if edge_columns else {}),
    )
    return folder / "rings.npz"


@cache  # for it takes a quarter of a second, or a tenth of that where only plain values are others
def _composed(*overrides: str) -> DictConfig:
    return _composer().compose([*QUIET, *overrides])


@cache
def _composer() -> Composer:
    with Composer(CommandLine()) as composer:  # it needs Hydra's global state for being set up alone
        return composer


def settings_of(config: DictConfig) -> Settings:
    """A configuration, checked."""
    return Composed.check(config).settings


def settings(*overrides: str) -> Settings:
    """The settings of a run without figures and progress."""
    return settings_of(composed(*overrides))


def problem_of(config: DictConfig) -> Problem:
    """The problem that a configuration describes."""
    return build_problem(settings_of(config))


def run(directory: Path, *overrides: str, objective: Mapping[str, Any] | None = None) -> Result:
    """Run a configuration in a directory.

    Args:
        objective: settings of an objective that no YAML file names, in place of the one composed
    """
    config = composed(*overrides)
    if objective is not None:
        with open_dict(config):
            config.objective = objective
    chosen = settings_of(config)
    return _run(chosen, build_problem(chosen), directory)


def execute(
    config: DictConfig, problem: Problem, directory: Path, *, resumption: Resumption | None = None
) -> Result:
    """Train and report."""
    return _run(settings_of(config), problem, directory, resumption)


def _run(chosen: Settings, problem: Problem, directory: Path, resumption: Resumption | None = None) -> Result:
    from gradnet_cli.runs.run import run_in

    directory.mkdir(parents=True, exist_ok=True)
    return run_in(directory, problem, chosen, command="gradnet-run", resumption=resumption)


def choices(group: str) -> Sequence[str]:
    """The YAML files of a group, found by globbing."""
    found = sorted(path.stem for path in (config_directory() / group).glob("*.yaml"))
    assert found, f"conf/{group} is empty"
    return found
