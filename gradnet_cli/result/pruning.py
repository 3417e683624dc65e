"""What is left of a network without its light edges."""

from __future__ import annotations

import logging

import numpy as np
import torch

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.graphs import components, minimum_spanning_tree
from gradnet_cli.problem import Problem
from gradnet_cli.settings.sections import Prune

log = logging.getLogger(__name__)


def kept_edges(rule: Prune, problem: Problem, weights: np.ndarray, *, connected: bool = False) -> np.ndarray:
    """Where the network, or its change from a base network, stays, bool (E,); of equal edges the first ones.

    Args:
        rule: which edges stay
        problem: where the edges lie, what they cost, and what there is already
        weights: adjacency weights (E,)
        connected: whether edges that keep the network in one piece stay however light they are; the heaviest
            of such
    """
    delta = weights - problem.base
    size = np.abs(delta)
    order = np.argsort(-size, kind="stable")
    count = int(np.count_nonzero(size))
    needed = _bridging(problem, weights) if connected else np.zeros(len(weights), dtype=bool)
    if rule.below is not None:
        count = int(((size >= rule.below * size.max(initial=0.0)) & (size > 0)).sum())
    elif rule.to is not None:
        count = min(count, rule.to)
    elif rule.share is not None:
        paid = np.cumsum((problem.cost * size)[order])
        count = min(count, 1 + int(np.searchsorted(paid, rule.share * paid[-1])))
    if rule.to is not None:  # what connects counts among them
        order = np.concatenate([order[needed[order]], order[~needed[order]]])
        count = max(count, int(needed.sum()))
    mask = needed.copy()
    mask[order[:count]] = True
    return mask


def check_rule(rule: Prune, problem: Problem, *, connected: bool) -> None:
    """Refuse to keep fewer edges than a network in one piece has.

    Raises:
        SettingError: that is asked for
    """
    if not connected or rule.to is None:
        return
    there = components(problem.edge_index[:, problem.base != 0], nodes=problem.nodes)
    least = int(there.max()) if problem.nodes else 0
    if rule.to < least:
        allowed = f"must be {least} or more: with fewer the network falls apart, and its score is nothing"
        raise SettingError(setting="prune.to", value=rule.to, allowed=allowed)


def pruned(rule: Prune, feasible: FeasibleSet, weights: np.ndarray, *, kept: np.ndarray) -> np.ndarray:
    """Adjacency weights (E,) without the light edges, and with the budget spent again if that is asked for.

    What was there before stays as it was.

    Args:
        feasible: the constraints
        kept: which changes stay, bool (E,)
    """
    base = feasible.problem.base
    change = np.where(kept, weights - base, 0.0)
    if rule.rescale and change.any():
        try:
            change = feasible.only(kept).scaled(torch.as_tensor(change).to(feasible.cost)).cpu().numpy()
        except NumericalError as error:  # limits of strengths leave these edges too little room
            log.warning("the pruned network does not spend the budget: %s", error)
    left: np.ndarray = base + change
    return left


def _bridging(problem: Problem, weights: np.ndarray) -> np.ndarray:
    """The changes that hold the network together, the heaviest there are, bool (E,)."""
    there = np.flatnonzero(weights)
    already = problem.base[there] != 0
    rank = np.where(already, 0.5, 1.5 - np.abs(weights[there]) / (1.1 * np.abs(weights).max()))
    tree = there[minimum_spanning_tree(problem.edge_index[:, there], rank, nodes=problem.nodes)]
    needed = np.zeros(len(weights), dtype=bool)
    needed[tree[problem.base[tree] == 0]] = True
    return needed
