"""Which limits hold a network back."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem import Problem

AT_LIMIT = 1e-6  # relative distance that counts as none


def at_largest_weight(problem: Problem, weights: np.ndarray) -> np.ndarray:
    """The edges with the largest weight that they may have, bool (E,); fixed ones are not among them."""
    most = problem.room.most
    near = np.isfinite(most) & (np.abs(weights) >= most * (1 - AT_LIMIT)) & (most > 0)
    held: np.ndarray = near & ~problem.room.fixed
    return held


def at_largest_strength(problem: Problem, weights: np.ndarray) -> np.ndarray:
    """The nodes with the largest strength that they may have, bool (N,)."""
    reached = np.zeros(problem.nodes, dtype=bool)
    strengths = problem.strengths
    if strengths is not None:
        near = strengths.matrix @ weights >= strengths.most * (1 - AT_LIMIT)
        reached[strengths.node[near]] = True
    return reached


def counts(problem: Problem, weights: np.ndarray) -> dict[str, float]:
    """How many edges and nodes are at a limit, by the name of the number; nothing where none is limited."""
    numbers = {}
    if np.isfinite(problem.room.most).any():
        numbers["edges_at_largest_weight"] = float(at_largest_weight(problem, weights).sum())
    if problem.strengths is not None:
        numbers["nodes_at_largest_strength"] = float(at_largest_strength(problem, weights).sum())
    return numbers
