"""The network that training begins with, and those that it begins with again."""

from __future__ import annotations

import logging

import numpy as np
import torch

from gradnet_cli.model import ConstrainedWeights, FeasibleSet, Noise
from gradnet_cli.objectives import Objective, Optimum
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training.starts import Further

log = logging.getLogger(__name__)

BESIDE = 0.05  # share of random weights where equal ones are a ridge between good networks
STARTS = 4  # by default, where an objective has several optima


def build_model(
    feasible: FeasibleSet, settings: Settings, *, flat_at_zero: bool = False, optimum: Optimum | None = None
) -> ConstrainedWeights:
    """The constrained weights at their start; random ones instead of zeros where those are `flat_at_zero`.

    Where the optimum is known training begins with it, unless `initial` says that it should not. Where the
    budget has an exponent below 1 it begins beside the uniform weights.
    """
    noise = settings.noise.build(Noise, name="gradnet_cli.model.Noise", offers={"seed": settings.seed})
    if settings.initial == "uniform" and optimum is not None:
        log.info("begins with a network that theory knows to be the best")
        delta = feasible.project(torch.as_tensor(optimum.weights - feasible.problem.base).to(feasible.cost))
    elif settings.initial == "random":
        delta = feasible.random(torch.Generator().manual_seed(settings.seed))
    elif not (feasible.problem.budget.convex or "initial" in settings.given):
        delta = _beside_uniform(feasible, torch.Generator().manual_seed(settings.seed))
    else:
        delta = feasible.even() if settings.initial == "even" else feasible.uniform()
        if flat_at_zero and not feasible.problem.base.any() and not bool(delta.any()):
            log.info("begins with random weights: without any the gradient is zero")
            delta = feasible.random(torch.Generator().manual_seed(settings.seed))
    return ConstrainedWeights(feasible, delta=delta, noise=noise, updates=settings.most_updates)


def begin_better(model: ConstrainedWeights, objective: Objective) -> None:
    """Begin with weights that the objective knows to be better than the uniform ones, if it knows any."""
    feasible = model.feasible
    base = feasible.problem.base
    start = objective.start(feasible.problem, base + feasible.uniform().to("cpu", torch.float64).numpy())
    if start is not None:
        log.info("begins with a network that is known to be better than the uniform one")
        model.set_delta(feasible.project(torch.as_tensor(start - base).to(feasible.cost)))


def further_starts(feasible: FeasibleSet, settings: Settings, objective: Objective) -> Further | None:
    """Random networks to begin with again; None where that cannot help, or training never comes to rest."""
    convex = feasible.problem.budget.convex
    count = settings.starts or (STARTS if objective.several_optima or not convex else 1)
    noisy = settings.noise.arguments["additive"] or settings.noise.arguments["multiplicative"]
    single = convex and (objective.concave or objective.fractional)
    if count == 1 or single or noisy or settings.stop.plateau is None:
        return None

    def draw(number: int) -> torch.Tensor:
        (seed,) = np.random.SeedSequence([settings.seed, number]).generate_state(1).tolist()
        generator = torch.Generator().manual_seed(seed)
        return feasible.random(generator) if convex else _beside_uniform(feasible, generator)

    return Further(count=count, draw=draw)


def _beside_uniform(feasible: FeasibleSet, generator: torch.Generator) -> torch.Tensor:
    """Nearly equal weights: what flows along them finds trunks that far from there are broken up already."""
    uniform = feasible.uniform()
    return feasible.project(uniform + BESIDE * (feasible.random(generator) - uniform))
