"""Problems whose largest lambda_2 is known, and how it is proved."""

from __future__ import annotations

import numpy as np

from gradnet_cli.numerics.spectra.squared_distances import squared_distances_near
from gradnet_cli.numerics.trees.tree_connectivity import best_tree_weights
from gradnet_cli.objectives.evaluation import Optimum
from gradnet_cli.problem import Problem

# Eigendecompositions of dense matrices take a few seconds here.
LARGEST_DENSE = 2048
ROUNDING = 1e-7  # relative; costs that are squared distances but for this are those


def known_optimum(problem: Problem) -> Optimum | None:
    """The network of the largest lambda_2, or None where theory does not know it.

    Trees: gradnet_cli.numerics.trees.tree_connectivity. Complete masks: where the costs are the squared
    distances of points in some Euclidean space, as cost = distance^p is for 0 < p <= 2 (Schoenberg 1938),
    equal weights are the best, because the points themselves are an embedding that is stretched on all
    edges alike.
    """
    if not problem.simple or problem.directed:
        return None
    budget, cost = problem.edge_budget, problem.cost
    assert budget is not None
    if problem.edges == problem.nodes - 1:
        weights, value = best_tree_weights(problem.edge_index, cost, budget=budget)
        return Optimum(weights=weights, slope=cost * (value / budget))
    if problem.nodes > LARGEST_DENSE or problem.edges < problem.nodes * (problem.nodes - 1) // 2:
        return None
    slope = squared_distances_near(problem.edge_index, cost, nodes=problem.nodes)
    if slope is None or float((slope / cost).max()) > (1 + ROUNDING) * problem.nodes / float(cost.sum()):
        return None
    return Optimum(weights=np.full(problem.edges, budget / float(cost.sum())), slope=slope)
