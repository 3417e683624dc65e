"""Matrices of a network, and what a judge is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from gradnet_cli.problem import Problem

Case = Mapping[str, Any]
"""settings: of the objective; frequency and start: (N,), of oscillators; locked: whether they are; before and
after: (M, N), of what was observed."""


def adjacency(problem: Problem, weights: np.ndarray) -> sp.csr_array:
    shape = (problem.nodes, problem.nodes)
    matrix = sp.csr_array((weights, tuple(problem.edge_index)), shape=shape)
    return matrix if problem.directed else sp.csr_array(matrix + matrix.T)


def laplacian(problem: Problem, weights: np.ndarray) -> sp.csr_array:
    matrix = adjacency(problem, weights)
    return sp.csr_array(sp.diags_array(matrix.sum(axis=1)) - matrix)
