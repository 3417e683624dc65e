"""Training of what an objective is relaxed to, before its own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import torch

from gradnet_cli.model import FeasibleSet
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers import build_optimization
from gradnet_cli.problem import Problem
from gradnet_cli.settings.sections import Stop
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training.beginning import build_model
from gradnet_cli.training.callback import Callback
from gradnet_cli.training.loop import Outcome, fit

log = logging.getLogger(__name__)

LEAST_SECONDS = 1e-3  # of training, where its relaxation took all


def train_relaxation(
    problem: Problem,
    objective: Objective,
    settings: Settings,
    *,
    device: torch.device,
    callbacks: Sequence[Callback] = (),
) -> Outcome | None:
    """The best network of an objective's relaxation, and the bound that it proves; None without one.

    It has as many updates as training, and half of the time where that is limited. Callbacks see it by what
    they have for it. It is not recorded: a run that is interrupted here begins anew.
    """
    relaxation = objective.relaxation()
    if relaxation is None:
        return None
    relaxation.prepare(problem)
    relaxation.to(device)
    feasible = FeasibleSet(problem, dtype=getattr(torch, settings.dtype), device=device)
    if relaxation.grows is not None:
        feasible = feasible.narrowed(relaxation.grows)
    optimum = None if problem.design is not None else relaxation.optimum(problem)
    quiet = replace(
        settings,
        noise=replace(
            settings.noise, arguments={**settings.noise.arguments, "additive": 0.0, "multiplicative": 0.0}
        ),
    )
    model = build_model(feasible, quiet, flat_at_zero=relaxation.flat_at_zero, optimum=optimum).to(device)
    optimization = build_optimization(
        settings.optimizer, model=model, objective=relaxation, updates=settings.most_updates
    )
    seconds = None if settings.stop.seconds is None else settings.stop.seconds / 2
    outcome = fit(
        model=model,
        objective=relaxation,
        optimization=optimization,
        updates=settings.most_updates,
        stop=replace(settings.stop, seconds=seconds),
        callbacks=[watcher for each in callbacks if (watcher := each.for_relaxation()) is not None],
        proof=None if optimum is None else optimum.slope,
    )
    log.info(
        "relaxed by %s: %.7g, bound %s, %s",
        optimization.name,
        outcome.score,
        outcome.bound,
        outcome.stop_reason,
    )
    return outcome


def time_left(stop: Stop, seconds: float) -> Stop:
    """When to stop after that many seconds of the relaxation."""
    left = None if stop.seconds is None else max(stop.seconds - seconds, LEAST_SECONDS)
    return replace(stop, seconds=left)
