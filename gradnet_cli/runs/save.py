"""A result of Python's written as a run, and the problem that came from no configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from gradnet_cli import report
from gradnet_cli.problem import Budget, Mask, Problem, Signs
from gradnet_cli.report.files.atomic import replacing, write_text
from gradnet_cli.report.files.metrics import COLUMNS, MetricsWriter
from gradnet_cli.report.files.names import PRUNED
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.manifest import write_manifest
from gradnet_cli.runs.status import Status
from gradnet_cli.settings.settings import Settings

if TYPE_CHECKING:
    from gradnet_cli.result import Result

PROBLEM = "problem.npz"  # of a saved result alone: runs have a configuration to build it from
ARRAYS = ("edge_index", "cost", "base")
OPTIONAL = ("positions", "labels")


def save(result: Result, directory: Path) -> Path:
    """Write the files of a run, problem.npz beside them, into a directory of its own.

    Raises:
        SettingError: the directory holds a run already
    """
    status = Status.claim(directory)
    settings = result.settings
    write_problem(directory / PROBLEM, result.problem)
    if settings is not None:
        place = directory / ".hydra"
        place.mkdir(exist_ok=True)
        write_text(place / "config.yaml", yaml.safe_dump(_plain(settings), sort_keys=False))
        write_manifest(
            directory,
            command="gradnet_cli.optimize(...)",
            seed=settings.seed,
            device="cpu",
            threads=settings.trainer.threads or 1,
            dtype=settings.dtype,
        )
    write_course(directory, result)
    if result.pruned is not None:
        report.record_edges(result.problem, result.pruned, directory, name=PRUNED)
    report.write(result, directory)
    status.finish(state=State.DONE)
    from gradnet_cli.report.html import write_run_report

    write_run_report(directory)
    return directory


def write_course(directory: Path, result: Result) -> None:
    """Write metrics.csv of the course of training that a result has."""
    course = {name: values.tolist() for name, values in result.course.items()}
    with MetricsWriter(directory=directory) as writer:
        for row in zip(*course.values(), strict=True):
            cells: dict[str, Any] = {
                name: None if value != value else value for name, value in zip(course, row, strict=True)
            }
            step, seconds, score, bound, gap = (cells.pop(name, None) for name in COLUMNS)
            writer.append(step=step, seconds=seconds, score=score, bound=bound, gap=gap, metrics=cells)


def write_problem(path: Path, problem: Problem) -> None:
    """Write a problem as plain arrays, whole or not at all."""
    mask, budget, signs = problem.mask, problem.budget, problem.signs
    arrays: dict[str, Any] = {name: getattr(mask, name) for name in ARRAYS}
    arrays |= {name: getattr(mask, name) for name in OPTIONAL if getattr(mask, name) is not None}
    arrays |= {f"node_data/{name}": np.asarray(column) for name, column in mask.node_data.items()}
    if mask.shape is not None:
        arrays["shape"] = np.array(mask.shape)
    value = np.nan if budget.value is None else budget.value
    arrays |= {
        "name": np.array(mask.name),
        "nodes": np.array(mask.nodes),
        "directed": np.array(mask.directed),
        "budget": np.array([budget.kind, budget.rule]),
        "budget_numbers": np.array([value, budget.p]),
        "signs": np.array([signs.change, signs.result]),
    }
    with replacing(path) as beside:
        np.savez_compressed(beside, allow_pickle=False, **arrays)


def read_problem(path: Path) -> Problem:
    """Read a problem back."""
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    value, p = arrays["budget_numbers"].tolist()
    kind, rule = arrays["budget"].tolist()
    change, result = arrays["signs"].tolist()
    prefix = "node_data/"
    mask = Mask(
        name=str(arrays["name"]),
        nodes=int(arrays["nodes"]),
        directed=bool(arrays["directed"]),
        edge_index=arrays["edge_index"],
        cost=arrays["cost"],
        base=arrays["base"],
        positions=arrays.get("positions"),
        labels=arrays.get("labels"),
        shape=tuple(arrays["shape"].tolist()) if "shape" in arrays else None,
        node_data={key.removeprefix(prefix): arrays[key] for key in arrays if key.startswith(prefix)},
    )
    return Problem.build(
        mask=mask,
        budget=Budget(kind=kind, value=None if np.isnan(value) else value, rule=rule, p=p),
        signs=Signs(change=change, result=result),
    )


def _plain(settings: Settings) -> dict[str, Any]:
    """The record of the settings in values that YAML knows; anything else by its name."""
    known = str | int | float | bool | None

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return value if isinstance(value, known) else getattr(value, "__name__", str(value))

    found: dict[str, Any] = plain(settings.to_mapping())
    return found
