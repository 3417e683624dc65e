"""The one path: a problem, an objective and settings in, a result out. Read it first.

`gradnet-run` and `gradnet_cli.optimize` both call `solve`; the command puts a directory, checkpoints and a
report around it. Here are no files, no Hydra, no signals, and nothing global: threads and seeds are the
caller's.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model import ConstrainedWeights, FeasibleSet, Noise
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers import build_optimization
from gradnet_cli.problem import Problem
from gradnet_cli.problem.requirements import check_requirements
from gradnet_cli.result import Result
from gradnet_cli.result.pruning import pruned
from gradnet_cli.result.references import reference_scores
from gradnet_cli.result.result import peak_memory_mib
from gradnet_cli.result.scoring import Scorer
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training import Callback, Outcome, fit
from gradnet_cli.training.certificate import Certificate, relative_gap

OVERRATED = 1e-2  # relative difference between the score in training and the final one that is worth a word

log = logging.getLogger(__name__)


def solve(
    problem: Problem,
    objective: Objective,
    settings: Settings,
    callbacks: Sequence[Callback] = (),
    *,
    state: Mapping[str, Any] | None = None,
    extended: bool = False,
) -> Result:
    """Find the best network of a problem, and prove how good it is where the objective allows it.

    Args:
        problem: where edges may lie and what they may cost
        objective: what the network is for; it is left in evaluation mode, with what it has learned
        settings: how to search; their mask, budget and objective have become problem and objective already
        callbacks: told of training as it goes
        state: of a training that was interrupted, to go on from (gradnet_cli.training.state)
        extended: go on although training had ended in that state

    Raises:
        SettingError: a problem that the objective cannot take, or a setting that cannot be used
        NumericalError: scores that are not finite
    """
    check_requirements(problem, objective.requires, dense=objective.holds_dense)
    device = device_of(settings.trainer.accelerator)
    objective.prepare(problem)
    objective.to(device)
    feasible = FeasibleSet(problem, dtype=getattr(torch, settings.dtype), device=device)
    if objective.grows is not None:
        feasible = feasible.narrowed(objective.grows)
    model = build_model(feasible, settings, flat_at_zero=objective.flat_at_zero).to(device)
    optimization = build_optimization(
        settings.optimizer, model=model, objective=objective, updates=settings.most_updates
    )
    log.info(
        "%d nodes, %d edges, %s by %s on %s",
        problem.nodes, problem.edges, objective.name, optimization.name, device,
    )  # fmt: skip
    for name, reason in idle_settings(settings, problem, objective, taken=optimization.setting):
        log.warning("%s has no effect: %s", name, reason)
    outcome = fit(
        model=model,
        objective=objective,
        optimization=optimization,
        updates=settings.most_updates,
        stop=settings.stop,
        callbacks=callbacks,
        state=state,
        extended=extended,
    )
    log.info("%s after %d updates in %.2f s", outcome.stop_reason, outcome.updates, outcome.seconds)
    weights = network_found(outcome, model)
    for callback in callbacks:
        callback.on_found(problem, weights)
    return conclude(outcome, weights, model=model, objective=objective, settings=settings)


def inaccuracies(
    objective: Objective, *, score: float, error: float | None, trained: float | None
) -> tuple[str, ...]:
    """What must be said of a score that is not known well, or was taken for another one in training."""
    notes = []
    if error is not None and not objective.accurate(score, error):
        notes.append(f"the score is known only to within {error:.1g}")
    if trained is not None and not abs(trained - score) <= OVERRATED * abs(score) + 10 * objective.accuracy:
        notes.append(
            f"training took this score for {trained:.7g}: a better network may have been passed over"
        )
    return tuple(notes)


def idle_settings(
    settings: Settings, problem: Problem, objective: Objective, *, taken: str
) -> Iterator[tuple[str, str]]:
    """Settings that were given and have no effect on this problem, each with the reason.

    Args:
        taken: the optimizer, by its name among the choices
    """
    reasons = {f"objective.{name}": reason for name, reason in objective.idle(problem).items()}
    if settings.stop.gap is not None and not Certificate.is_offered(objective):
        reasons["stop.gap"] = f"{objective.name} has no proven bound"
    if not objective.learns:
        reasons["optimizer.objective_lr"] = f"{objective.name} learns nothing beside the network"
    if problem.budget_total is None or problem.base.any():
        reasons["prune.rescale"] = "only networks without a base that have a budget are scaled to it"
    for name in sorted(settings.given):
        if name in reasons:
            yield name, reasons[name]
        elif name.startswith("optimizer.choices.") and name.split(".")[2] != taken:
            yield name, f"the optimizer is {taken}; optimizer={name.split('.')[2]} takes the other"


def device_of(accelerator: str) -> torch.device:
    """The device that weights live on.

    Raises:
        SettingError: a graphics processor is asked for, and there is none
    """
    if accelerator != "cpu" and torch.cuda.is_available():
        return torch.device("cuda")
    if accelerator == "gpu":
        raise SettingError(
            setting="trainer.accelerator",
            value=accelerator,
            allowed="no CUDA device was found",
            hint="trainer=cpu or trainer=auto",
        )
    return torch.device("cpu")


def build_model(
    feasible: FeasibleSet, settings: Settings, *, flat_at_zero: bool = False
) -> ConstrainedWeights:
    """The constrained weights at their start; random ones instead of zeros where those are `flat_at_zero`."""
    noise = settings.noise.build(Noise, name="gradnet_cli.model.Noise", offers={"seed": settings.seed})
    if settings.initial == "random":
        delta = feasible.random(torch.Generator().manual_seed(settings.seed))
    else:
        delta = feasible.even() if settings.initial == "even" else feasible.uniform()
        if flat_at_zero and not feasible.problem.base.any() and not bool(delta.any()):
            log.info("begins with random weights: without any the gradient is zero")
            delta = feasible.random(torch.Generator().manual_seed(settings.seed))
    return ConstrainedWeights(feasible, delta=delta, noise=noise, updates=settings.most_updates)


def network_found(outcome: Outcome, model: ConstrainedWeights) -> np.ndarray:
    """The adjacency weights (E,) of the best network, as they are written."""
    weights: np.ndarray = (model.base + outcome.delta).to("cpu", torch.float64).numpy()
    if model.feasible.problem.signs.result == "nonnegative":
        weights = weights.clip(min=0.0)  # base + delta may miss zero by its last digit
    return weights + 0.0  # files know no negative zero


def conclude(
    outcome: Outcome,
    weights: np.ndarray,
    *,
    model: ConstrainedWeights,
    objective: Objective,
    settings: Settings,
) -> Result:
    """Score the network that was found, with what was learned beside it, and those to compare it with."""
    problem = model.feasible.problem
    objective.take_back(outcome.learned)
    scorer = Scorer(objective, model, step=outcome.step)
    evaluation = scorer.evaluate(weights)
    score, metrics = float(evaluation.score.mean()), dict(evaluation.metrics)
    if not math.isfinite(score):
        raise NumericalError(f"the score of the network found is {score}")
    gap = relative_gap(score=score, bound=outcome.bound)
    # The score under noise is not that of the network written.
    trained = None if model.disturbed(outcome.step) else outcome.score
    description = scorer.describe(weights)
    references, missing = reference_scores(model.feasible, scorer.accurate_score, seed=settings.seed)
    light = None
    if settings.prune.wanted:
        light = pruned(settings.prune, problem, weights)
        metrics |= {"pruned_edges": float(np.count_nonzero(light)), "score_pruned": scorer.score(light)}
    return Result(
        problem=problem,
        objective=objective.name,
        objective_class=type(objective),
        sense=objective.sense,
        quantity=objective.quantity,
        weights=weights,
        pruned=light,
        learned=outcome.learned,
        score=score,
        score_error=evaluation.error,
        notes=(
            *inaccuracies(objective, score=score, error=evaluation.error, trained=trained),
            *description.notes,
            *missing,
        ),
        bound=outcome.bound,
        gap=gap,
        certified=gap is not None,
        step=outcome.step,
        updates=outcome.updates,
        seconds=outcome.seconds,
        stop_reason=outcome.stop_reason,
        metrics={**metrics, **description.metrics},
        references=references,
        node_data=description.node_data,
        arrays=description.arrays,
        peak_memory_mib=peak_memory_mib(),
        settings=settings,
    )
