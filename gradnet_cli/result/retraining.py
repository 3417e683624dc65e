"""A network without its light edges, trained again on those that stay."""

from __future__ import annotations

import logging

import numpy as np
import torch

from gradnet_cli.model import ConstrainedWeights, Noise
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers import build_optimization
from gradnet_cli.result.finishing import in_float64, in_full_precision
from gradnet_cli.result.pruning import kept_edges, pruned
from gradnet_cli.result.scoring import Scorer
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training import fit

log = logging.getLogger(__name__)


def lighter(
    weights: np.ndarray,
    *,
    scorer: Scorer,
    model: ConstrainedWeights,
    objective: Objective,
    settings: Settings,
) -> tuple[int, np.ndarray]:
    """How many edges, or changes, stay by the rule of pruning, and the network (E,) of these, trained."""
    rule, whole = settings.prune, model.feasible
    problem = whole.problem
    kept = kept_edges(rule, problem, weights, connected="connected" in objective.requires)
    left = pruned(rule, in_float64(whole), weights, kept=kept)
    if not (rule.retrain and rule.rescale) or objective.learns or not problem.allows(left):
        return int(kept.sum()), left
    log.info("training the %d edges that stay", kept.sum())
    feasible = whole.only(kept)
    delta = torch.as_tensor(left - problem.base).to(whole.cost)
    again = ConstrainedWeights(feasible, delta=delta, noise=Noise.none(), updates=settings.most_updates)
    outcome = fit(
        model=again.to(model.base.device),
        objective=objective,
        optimization=build_optimization(
            settings.optimizer, model=again, objective=objective, updates=settings.most_updates
        ),
        updates=settings.most_updates,
        stop=settings.stop,
    )
    objective.eval()
    retrained = in_full_precision(feasible, outcome.delta)
    better = objective.sign * (scorer.score(retrained) - scorer.score(left)) >= 0
    return int(kept.sum()), retrained if better else left
