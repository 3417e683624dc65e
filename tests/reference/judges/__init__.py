"""Scores of networks by NumPy, SciPy and networkx, from the formulas and without code of the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gradnet_cli.problem import Problem
from tests.reference.judges.dynamics import (
    kuramoto_synchrony,
    logic_gates,
    network_reconstruction,
    opinion_dissonance,
)
from tests.reference.judges.learning import graph_classification, node_classification
from tests.reference.judges.matrices import Case, adjacency
from tests.reference.judges.quantum import exciton_transfer, quantum_capacity
from tests.reference.judges.spectra import (
    algebraic_connectivity,
    effective_resistance,
    mixing_rate,
    spanning_trees,
    spectral_radius,
    supply_dissipation,
)


def function(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """tests.plugins.evenness."""
    return float((adjacency(problem, weights).sum(axis=1) ** 2).mean())


def distance_to_network(problem: Problem, weights: np.ndarray, case: Case) -> float:
    wanted = adjacency(problem, np.asarray(case["settings"]["network"]))
    return float(np.linalg.norm((adjacency(problem, weights) - wanted).toarray()) ** 2)


def sparsity(problem: Problem, weights: np.ndarray, case: Case) -> float:
    q, s = (case["settings"][name] for name in ("exponent", "softening"))
    return sum(float(np.hypot(weight, s) ** q - s**q) for weight in weights)


def _of_terms(problem: Problem, weights: np.ndarray, case: Case) -> list[float]:
    return [
        term["weight"] * JUDGES[term["name"]](problem, weights, {**case, "settings": term})
        for term in case["settings"]["terms"]
    ]


def weighted_sum(problem: Problem, weights: np.ndarray, case: Case) -> float:
    return sum(_of_terms(problem, weights, case))


def worst(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """Of terms that are maximised, on what each single lost link leaves."""
    left = [weights]
    if case["settings"]["damage"] is not None:
        left = [np.where(np.arange(len(weights)) == lost, 0.0, weights) for lost in range(len(weights))]
    return min(value for each in left for value in _of_terms(problem, each, case))


JUDGES: Mapping[str, Callable[[Problem, np.ndarray, Case], float]] = {
    judge.__name__: judge
    for judge in (
        algebraic_connectivity,
        effective_resistance,
        mixing_rate,
        spanning_trees,
        supply_dissipation,
        spectral_radius,
        quantum_capacity,
        opinion_dissonance,
        exciton_transfer,
        logic_gates,
        node_classification,
        graph_classification,
        kuramoto_synchrony,
        network_reconstruction,
        function,
        distance_to_network,
        sparsity,
        worst,
    )
} | {"sum": weighted_sum}
