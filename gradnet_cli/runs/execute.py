"""One run: problem -> model -> training -> report. The page to read first."""

from __future__ import annotations

import logging
import math
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from omegaconf import DictConfig, OmegaConf

from gradnet_cli import report
from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model import ConstrainedWeights, FeasibleSet, Noise
from gradnet_cli.numerics.threads import limit_threads
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.optimizers import build_optimization
from gradnet_cli.problem import Problem
from gradnet_cli.report import record_edges, show
from gradnet_cli.result import Result
from gradnet_cli.result.pruning import Pruning
from gradnet_cli.result.references import reference_scores
from gradnet_cli.result.scoring import Scorer
from gradnet_cli.runs.manifest import write_manifest
from gradnet_cli.runs.recorded import STATE_PATH, Resumption
from gradnet_cli.settings.checks import check_settings
from gradnet_cli.settings.plugins import call_target, load_target
from gradnet_cli.training import Outcome, fit, load_state
from gradnet_cli.training.certificate import relative_gap
from gradnet_cli.training.fit import check_accelerator, device_of
from gradnet_cli.training.trackers import tracker

log = logging.getLogger(__name__)

ALL_THREADS = torch.get_num_threads()  # as torch was found: a job of a sweep must not inherit the last one's
# Below, threads wait for each other longer than they work; several times longer on a shared processor.
ONE_THREAD_EDGES = 100_000
PRUNED_NAME = "edges_pruned.csv"


def execute(
    config: DictConfig, problem: Problem, directory: Path, *, resumption: Resumption | None = None
) -> Result:
    """Find the best network of a problem and write everything about it into a directory.

    Arguments:
        resumption: go on from the checkpoint in the directory, if it holds one

    Errors:
        SettingError: a setting of the objective, optimizer or trainer that cannot be used
        NumericalError: scores that are not finite
    """
    settings = check_settings(OmegaConf.to_container(config, resolve=True))  # type: ignore[arg-type]
    check_accelerator(settings["trainer"]["accelerator"])
    few = 1 if problem.edges <= ONE_THREAD_EDGES else ALL_THREADS
    torch.set_num_threads(settings["trainer"]["threads"] or few)
    limit_threads(torch.get_num_threads())
    torch.manual_seed(settings["seed"])
    device = device_of(settings["trainer"]["accelerator"])
    updates = _updates(settings)

    objective = build_objective(settings["objective"], seed=settings["seed"]).to(device)
    objective.prepare(problem)
    feasible = FeasibleSet(problem, dtype=getattr(torch, settings["dtype"]), device=device)
    model = build_model(feasible, settings, updates=updates).to(device)
    optimization = build_optimization(
        settings["optimizer"], model=model, objective=objective, updates=updates
    )
    path = directory / STATE_PATH
    state = load_state(path, problem) if resumption is not None and path.exists() else None
    write_manifest(
        directory,
        command=None if resumption is None else resumption.command,
        seed=settings["seed"],
        device=str(device),
        threads=torch.get_num_threads(),
        dtype=settings["dtype"],
    )
    log.info(
        "%d nodes, %d edges, %s by %s on %s",
        problem.nodes, problem.edges, settings["objective"]["_target_"], optimization.name, device,
    )  # fmt: skip
    with tracker(settings, directory, begin=0 if state is None else state["step"]) as tracking:
        outcome = fit(
            model=model,
            objective=objective,
            optimization=optimization,
            updates=updates,
            trainer=settings["trainer"],
            stop=settings["stop"],
            checkpoint=settings["checkpoint"],
            directory=directory,
            snapshots=settings["animation"],
            state=state,
            extended=resumption is not None and resumption.extended,
            tracker=tracking,
        )
        log.info("%s after %d updates in %.2f s", outcome.stop_reason, outcome.updates, outcome.seconds)
        result = conclude(outcome, model=model, objective=objective, settings=settings, directory=directory)
        tracking.conclude(score=result.score, bound=result.bound, gap=result.gap, step=outcome.step)
        report.write(
            result,
            directory,
            edges_recorded=True,
            figures=settings["figures"],
            layout=settings["figures"] or settings["report"],
        )
    show(result, directory)
    return result


def build_model(feasible: FeasibleSet, settings: dict[str, Any], *, updates: int) -> ConstrainedWeights:
    """The constrained weights at their start."""
    noise_settings = dict(settings["noise"])
    path = noise_settings.pop("_target_", None)
    target = load_target(setting="noise._target_", path=path)
    noise = call_target(
        target, path=path, settings={**noise_settings, "seed": settings["seed"]}, prefix="noise."
    )
    if not isinstance(noise, Noise):
        raise SettingError(
            setting="noise._target_", value=path, allowed="must name a gradnet_cli.model.Noise"
        )
    if settings["initial"] == "random":
        delta = feasible.random(torch.Generator().manual_seed(settings["seed"]))
    else:
        delta = feasible.even() if settings["initial"] == "even" else feasible.uniform()
    return ConstrainedWeights(feasible, delta=delta, noise=noise, updates=updates)


def conclude(
    outcome: Outcome,
    *,
    model: ConstrainedWeights,
    objective: Objective,
    settings: dict[str, Any],
    directory: Path,
) -> Result:
    """Write the network, read it back, and score what was read: that is the result."""
    problem = model.feasible.problem
    weights = (model.base + outcome.delta).to("cpu", torch.float64).numpy()
    if problem.signs.result == "nonnegative":
        weights = weights.clip(min=0.0)  # base + delta may miss zero by its last digit
    written = record_edges(problem, weights, directory)
    scorer = Scorer(objective, model, step=outcome.step)
    score, metrics = scorer.evaluate(written)
    if not math.isfinite(score):
        raise NumericalError(f"the score of the network written is {score}")
    gap = relative_gap(score=score, bound=outcome.bound)
    description = scorer.describe(written)
    pruning = Pruning(**settings["prune"])
    if pruning.wanted:
        metrics |= prune(pruning, written, scorer=scorer, problem=problem, directory=directory)
    return Result(
        problem=problem,
        objective=str(settings["objective"]["_target_"]).rsplit(".", 2)[-2],
        objective_class=type(objective),
        sense=objective.sense,
        quantity=objective.quantity,
        weights=written,
        score=score,
        bound=outcome.bound,
        gap=gap,
        certified=gap is not None,
        updates=outcome.updates,
        seconds=outcome.seconds,
        stop_reason=outcome.stop_reason,
        metrics={**metrics, **description.metrics},
        references=reference_scores(model.feasible, scorer.score, seed=settings["seed"]),
        node_data=description.node_data,
        arrays=description.arrays,
        peak_memory_mib=peak_memory_mib(),
        settings=settings,
    )


def prune(
    pruning: Pruning, weights: np.ndarray, *, scorer: Scorer, problem: Problem, directory: Path
) -> dict[str, float]:
    """Write the network without its light edges beside the whole one; its number of edges, and its score."""
    pruned = record_edges(problem, pruning.apply(problem, weights), directory, name=PRUNED_NAME)
    return {"pruned_edges": float(np.count_nonzero(pruned)), "score_pruned": scorer.score(pruned)}


def peak_memory_mib() -> float:
    """Largest memory that this process has held, MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _updates(settings: dict[str, Any]) -> int:
    limit = settings["trainer"]["limit_updates"]
    return int(settings["updates"] if limit is None else min(limit, settings["updates"]))
