"""`gradnet_cli.load`: a finished run, read back from its directory."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import yaml
from omegaconf import OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.problem import Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.report.files.arrays import FILE_NAME as ARRAYS_NAME
from gradnet_cli.report.files.arrays import read_arrays
from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.files.edges import on_listed, read_edges
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.report.files.names import EDGES, MANIFEST, PROBLEM, PRUNED, STATUS
from gradnet_cli.report.files.nodes import FILE_NAME as NODES_NAME
from gradnet_cli.report.files.summary import FILE_NAME as SUMMARY_NAME
from gradnet_cli.report.files.tables import read_tables
from gradnet_cli.result.references import REFERENCES
from gradnet_cli.runs.displayed import DisplayedResult
from gradnet_cli.runs.process import conditions
from gradnet_cli.runs.save import BEST, read_names, read_problem
from gradnet_cli.settings.diagnosis import choices_of
from gradnet_cli.settings.resolution import resolve
from gradnet_cli.settings.settings import Settings

if TYPE_CHECKING:
    import networkx

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
        raise SettingError(setting="load", value=directory, allowed=_why_not(place))
    settings = _settings(place)
    with _where_typed(place):
        problem = _problem(place, settings)
        kind, quantity = _objective(settings, edges=problem.edges)
    problem = on_listed(place / EDGES, problem)
    weights = read_edges(place / EDGES, problem)
    metrics, references = _sorted(summary.get("metrics") or {}, summary.get("references", REFERENCES))
    course = read_metrics(place)
    pruned = place / PRUNED
    best = _best(place / BEST)
    return DisplayedResult(
        problem=problem,
        objective=str(summary["objective"]),
        objective_class=kind,
        quantity=quantity,
        weights=weights,
        pruned=read_edges(pruned, problem) if pruned.exists() else None,
        learned=best.get("learned") or {},
        **{name: summary[name] for name in NUMBERS},
        bound_scope=summary.get("bound_scope") or "",
        no_bound=summary.get("no_bound") or "",
        ideal=float(summary.get("ideal") or 0.0),
        score_error=summary.get("score_error"),
        notes=tuple(summary.get("notes") or ()),
        step=int(best.get("step", 0)),
        metrics=metrics,
        references=references,
        peak_memory_mib=float(summary["peak_memory_mib"]),
        settings=settings,
        node_data=_node_data(place / NODES_NAME, problem),
        arrays=read_arrays(place / ARRAYS_NAME),
        tables=read_tables(place, summary.get("tables") or ()),
        data=read_json(place / MANIFEST).get("data"),
        course={name: course[name].to_numpy() for name in course},
        original=_original(place / PROBLEM, problem),
    )


def _why_not(place: Path) -> str:
    if (place / "multirun.yaml").exists():
        return "is a sweep: gradnet_cli.load_sweep reads it"
    state = read_json(place / STATUS).get("state")
    if state is None:
        return "must be the directory of a run, and there is none"
    return f"must be the directory of a run that is done, and this one is {state}"


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
    return build_problem(settings)


@contextlib.contextmanager
def _where_typed(place: Path) -> Iterator[None]:
    """Stand where the command was typed: relative paths, and modules of the user's own, start there."""
    hydra = place / ".hydra" / "hydra.yaml"
    there = Path.cwd()
    if hydra.exists():
        runtime = yaml.safe_load(hydra.read_text(encoding="utf-8"))["hydra"]["runtime"]
        there = Path(runtime.get("cwd", there))
    with contextlib.chdir(there if there.is_dir() else Path.cwd()):
        yield


def _best(path: Path) -> dict[str, Any]:
    """What a run has learned beside its network, and at which update."""
    if not path.exists():
        return {}
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return content


def _original(path: Path, problem: Problem) -> networkx.Graph | None:
    """The nodes of the graph that a saved result was asked about, with their data."""
    names = read_names(path) if path.exists() else None
    if names is None:
        return None
    import networkx

    graph: networkx.Graph = networkx.Graph()
    columns = {name: np.asarray(column).tolist() for name, column in problem.mask.node_data.items()}
    positions = problem.mask.positions
    for number, name in enumerate(names):
        graph.add_node(name, **{str(key): column[number] for key, column in columns.items()})
        if positions is not None:
            graph.nodes[name]["pos"] = tuple(positions[number].tolist())
    return graph


def _sorted(numbers: dict[str, float], names: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """The objective's metrics, and the scores of the reference networks of these names."""
    references = {name: numbers[REFERENCE + name] for name in names if REFERENCE + name in numbers}
    others = {key: value for key, value in numbers.items() if key.removeprefix(REFERENCE) not in references}
    return others, references


def _objective(settings: Settings | None, *, edges: int) -> tuple[type[Objective] | None, str]:
    """The objective's class, where it can still be found, and what its score is called on an axis."""
    if settings is None:
        return None, ""
    kind: Any = None
    with contextlib.suppress(SettingError):
        kind = settings.objective.load()
    if not (isinstance(kind, type) and issubclass(kind, Objective)):
        return None, ""
    with contextlib.suppress(Exception), conditions(settings, edges=edges):  # it may be anybody's
        return kind, build_objective(settings.objective, seed=settings.seed).quantity
    function = settings.objective.arguments.get("function")
    return kind, str(function).rpartition(".")[2] if function else str(getattr(kind, "quantity", ""))


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
