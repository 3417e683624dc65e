"""The one path: a problem, an objective and settings in, a result out. Read it first.

`gradnet-run` and `gradnet_cli.optimize` both call `solve`; the command puts a directory, checkpoints and a
report around it. Here are no files, no Hydra, no signals, and nothing global: threads and seeds are the
caller's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers import build_optimization
from gradnet_cli.optimizers.rewiring_build import first_network, rewiring_of
from gradnet_cli.problem import Problem
from gradnet_cli.problem.requirements import check_requirements
from gradnet_cli.result import Result
from gradnet_cli.result.allowance import Allowance
from gradnet_cli.result.concluding import conclude
from gradnet_cli.result.design import check_selection, find_design
from gradnet_cli.result.finishing import finish, in_full_precision
from gradnet_cli.result.notes import idle_settings, unproven
from gradnet_cli.result.pruning import check_rule
from gradnet_cli.result.scoring import Scorer
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training import Callback, fit
from gradnet_cli.training.beginning import begin_better, build_model, further_starts
from gradnet_cli.training.relaxed import time_left, train_relaxation

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
    rewiring = rewiring_of(problem, objective, settings)
    listed = problem.mask.pairs is None
    if listed:
        check_requirements(problem, objective.requires, dense=objective.holds_dense)
    check_selection(problem, objective)
    check_rule(settings.prune, problem, connected="connected" in objective.requires)
    device = device_of(settings.trainer.accelerator)
    objective.prepare(problem)
    first: np.ndarray | None = None
    if not listed:
        problem, first = first_network(problem, objective, settings)
        check_requirements(problem, objective.requires, dense=objective.holds_dense)
    objective.to(device)
    feasible = FeasibleSet(problem, dtype=getattr(torch, settings.dtype), device=device)
    if objective.grows is not None:
        feasible = feasible.narrowed(objective.grows)
    # Theory speaks of all candidates, each of which may be in the network.
    optimum = None if rewiring is not None or problem.design is not None else objective.optimum(problem)
    limit = objective.limit(problem) or unproven(objective, problem)
    model = build_model(feasible, settings, flat_at_zero=objective.flat_at_zero, optimum=optimum).to(device)
    if optimum is None and listed and "initial" not in settings.given:
        begin_better(model, objective)
    if first is not None:
        model.set_delta(feasible.scaled(torch.as_tensor(first)))
    begins = state is None and rewiring is None
    relaxed = (
        train_relaxation(problem, objective, settings, device=device, callbacks=callbacks) if begins else None
    )
    if relaxed is not None:
        limit = replace(limit, value=relaxed.bound)
        if optimum is None and settings.initial == "uniform":
            model.set_delta(feasible.project(relaxed.delta))
    optimization = build_optimization(
        settings.optimizer,
        model=model,
        objective=objective,
        updates=settings.most_updates,
        rewired=listed and rewiring is not None,
    )
    log.info(
        "%d nodes, %d edges, %s by %s on %s",
        problem.nodes, problem.mask.candidates, objective.name, optimization.name, device,
    )  # fmt: skip
    for name, reason in idle_settings(settings, problem, objective, taken=optimization.setting, limit=limit):
        log.warning("%s has no effect: %s", name, reason)
    outcome = fit(
        model=model,
        objective=objective,
        optimization=optimization,
        updates=settings.most_updates,
        stop=settings.stop if relaxed is None else time_left(settings.stop, relaxed.seconds),
        callbacks=callbacks,
        further=None if rewiring is not None else further_starts(feasible, settings, objective),
        proof=None if optimum is None else optimum.slope,
        state=state,
        extended=extended,
        rewiring=rewiring,
        limit=limit.value,
    )
    if relaxed is not None:
        outcome = replace(outcome, seconds=relaxed.seconds + outcome.seconds)
    log.info("%s after %d updates in %.2f s", outcome.stop_reason, outcome.updates, outcome.seconds)
    objective.take_back(outcome.learned)
    delta, told = outcome.delta, dict[str, float]()
    if rewiring is not None:
        told = rewiring.told(outcome.delta)
        delta = rewiring.hold(model, outcome.delta, edges=outcome.edges)
        problem, feasible = model.feasible.problem, model.feasible
    weights = in_full_precision(feasible, delta)
    for callback in callbacks:
        callback.on_found(problem, weights)
    scorer = Scorer(objective, model, step=outcome.step)
    if problem.design is None:
        allowance = Allowance(None if settings.stop.seconds is None else outcome.seconds)
        final = finish(
            weights,
            feasible=feasible,
            objective=objective,
            scorer=scorer,
            seed=settings.seed,
            allowance=allowance,
        )
    else:
        final = find_design(weights, problem=problem, objective=objective, scorer=scorer, seed=settings.seed)
    if rewiring is not None:
        # Files list what has weight; nothing but that can be told of candidates that are not listed.
        kept = rewiring.hold(model, torch.as_tensor(final.weights), edges=None).cpu().numpy()
        evaluation = replace(final.evaluation, metrics={**final.evaluation.metrics, **told})
        final, problem = replace(final, weights=kept, evaluation=evaluation), model.feasible.problem
    if not np.array_equal(final.weights, weights):
        for callback in callbacks:
            callback.on_found(problem, final.weights)
    return conclude(outcome, final, limit, scorer=scorer, model=model, objective=objective, settings=settings)


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
