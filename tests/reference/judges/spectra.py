"""Spectra, resistances and flows."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import eigsh

from gradnet_cli.problem import Problem
from tests.reference.judges.matrices import Case, adjacency, laplacian

DENSE_NODES = 1200


def algebraic_connectivity(problem: Problem, weights: np.ndarray, case: Case) -> float:
    matrix = laplacian(problem, weights)
    if problem.nodes <= DENSE_NODES:
        return float(np.linalg.eigvalsh(matrix.toarray())[1])
    shift = -1e-3 * float(matrix.diagonal().mean()) / problem.nodes
    lowest = eigsh(sp.csc_array(matrix), k=2, sigma=shift, return_eigenvectors=False, tol=1e-12)
    return float(max(lowest))


def effective_resistance(problem: Problem, weights: np.ndarray, case: Case) -> float:
    values = np.linalg.eigvalsh(laplacian(problem, weights).toarray())[1:]
    return float(problem.nodes * (1 / values).sum())


def mixing_rate(problem: Problem, weights: np.ndarray, case: Case) -> float:
    values = np.linalg.eigvalsh(laplacian(problem, weights).toarray())[1:]
    if case["settings"]["measure"] == "mixing":
        return float(max(1 - values[0], values[-1] - 1))
    return float(values[-1] / values[0])


def spanning_trees(problem: Problem, weights: np.ndarray, case: Case) -> float:
    # The sum over trees is the determinant without one node (Kirchhoff 1847).
    return float(np.linalg.slogdet(laplacian(problem, weights).toarray()[1:, 1:]).logabsdet)


def supply_dissipation(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings, nodes = case["settings"], problem.nodes
    sinks = np.eye(nodes)[1:]
    patterns = np.eye(nodes)[0] - sinks
    if settings["loads"] == "source":
        patterns = patterns.sum(axis=0, keepdims=True)
    left = [weights]
    if settings["damage"] is not None:
        left = [np.where(np.arange(len(weights)) == lost, 0.0, weights) for lost in range(len(weights))]
    powers = []
    for each in left:
        potentials = np.linalg.solve(laplacian(problem, each).toarray()[1:, 1:], patterns[:, 1:].T)
        potentials = np.vstack([np.zeros(len(patterns)), potentials])
        source, target = problem.edge_index
        powers.append((each[:, None] * (potentials[source] - potentials[target]) ** 2).sum() / len(patterns))
    return float(np.mean(powers))


def spectral_radius(problem: Problem, weights: np.ndarray, case: Case) -> float:
    matrix = adjacency(problem, weights)
    if problem.nodes <= DENSE_NODES:
        return float(np.linalg.eigvalsh(matrix.toarray())[-1])
    return float(eigsh(matrix, k=1, which="LA", return_eigenvectors=False, tol=1e-13)[0])
