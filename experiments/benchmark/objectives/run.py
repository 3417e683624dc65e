"""Run the library on the problem that gradnet-run has solved, and let the judge see both."""

import json
from pathlib import Path

import numpy as np

from experiments.benchmark.measure import measure
from experiments.benchmark.objectives.inputs import problem_arrays
from experiments.benchmark.objectives.judge import outcome
from experiments.benchmark.objectives.records import OUTCOME, Comparison, read_comparison
from experiments.benchmark.objectives.tables import verdict
from experiments.benchmark.objectives.tasks import ObjectiveTask
from experiments.benchmark.records import LIBRARY, PRODUCT, RUN
from experiments.runs import problem_of, weights_of

SCRIPT = Path(__file__).resolve().with_name("library.py")


def run_library(task: ObjectiveTask, directory: Path, *, python: Path, full: bool, limit: float) -> None:
    """Judge gradnet-run's runs, and run and judge the library.

    Errors:
        FileNotFoundError: gradnet-run has left no network, so that there is no problem to solve
    """
    place = directory / task.name
    runs = [path.parent for path in sorted(place.glob(f"{PRODUCT}-*/{RUN}")) if (path / "edges.csv").exists()]
    if not runs:
        raise FileNotFoundError(f"no run of {PRODUCT}")
    problem = problem_arrays(task.objective, runs[-1] / RUN)
    for path in runs:
        weights = weights_of(path / RUN, problem_of(path / RUN))
        _write(path, {"last": outcome(task.objective, problem, weights)})
    library = place / f"{LIBRARY}-study"
    library.mkdir()
    stored = library / "problem.npz"
    np.savez(stored, **problem)
    options = task.study.options(full)
    record = measure(
        [str(python), str(SCRIPT), task.objective, str(stored), str(library), *options],
        shown=f"python experiments/benchmark/objectives/library.py {task.objective} problem.npz . "
        + " ".join(options),
        directory=library,
        limit=limit,
    )
    if record["status"] == 0:
        with np.load(library / "weights.npz") as found:
            _write(library, {name: outcome(task.objective, problem, found[name]) for name in found})


def said(comparison: Comparison) -> str:
    """One line on how a task went."""
    if comparison.notes or comparison.ratio is None:
        return "; ".join(comparison.notes) or "nothing to compare"
    scaled = f", scaled from {comparison.updates} updates" if comparison.scaled else ""
    return (
        f"{comparison.task.measured}: {comparison.library_seconds:.3g} s{scaled} against "
        f"{comparison.seconds:.3g} s, ratio {comparison.ratio:.3g}, {verdict(comparison).replace('*', '')}"
    )


def read_said(task: ObjectiveTask, directory: Path) -> str:
    return said(read_comparison(task, directory))


def _write(place: Path, outcomes: dict[str, dict[str, float]]) -> None:
    (place / OUTCOME).write_text(json.dumps(outcomes, indent=2) + "\n")
