"""Products with an adjacency matrix are those with the matrix itself, whatever their form and width."""

import numpy as np
import pytest
import torch

from gradnet_cli.numerics.coupling import ENOUGH_NODES, Coupling, DenseCoupling, SparseCoupling, SparsePattern


def drawn(form: str, nodes: int, *, directed: bool) -> tuple[Coupling, np.ndarray]:
    """A coupling on a third of all pairs, and its matrix."""
    rng = np.random.default_rng(nodes)
    pairs = np.array(np.nonzero(~np.eye(nodes, dtype=bool)) if directed else np.triu_indices(nodes, 1))
    edges = pairs[:, rng.random(pairs.shape[1]) < 1 / 3]
    weights = rng.random(edges.shape[1])
    matrix = np.zeros((nodes, nodes))
    matrix[edges[0], edges[1]] = weights
    if not directed:
        matrix += matrix.T
    index, values = torch.from_numpy(edges), torch.from_numpy(weights)
    if form == "dense":
        return DenseCoupling(values, index, nodes=nodes, directed=directed), matrix
    return SparseCoupling(values, SparsePattern(index, nodes=nodes, directed=directed)), matrix


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("nodes", [5, ENOUGH_NODES, ENOUGH_NODES + 1])
@pytest.mark.parametrize("form", ["dense", "sparse"])
@pytest.mark.parametrize("columns", [1, 3])
def test_products(form: str, nodes: int, columns: int, directed: bool) -> None:
    coupling, matrix = drawn(form, nodes, directed=directed)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(nodes, columns))
    z = x + 1j * rng.normal(size=(nodes, columns))
    for found, expected in (
        (coupling.product(torch.from_numpy(x)), matrix @ x),
        (coupling.transposed_product(torch.from_numpy(x)), matrix.T @ x),
        (coupling.complex_product(torch.from_numpy(z)), matrix @ z),
        (coupling.complex_transposed_product(torch.from_numpy(z)), matrix.T @ z),
    ):
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("nodes", [5, ENOUGH_NODES + 1])
def test_products_of_a_batch(nodes: int) -> None:
    index = torch.triu_indices(nodes, nodes, 1)
    weights = torch.rand(2, index.shape[1], dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z = torch.rand(2, nodes, 1, dtype=torch.complex128, generator=torch.Generator().manual_seed(1))
    batch = DenseCoupling(weights, index, nodes=nodes, directed=False).complex_product(z)
    for k in range(2):
        alone = DenseCoupling(weights[k], index, nodes=nodes, directed=False).complex_product(z[k])
        torch.testing.assert_close(batch[k], alone, rtol=1e-12, atol=1e-12)
