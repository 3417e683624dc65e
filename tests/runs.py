"""Whole runs within the test's process, from overrides to a result."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf, open_dict

from gradnet_cli.problem import Problem
from gradnet_cli.result import Result
from gradnet_cli.runs.job import build_problem
from gradnet_cli.settings.catalog import config_directory

QUIET = ("figures=false", "trainer.progress=none", "trainer.threads=1")


def composed(*overrides: str) -> DictConfig:
    """The configuration of a run without figures and progress."""
    return deepcopy(_composed(*overrides))


@cache  # for it takes a quarter of a second
def _composed(*overrides: str) -> DictConfig:
    with initialize_config_dir(str(config_directory()), version_base="1.3"):
        return compose("config", [*QUIET, *overrides])


def problem_of(config: DictConfig) -> Problem:
    """The problem that a configuration describes, checked against its objective."""
    settings = OmegaConf.to_container(config, resolve=True)
    assert isinstance(settings, dict)
    return build_problem(settings)


def run(directory: Path, *overrides: str, objective: Mapping[str, Any] | None = None) -> Result:
    """Run a configuration in a directory.

    Arguments:
        objective: settings of an objective that no YAML file names, in place of the one composed
    """
    config = composed(*overrides)
    if objective is not None:
        with open_dict(config):
            config.objective = objective
    return execute(config, problem_of(config), directory)


def execute(config: DictConfig, problem: Problem, directory: Path) -> Result:
    """Train and report."""
    from gradnet_cli.runs.execute import execute

    directory.mkdir(parents=True, exist_ok=True)
    return execute(config, problem, directory)


def choices(group: str) -> Sequence[str]:
    """The YAML files of a group, found by globbing."""
    found = sorted(path.stem for path in (config_directory() / group).glob("*.yaml"))
    assert found, f"conf/{group} is empty"
    return found
