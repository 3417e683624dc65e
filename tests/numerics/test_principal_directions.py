"""Singular values of tall matrices, against SciPy's."""

import numpy as np
import pytest
import scipy.linalg

from gradnet_cli.numerics.spectra.principal_directions import principal_directions


@pytest.mark.parametrize("decades", [0, 3, 8, 14])
@pytest.mark.parametrize("columns", [1, 5, 20])
def test_they_are_those_of_a_full_decomposition(decades: int, columns: int) -> None:
    random = np.random.default_rng(columns)
    block = scipy.linalg.orth(random.standard_normal((60, columns))) * np.logspace(0, -decades, columns)
    block = block @ scipy.linalg.orth(random.standard_normal((columns, columns)))
    left, values = principal_directions(block)
    assert values == pytest.approx(scipy.linalg.svdvals(block), rel=1e-5, abs=1e-14)
    assert left.T @ left == pytest.approx(np.eye(columns), abs=1e-5)
    assert left @ (left.T @ block) == pytest.approx(block, abs=1e-12)


@pytest.mark.parametrize("rank", [0, 2])
def test_columns_that_depend_on_each_other(rank: int) -> None:
    random = np.random.default_rng(0)
    block = random.standard_normal((30, rank)) @ random.standard_normal((rank, 4))
    left, values = principal_directions(block)
    assert left.T @ left == pytest.approx(np.eye(4), abs=1e-9)
    assert values[rank:] == pytest.approx(0, abs=1e-12)
