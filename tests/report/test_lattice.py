import numpy as np
import pytest

from gradnet_cli.problem.masks import complete, grid
from gradnet_cli.report.lattice import box_connectivity, box_weights, lattice_of

SHAPES = [(3, 3), (4, 7), (6, 1), (3, 4, 5), (2, 3, 2, 3)]


def optimal(mask, strength=1.3):
    lattice = lattice_of(mask)
    weights = np.zeros(mask.edges)
    for axis in range(len(lattice.shape)):
        chosen, position = lattice.along(axis)
        weights[chosen] = box_weights(lattice.shape, strength, axis)[position - 1]
    return weights


def build(shape, **further):
    return grid.build(rows=shape[0], cols=shape[1], further=shape[2:], **further)


@pytest.mark.parametrize("shape", SHAPES)
def test_box_weights_spend_the_budget_and_attain_the_connectivity(shape):
    mask = build(shape)
    weights = optimal(mask)
    np.testing.assert_allclose(2 * weights.sum() / mask.nodes, 1.3, rtol=1e-12)
    matrix = np.zeros((mask.nodes, mask.nodes))
    matrix[tuple(mask.edge_index)] = weights
    matrix += matrix.T
    values = np.linalg.eigvalsh(np.diag(matrix.sum(axis=0)) - matrix)
    np.testing.assert_allclose(values[1], box_connectivity(shape, 1.3), rtol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_network_on_the_box_can_exceed_that_connectivity(shape):
    """The dual of the docstring: mixed linear vectors give one g on all edges; (B/2) max g is the bound."""
    mask = build(shape)
    places = np.indices(shape).reshape(len(shape), -1).astype(float)
    longer = [axis for axis, length in enumerate(shape) if length > 1]
    shares = np.array([shape[axis] ** 2 - 1.0 for axis in longer])
    i, j = mask.edge_index
    gradient = np.zeros(mask.edges)
    for share, axis in zip(shares / shares.sum(), longer, strict=True):
        vector = places[axis] - places[axis].mean()
        vector /= np.linalg.norm(vector)
        gradient += share * (vector[i] - vector[j]) ** 2
    bound = 1.3 * mask.nodes / 2 * gradient.max()
    np.testing.assert_allclose(bound, box_connectivity(shape, 1.3), rtol=1e-12)


def test_the_square_has_the_known_parabola():
    n, b = 30, 1.0
    x = np.arange(1, n)
    np.testing.assert_allclose(box_weights((n, n), b, 0), 1.5 * b * x * (n - x) / (n**2 - 1), rtol=1e-14)
    np.testing.assert_allclose(box_connectivity((30, 30), 1.0), 3.337041e-3, rtol=1e-6)
    np.testing.assert_allclose(box_connectivity((70, 70), 1.0), 6.123699e-4, rtol=1e-6)


def test_wrapping_edges_are_found():
    torus = lattice_of(grid.build(rows=4, cols=5, periodic=True))
    assert not torus.is_box
    assert torus.wraps.sum() == 4 + 5
    assert lattice_of(grid.build(rows=4, cols=5)).is_box


def test_edges_lie_where_they_lie():
    mask = grid.build(rows=3, cols=4)
    field = lattice_of(mask).field(np.arange(mask.edges, dtype=float), 1)
    assert field.shape == (3, 4)
    assert np.isnan(field[:, -1]).all()
    edge = np.flatnonzero((mask.edge_index[0] == 5) & (mask.edge_index[1] == 6))[0]
    assert field[1, 1] == edge


def test_other_masks_are_no_lattices(samples):
    assert lattice_of(complete.build(nodes=9)) is None
    diagonal = samples.mask([(0, 1), (0, 3)], nodes=4, shape=(2, 2))
    assert lattice_of(diagonal) is None
