"""What is left of a network without its light edges."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem import Problem
from gradnet_cli.settings.sections import Prune


def kept_edges(rule: Prune, problem: Problem, weights: np.ndarray) -> np.ndarray:
    """Which edges stay, bool (E,); of equal ones the first in the mask."""
    size = np.abs(weights)
    if rule.below is not None:
        heavy: np.ndarray = (size >= rule.below * size.max(initial=0.0)) & (size > 0)
        return heavy
    order = np.argsort(-size, kind="stable")
    count = int(np.count_nonzero(size))
    if rule.to is not None:
        count = min(count, rule.to)
    elif rule.share is not None:
        paid = np.cumsum((problem.cost * size)[order])
        count = min(count, 1 + int(np.searchsorted(paid, rule.share * paid[-1])))
    mask = np.zeros(len(weights), dtype=bool)
    mask[order[:count]] = True
    return mask


def pruned(rule: Prune, problem: Problem, weights: np.ndarray) -> np.ndarray:
    """Adjacency weights (E,) without the light edges, and rescaled if that is asked for."""
    left = np.where(kept_edges(rule, problem, weights), weights, 0.0)
    if not rule.rescale or problem.budget_total is None or problem.base.any():
        return left
    return left * (problem.budget_total / problem.spent(left))
