"""Networks to compare the one that was found with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from gradnet_cli.model import FeasibleSet
from gradnet_cli.numerics.graphs import minimum_spanning_tree
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem

REFERENCES = ("base", "uniform", "spanning_tree", "random", "empty")
# Scoring takes as long as an update or more: on large masks the uniform network has to do.
SEVERAL_UP_TO = 20_000  # edges


def reference_networks(
    feasible: FeasibleSet, objective: Objective, *, seed: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Name and adjacency weights (E,) of each network to compare with; all but the base are feasible.

    base: the base network as it is, where there is one.
    uniform: the same change on every edge, as far as signs and limits allow, spending the budget where there
        is one.
    spanning_tree: the cheapest tree on the mask, its edges alike; on connected masks without a base network.
    further ones that the objective knows to be good, Objective.known.
    random: the uniform one, each change times a random number from [0, 2), scaled to the budget.
    None where candidates are not listed: a network on all of them is too large to be scored.
    empty: no weight at all, where there is neither budget nor base network.
    """
    problem = feasible.problem

    def adjacency(delta: torch.Tensor) -> np.ndarray:
        weights: np.ndarray = problem.base + delta.to("cpu", torch.float64).numpy()
        return weights

    def known() -> Iterator[tuple[str, np.ndarray]]:
        return ((name, each) for name, each in objective.known(problem).items() if problem.allows(each))

    if problem.mask.pairs is not None:
        # Weights are those of the edges held in the end, which no network that knew nothing of it would have.
        return
    on_base = bool(problem.base.any())
    if on_base:
        yield "base", problem.base.copy()
    if problem.budget_total is None:
        if problem.limits.any and not on_base:
            yield "uniform", adjacency(feasible.uniform())
            yield from known()
        elif not on_base:
            yield "empty", adjacency(feasible.uniform())
        return
    yield "uniform", adjacency(feasible.uniform())
    yield from known()
    if problem.edges > SEVERAL_UP_TO:
        return
    tree = spanning_tree(problem)
    if tree is not None and problem.allows(tree):
        yield "spanning_tree", tree
    yield "random", adjacency(feasible.random(torch.Generator().manual_seed(seed)))


def spanning_tree(problem: Problem) -> np.ndarray | None:
    """Equal weights (E,) on a minimum spanning tree by cost, spending the budget; None where there is none.

    Ties between equal costs go to the edges that come first in the mask.
    """
    if problem.directed or problem.base.any() or problem.budget_total is None or (problem.upper <= 0).any():
        return None
    chosen = minimum_spanning_tree(problem.edge_index, problem.cost, nodes=problem.nodes)
    if len(chosen) < problem.nodes - 1:
        return None
    weights = np.zeros(problem.edges)
    weights[chosen] = 1.0
    return weights * (problem.budget_total / problem.spent(weights))
