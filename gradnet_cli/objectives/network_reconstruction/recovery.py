"""What of a true network was found."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from gradnet_cli.problem import Problem

OFF = 1e-3  # relative difference between a budget and what the true network costs that shuts it out


def edges_found(weights: Tensor, truth: Tensor, *, threshold: float) -> dict[str, float]:
    """Compare weights (E,) with true ones; an edge counts as found, or as true, above the threshold.

    Returns:
        precision, recall and F1 of the edges, and max_error, the largest error of a weight
    """
    there, real = weights > threshold, truth > threshold
    both, found, true = (float(count) for count in ((there & real).sum(), there.sum(), real.sum()))
    return {
        "precision": both / found if found else 0.0,
        "recall": both / true if true else 0.0,
        "f1": 2 * both / (found + true) if found + true else 0.0,
        "max_error": float((weights - truth).abs().max()),
    }


def told(found: Mapping[str, float], problem: Problem, truth: np.ndarray) -> tuple[str, ...]:
    """How many edges were found, and whether the true network was allowed at all, in words.

    Args:
        found: what edges_found says
        problem: the constraints
        truth: true weights (E,)
    """
    edges = (
        f"the true edges are found with F1 = {found['f1']:.3g} (precision {found['precision']:.3g}, "
        f"recall {found['recall']:.3g})"
    )
    budget, cost = problem.budget_total, problem.spent(truth - problem.base)
    if budget is None:
        return (edges,)
    missed = cost > budget * (1 + OFF) or (problem.budget.rule == "exact" and cost < budget * (1 - OFF))
    if not missed:
        return (edges,)
    out = f"the budget of {budget:.6g} shuts the true network out, which costs {cost:.6g}"
    return edges, f"{out}: budget=none asks for none"
