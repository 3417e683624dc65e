"""Trees against networkx, and random ones against what is known of their distribution."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks import random_tree, tree
from tests.graphs import graph_of, same_edges

FEW = settings(max_examples=25, deadline=None)


def crossings(mask: Mask) -> int:
    """How many pairs of edges without a common end cross in the picture."""
    assert mask.positions is not None
    start, end = mask.positions[mask.edge_index[0]], mask.positions[mask.edge_index[1]]

    def side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        (u, v), (x, y) = np.moveaxis(b - a, -1, 0), np.moveaxis(c - a, -1, 0)
        turn = u * y - v * x
        return np.where(np.abs(turn) < 1e-12, 0.0, np.sign(turn))

    a, b, c, d = start[:, None], end[:, None], start[None], end[None]
    apart = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    ends = mask.edge_index
    shared = (ends[:, None, :, None] == ends[None, :, None, :]).any(axis=(0, 1))
    return int(np.count_nonzero(apart & ~shared)) // 2


class TestTree:
    @FEW
    @given(branching=st.integers(2, 4), height=st.integers(1, 4))
    def test_is_the_tree_of_networkx(self, branching: int, height: int) -> None:
        mask = tree.build(branching=branching, height=height)
        assert same_edges(mask, nx.balanced_tree(branching, height))
        depth = nx.single_source_shortest_path_length(graph_of(mask), 0)
        assert mask.node_data["level"].tolist() == [depth[node] for node in range(mask.nodes)]
        assert crossings(mask) == 0

    def test_one_child_more_at_the_root_makes_a_bethe_lattice(self) -> None:
        mask = tree.build(branching=3, height=4, root_branching=4)
        mask.check()
        assert nx.is_tree(graph_of(mask))
        degree = np.bincount(mask.edge_index.ravel())
        assert mask.nodes == 1 + 4 * (1 + 3 + 9 + 27)
        assert (degree[mask.node_data["level"] < 4] == 4).all()
        assert (degree[mask.node_data["level"] == 4] == 1).all()

    def test_a_million_nodes_come_as_arrays(self) -> None:
        assert tree.build(branching=2, height=19).nodes == 2**20 - 1


class TestRandomTree:
    @FEW
    @given(
        nodes=st.integers(2, 150),
        draw=st.sampled_from(["uniform", "preferential", "recursive"]),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_is_a_tree_drawn_without_crossings(self, nodes: int, draw: str, seed: int) -> None:
        mask = random_tree.build(nodes=nodes, draw=draw, graph_seed=seed)
        mask.check()
        assert nx.is_tree(graph_of(mask))
        assert mask.positions is not None
        assert len(np.unique(mask.positions.round(9), axis=0)) == nodes
        assert crossings(mask) == 0

    def test_each_labelled_tree_is_as_likely(self) -> None:
        """1,600 draws of the 16 trees of 4 nodes (Cayley), by their Pruefer sequences."""
        draws, trees = 1600, 16
        counts = np.zeros((4, 4))
        for seed in range(draws):
            graph = graph_of(random_tree.build(nodes=4, graph_seed=seed))
            counts[tuple(nx.to_prufer_sequence(graph))] += 1
        expected = draws / trees
        # chi^2 with 15 degrees of freedom exceeds 50 once in 10^5 times; the seeds are fixed.
        assert ((counts - expected) ** 2 / expected).sum() < 50

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("draw", "shares"),
        [
            # 1 + Poisson(1); 4 / (k (k + 1) (k + 2)) (Bollobas et al. 2001); 2^-k (Na and Rapoport 1970).
            ("uniform", [np.exp(-1), np.exp(-1), np.exp(-1) / 2, np.exp(-1) / 6]),
            ("preferential", [4 / 6, 4 / 24, 4 / 60, 4 / 120]),
            ("recursive", [1 / 2, 1 / 4, 1 / 8, 1 / 16]),
        ],
    )
    def test_a_million_nodes_have_the_degrees_that_are_known(self, draw: str, shares: list[float]) -> None:
        nodes = 10**6
        mask = random_tree.build(nodes=nodes, draw=draw, graph_seed=0)
        found = np.bincount(np.bincount(mask.edge_index.ravel(), minlength=nodes))[1:5] / nodes
        np.testing.assert_allclose(found, shares, atol=5e-3 / np.sqrt(10))

    def test_growth_by_degree_has_the_chances_of_its_definition(self) -> None:
        """Three nodes are a path; the fourth joins its middle, which has 2 of 4 ends, half the time."""
        masks = [random_tree.build(nodes=4, draw="preferential", graph_seed=seed) for seed in range(2000)]
        stars = sum(int(np.bincount(mask.edge_index.ravel()).max()) == 3 for mask in masks)
        assert abs(stars - 1000) < 5 * np.sqrt(2000 / 4)
