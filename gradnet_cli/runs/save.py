"""A result of Python's written as a run, and the problem that came from no configuration."""

from __future__ import annotations

import ast
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import yaml

from gradnet_cli import report
from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Budget, Limits, Mask, Problem, Signs
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.report.files.atomic import replacing, write_text
from gradnet_cli.report.files.learned import write_learned
from gradnet_cli.report.files.metrics import COLUMNS, MetricsWriter
from gradnet_cli.report.files.names import LEARNED, PROBLEM, PRUNED
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.manifest import write_manifest
from gradnet_cli.runs.process import ALL_THREADS, ONE_THREAD_EDGES
from gradnet_cli.runs.status import Status
from gradnet_cli.runs.tensors import arrays_of, save_tensors
from gradnet_cli.settings.plugins import LISTED
from gradnet_cli.settings.settings import Settings

if TYPE_CHECKING:
    from gradnet_cli.result import Result

ARRAYS = ("edge_index", "cost", "base")
OPTIONAL = ("positions", "labels")
PAIRS = "pairs/"  # before the names of what tells candidates that are not listed
TUPLES = ("shape", "period")
BEST = Path("checkpoints", "best.pt")


def save(result: Result, directory: Path, *, names: Sequence[Hashable] | None = None) -> Path:
    """Write the files of a run, problem.npz beside them, into a directory of its own.

    Figures and page are left out where the settings say so.

    Args:
        names: what nodes are called, in the types that they have in Python

    Raises:
        SettingError: the directory holds a run already
    """
    try:
        status = Status.claim(directory)
    except SettingError as error:
        raise SettingError(setting="save", value=directory, allowed=error.allowed) from error
    settings = result.settings
    write_problem(directory / PROBLEM, result.problem, names=names)
    if settings is not None:
        place = directory / ".hydra"
        place.mkdir(exist_ok=True)
        write_text(place / "config.yaml", yaml.safe_dump(_plain(_recorded(settings)), sort_keys=False))
        write_manifest(
            directory,
            command="gradnet_cli.optimize(...)",
            seed=settings.seed,
            device=_device(settings),
            threads=_threads(settings, edges=result.problem.edges),
            dtype=settings.dtype,
            data=result.data,
        )
    if result.learned:
        write_learned(directory / LEARNED, arrays_of(result.learned))
    write_course(directory, result)
    write_best(directory / BEST, result)
    if result.pruned is not None:
        report.record_edges(result.problem, result.pruned, directory, name=PRUNED)
    figures, page = (True, True) if settings is None else (settings.figures.draw, settings.report)
    report.write(result, directory, figures=figures, layout=figures or page)
    status.finish(state=State.DONE)
    if page:
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


def write_best(path: Path, result: Result) -> None:
    """Write checkpoints/best.pt as a run does: the network, and what the objective learned with it."""
    path.parent.mkdir(exist_ok=True)
    content = {
        "delta": torch.from_numpy(result.delta),
        "weights": torch.from_numpy(result.weights.copy()),
        "edge_index": torch.from_numpy(result.problem.edge_index),
        "learned": {name: value.cpu() for name, value in result.learned.items()},
        "step": result.step,
        "score": result.score,
    }
    save_tensors(path, content)


def write_problem(path: Path, problem: Problem, *, names: Sequence[Hashable] | None = None) -> None:
    """Write a problem as plain arrays, whole or not at all; names as Python writes them, if it reads them."""
    mask, budget, signs = problem.mask, problem.budget, problem.signs
    arrays: dict[str, Any] = {name: getattr(mask, name) for name in ARRAYS}
    arrays |= {name: getattr(mask, name) for name in OPTIONAL if getattr(mask, name) is not None}
    arrays |= {f"node_data/{name}": np.asarray(column) for name, column in mask.node_data.items()}
    arrays |= {f"edge_data/{name}": np.asarray(column) for name, column in mask.edge_data.items()}
    arrays |= {name: np.array(getattr(mask, name)) for name in TUPLES if getattr(mask, name) is not None}
    value = np.nan if budget.value is None else budget.value
    arrays |= {
        "name": np.array(mask.name),
        "nodes": np.array(mask.nodes),
        "directed": np.array(mask.directed),
        "schematic": np.array(mask.schematic),
        "budget": np.array([budget.kind, budget.rule]),
        "budget_numbers": np.array([value, budget.p, budget.exponent]),
        "signs": np.array([signs.change, signs.result]),
        "limits": np.array(json.dumps(asdict(problem.limits))),
        "select": np.array(json.dumps(asdict(problem.selection))),
    }
    if mask.pairs is not None:
        arrays |= {f"{PAIRS}{name}": value for name, value in mask.pairs.numbers().items()}
    written = None if names is None else [repr(name) for name in names]
    if written is not None and _readable(written, names):
        arrays["names"] = np.array(written)
    with replacing(path) as beside:
        np.savez_compressed(beside, allow_pickle=False, **arrays)


def read_problem(path: Path) -> Problem:
    """Read a problem back."""
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    value, p, *exponent = arrays["budget_numbers"].tolist()  # older files have no exponent
    kind, rule = arrays["budget"].tolist()
    change, result = arrays["signs"].tolist()
    limits = json.loads(str(arrays["limits"])) if "limits" in arrays else {}
    selection = json.loads(str(arrays["select"])) if "select" in arrays else {}

    def columns(prefix: str) -> dict[str, np.ndarray]:
        return {key.removeprefix(prefix): arrays[key] for key in arrays if key.startswith(prefix)}

    mask = Mask(
        name=str(arrays["name"]),
        nodes=int(arrays["nodes"]),
        directed=bool(arrays["directed"]),
        edge_index=arrays["edge_index"],
        cost=arrays["cost"],
        base=arrays["base"],
        positions=arrays.get("positions"),
        labels=arrays.get("labels"),
        schematic=bool(arrays.get("schematic", False)),
        pairs=Pairs.of_numbers(columns(PAIRS)) if columns(PAIRS) else None,
        **{name: tuple(arrays[name].tolist()) for name in TUPLES if name in arrays},
        node_data=columns("node_data/"),
        edge_data=columns("edge_data/"),
    )
    return Problem.build(
        mask=mask,
        budget=Budget(
            kind=kind,
            value=None if np.isnan(value) else value,
            rule=rule,
            p=p,
            exponent=exponent[0] if exponent else 1.0,
        ),
        signs=Signs(change=change, result=result),
        limits=Limits(**limits),
        selection=selection,
    )


def read_names(path: Path) -> list[Hashable] | None:
    """What nodes are called, in the types that they have in Python; None where that was not written."""
    with np.load(path, allow_pickle=False) as file:
        return [ast.literal_eval(text) for text in file["names"].tolist()] if "names" in file else None


def _readable(written: Sequence[str], names: Sequence[Hashable] | None) -> bool:
    try:
        return [ast.literal_eval(text) for text in written] == list(names or ())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False


def _device(settings: Settings) -> str:
    wanted = settings.trainer.accelerator
    return "cuda" if wanted == "gpu" or (wanted == "auto" and torch.cuda.is_available()) else "cpu"


def _threads(settings: Settings, *, edges: int) -> int:
    return settings.trainer.threads or (1 if edges <= ONE_THREAD_EDGES else ALL_THREADS)


def _recorded(settings: Settings) -> dict[str, Any]:
    """The settings as a configuration has them: those of the top level stand there."""
    content = settings.to_mapping()
    for plugin in (settings.mask, settings.objective, settings.noise):
        for name in sorted(plugin.top_level):
            content[name] = content[plugin.group].pop(name)
        if plugin.top_level:
            content[plugin.group][LISTED] = sorted(plugin.top_level)
    return content


def _plain(value: Any) -> Any:
    """A value that YAML knows; anything else by its name."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return getattr(value, "__name__", str(value))
