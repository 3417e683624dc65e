import numpy as np
import pytest

from experiments.benchmark.judge import algebraic_connectivity
from gradnet_cli.problem.masks import grid
from gradnet_cli.report.lattice import box_connectivity, box_weights, lattice_of


def test_the_analytic_grid_has_the_analytic_connectivity():
    mask = grid.build(rows=12, cols=12)
    lattice = lattice_of(mask)
    weights = np.empty(mask.edge_index.shape[1])
    for axis in (0, 1):
        chosen, x = lattice.along(axis)
        weights[chosen] = box_weights((12, 12), 1.0, axis)[x - 1]
    # Residuals of 1e-10 give an eigenvalue far closer than 1e-9.
    found = algebraic_connectivity(mask.edge_index, weights, nodes=mask.nodes)
    assert found == pytest.approx(box_connectivity((12, 12), 1.0), rel=1e-9)


def test_a_disconnected_network_has_none():
    assert algebraic_connectivity(np.array([[0, 2], [1, 3]]), np.ones(2), nodes=4) == 0.0
    assert algebraic_connectivity(np.array([[0], [1]]), np.ones(1), nodes=3) == 0.0
