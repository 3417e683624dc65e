"""`gradnet_cli.load`: a finished run, read back from its directory."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from omegaconf import OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.report.files.arrays import FILE_NAME as ARRAYS_NAME
from gradnet_cli.report.files.arrays import read_arrays
from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.report.files.names import EDGES, PRUNED
from gradnet_cli.report.files.nodes import FILE_NAME as NODES_NAME
from gradnet_cli.report.files.summary import FILE_NAME as SUMMARY_NAME
from gradnet_cli.result.references import REFERENCES
from gradnet_cli.runs.displayed import DisplayedResult
from gradnet_cli.runs.save import PROBLEM, read_problem
from gradnet_cli.settings.composition import resolve
from gradnet_cli.settings.diagnosis import choices_of
from gradnet_cli.settings.settings import Settings

NUMBERS = ("sense", "score", "bound", "gap", "certified", "updates", "seconds", "stop_reason")
REFERENCE = "score_"  # what the scores of reference networks are called in summary.json


def load(directory: str | Path) -> DisplayedResult:
    """Read what a run has found.

    Args:
        directory: of a run that is done, or one that DisplayedResult.save has written

    Returns:
        the network with its numbers, as optimize gave it

    Raises:
        SettingError: there is no finished run, or its problem cannot be built again: its file is gone, say
    """
    place = Path(directory)
    summary = read_json(place / SUMMARY_NAME)
    if not summary or not (place / EDGES).exists():
        allowed = "must be the directory of a run that is done"
        raise SettingError(setting="load", value=directory, allowed=allowed)
    settings = _settings(place)
    problem = _problem(place, settings)
    weights = read_edges(place / EDGES, problem)
    metrics, references = _sorted(summary.get("metrics") or {})
    course = read_metrics(place)
    pruned = place / PRUNED
    kind = _objective_class(settings)
    return DisplayedResult(
        problem=problem,
        objective=str(summary["objective"]),
        objective_class=kind,
        quantity="" if kind is None else str(getattr(kind, "quantity", "")),
        weights=weights,
        pruned=read_edges(pruned, problem) if pruned.exists() else None,
        **{name: summary[name] for name in NUMBERS},
        metrics=metrics,
        references=references,
        peak_memory_mib=float(summary["peak_memory_mib"]),
        settings=settings,
        node_data=_node_data(place / NODES_NAME, problem),
        arrays=read_arrays(place / ARRAYS_NAME),
        course={name: course[name].to_numpy() for name in course},
    )


def _settings(place: Path) -> Settings | None:
    """The run's settings; None where they are no longer those of this program."""
    path = place / ".hydra" / "config.yaml"
    if not path.exists():
        return None
    hydra = place / ".hydra" / "hydra.yaml"
    choices: dict[str, str] = {}
    if hydra.exists():
        runtime = yaml.safe_load(hydra.read_text(encoding="utf-8"))["hydra"]["runtime"]
        choices = choices_of(runtime.get("choices") or {})
    content = resolve(OmegaConf.create(yaml.safe_load(path.read_text(encoding="utf-8"))))
    with contextlib.suppress(SettingError):
        return Settings.from_mapping(content, choices=choices)
    return None


def _problem(place: Path, settings: Settings | None) -> Problem:
    if (place / PROBLEM).exists():
        return read_problem(place / PROBLEM)
    if settings is None:
        allowed = "has settings of another version of the program: its problem cannot be built again"
        raise SettingError(setting="load", value=place, allowed=allowed)
    hydra = yaml.safe_load((place / ".hydra" / "hydra.yaml").read_text(encoding="utf-8"))
    typed_in = Path(hydra["hydra"]["runtime"].get("cwd", "."))  # relative paths in settings start there
    with contextlib.chdir(typed_in if typed_in.is_dir() else Path.cwd()):
        return build_problem(settings)


def _sorted(numbers: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """The objective's metrics, and the scores of the reference networks."""
    references = {name: numbers[REFERENCE + name] for name in REFERENCES if REFERENCE + name in numbers}
    others = {key: value for key, value in numbers.items() if key.removeprefix(REFERENCE) not in references}
    return others, references


def _objective_class(settings: Settings | None) -> type[Objective] | None:
    if settings is None:
        return None
    with contextlib.suppress(SettingError):
        kind = settings.objective.load()
        return kind if isinstance(kind, type) and issubclass(kind, Objective) else None
    return None


def _node_data(path: Path, problem: Problem) -> dict[str, np.ndarray]:
    """The columns of nodes.csv that the objective has found."""
    known = {"Id", "x", "y", "z", "strength", "out_strength", "in_strength", *problem.mask.node_data}
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return {
        name: _column([row[place] for row in rows]) for place, name in enumerate(header) if name not in known
    }


def _column(cells: list[str]) -> np.ndarray:
    kinds: tuple[Any, ...] = (np.int64, np.float64)
    for kind in kinds:
        with contextlib.suppress(ValueError):
            return np.array(cells, dtype=kind)
    return np.array(cells)
