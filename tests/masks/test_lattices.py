"""Triangular and hexagonal lattices and the hypercube, against networkx and their known spectra."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks import hexagonal, hypercube, triangular
from tests.graphs import graph_of, same_edges

FEW = settings(max_examples=20, deadline=None)
HALF_EVEN = st.integers(2, 4).map(lambda half: 2 * half)


def lengths(mask: Mask) -> np.ndarray:
    """Of the edges, on a torus the shorter way round."""
    assert mask.positions is not None
    along = mask.positions[mask.edge_index[1]] - mask.positions[mask.edge_index[0]]
    if mask.period is not None:
        along -= np.round(along / mask.period) * mask.period
    return np.linalg.norm(along, axis=1)


def laplacian_spectrum(mask: Mask) -> np.ndarray:
    return np.sort(nx.laplacian_spectrum(graph_of(mask)))


class TestTriangular:
    @FEW
    @given(rows=st.integers(2, 5), cols=st.integers(2, 5))
    def test_is_the_lattice_of_networkx(self, rows: int, cols: int) -> None:
        mask = triangular.build(rows=rows, cols=cols)
        graph = nx.triangular_lattice_graph(rows - 1, 2 * (cols - 1))
        number = {(c, r): r * cols + c for c, r in graph}
        assert same_edges(mask, nx.relabel_nodes(graph, number))

    @FEW
    @given(rows=HALF_EVEN, cols=st.integers(3, 7))
    def test_the_torus_has_its_spectrum(self, rows: int, cols: int) -> None:
        mask = triangular.build(rows=rows, cols=cols, periodic=True)
        mask.check()
        assert (np.bincount(mask.edge_index.ravel()) == 6).all()
        a, b = 2 * np.pi * np.arange(cols)[:, None] / cols, 2 * np.pi * np.arange(rows) / rows
        waves = 6 - 2 * np.cos(a) - 4 * np.cos(a / 2) * np.cos(b)
        np.testing.assert_allclose(laplacian_spectrum(mask), np.sort(waves.ravel()), atol=1e-10)

    @pytest.mark.parametrize("periodic", [False, True])
    def test_edges_are_equally_long(self, periodic: bool) -> None:
        np.testing.assert_allclose(lengths(triangular.build(rows=6, cols=5, periodic=periodic)), 1.0)

    def test_a_million_nodes_come_as_arrays(self) -> None:
        mask = triangular.build(rows=1000, cols=1000)
        mask.check()
        assert mask.edges == 1000 * 999 + 999 * (2 * 1000 - 1)


class TestHexagonal:
    @FEW
    @given(rows=st.integers(1, 5), cols=st.integers(1, 5))
    def test_is_the_lattice_of_networkx(self, rows: int, cols: int) -> None:
        mask = hexagonal.build(rows=rows, cols=cols)
        mask.check()
        assert mask.nodes == 2 * (rows + 1) * (cols + 1) - 2
        assert mask.edges == mask.nodes - 1 + rows * cols  # Euler: each hexagon is a face
        if rows > 1 and cols > 1:
            # networkx shifts every second column of hexagons, and not every second row.
            assert nx.is_isomorphic(graph_of(mask), nx.hexagonal_lattice_graph(cols, rows))

    @FEW
    @given(rows=st.integers(1, 4).map(lambda half: 2 * half), cols=st.integers(2, 6))
    def test_the_torus_has_its_spectrum(self, rows: int, cols: int) -> None:
        """3 -+ |f|, f being the sum of the phases to the three neighbours (Wallace 1947)."""
        mask = hexagonal.build(rows=rows, cols=cols, periodic=True)
        mask.check()
        assert (np.bincount(mask.edge_index.ravel()) == 3).all()
        a, b = np.pi * np.arange(cols)[:, None] / cols, 2 * np.pi * np.arange(rows) / rows
        size = np.abs(np.exp(1j * b) + 2 * np.cos(a)).ravel()
        expected = np.sort(np.concatenate([3 - size, 3 + size]))
        np.testing.assert_allclose(laplacian_spectrum(mask), expected, atol=1e-10)

    @pytest.mark.parametrize("periodic", [False, True])
    def test_edges_are_equally_long(self, periodic: bool) -> None:
        np.testing.assert_allclose(lengths(hexagonal.build(rows=4, cols=5, periodic=periodic)), 1.0)

    def test_a_million_nodes_come_as_arrays(self) -> None:
        mask = hexagonal.build(rows=700, cols=720)
        mask.check()
        assert mask.nodes == 2 * 701 * 721 - 2


class TestHypercube:
    @pytest.mark.parametrize("dimensions", [1, 2, 3, 6])
    def test_is_the_cube_of_networkx(self, dimensions: int) -> None:
        mask = hypercube.build(dimensions=dimensions)
        graph = nx.hypercube_graph(dimensions)
        number = {node: int(np.dot(np.atleast_1d(node), 1 << np.arange(dimensions))) for node in graph}
        assert same_edges(mask, nx.relabel_nodes(graph, number))

    def test_rows_hold_the_words_with_as_many_ones(self) -> None:
        mask = hypercube.build(dimensions=5)
        assert mask.positions is not None
        assert mask.positions[:, 1].tolist() == [word.bit_count() for word in range(32)]
        assert mask.node_data["ones"].tolist() == mask.positions[:, 1].tolist()
        assert len(np.unique(mask.positions.round(9), axis=0)) == 32

    @pytest.mark.slow
    def test_a_million_nodes_come_as_arrays(self) -> None:
        mask = hypercube.build(dimensions=20)
        assert mask.edges == 20 * 2**19
