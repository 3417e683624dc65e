"""Layers, blocks and small worlds against networkx and the counts that are known."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.problem.masks import layered, stochastic_block, watts_strogatz
from tests.graphs import graph_of, same_edges

FEW = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=5)


class TestLayered:
    @FEW
    @given(layers=SIZES, skip=st.integers(0, 5), directed=st.booleans())
    def test_joins_layers_that_are_near(self, layers: list[int], skip: int, directed: bool) -> None:
        mask = layered.build(layers=layers, skip=skip, directed=directed)
        level = np.repeat(np.arange(len(layers)), layers)
        graph = nx.DiGraph() if directed else nx.Graph()
        graph.add_nodes_from(range(sum(layers)))
        pairs = itertools.product(range(sum(layers)), repeat=2)
        graph.add_edges_from((i, j) for i, j in pairs if 1 <= level[j] - level[i] <= skip + 1)
        assert same_edges(mask, graph)
        assert mask.node_data["layer"].tolist() == level.tolist()
        assert mask.positions is not None
        assert len(np.unique(mask.positions.round(9), axis=0)) == mask.nodes
        assert np.array_equal(np.argsort(mask.positions[:, 0], kind="stable"), np.arange(mask.nodes))

    def test_without_gaps_it_is_complete_multipartite(self) -> None:
        assert same_edges(layered.build(layers=[2, 3, 4], skip=1), nx.complete_multipartite_graph(2, 3, 4))

    @pytest.mark.parametrize(
        ("layers", "skip"), [([3, 3, 3, 3], 3), ([4, 6, 6, 3], 1), ([5, 5, 5], 1), ([2, 8, 8, 8, 2], 2)]
    )
    def test_edges_that_pass_over_a_layer_touch_none_of_its_nodes(self, layers: list[int], skip: int) -> None:
        mask = layered.build(layers=layers, skip=skip)
        assert mask.positions is not None
        level = mask.node_data["layer"]
        least = np.inf
        for i, j in mask.edge_index.T.tolist():
            (x, y), (u, v) = mask.positions[[i, j]]
            for place in mask.positions[(level > level[i]) & (level < level[j])]:
                least = min(least, abs(y + (v - y) * (place[0] - x) / (u - x) - place[1]))
        assert least > 0.005 * np.ptp(mask.positions[:, 1])


class TestStochasticBlock:
    @FEW
    @given(blocks=SIZES, directed=st.booleans(), by_matrix=st.booleans(), seed=SEEDS)
    def test_certain_pairs_are_there(
        self, blocks: list[int], directed: bool, by_matrix: bool, seed: int
    ) -> None:
        matrix = (1 - np.eye(len(blocks))).tolist() if by_matrix else None
        across = stochastic_block.build(
            blocks=blocks, p_in=0, p_out=1, probabilities=matrix, directed=directed, graph_seed=seed
        )
        graph = nx.complete_multipartite_graph(*blocks)
        assert same_edges(across, graph.to_directed() if directed else graph)
        if max(blocks) > 1:
            matrix = np.eye(len(blocks)).tolist() if by_matrix else None
            within = stochastic_block.build(
                blocks=blocks, p_in=1, p_out=0, probabilities=matrix, directed=directed, graph_seed=seed
            )
            cliques = nx.disjoint_union_all([nx.complete_graph(size) for size in blocks])
            assert same_edges(within, cliques.to_directed() if directed else cliques)

    @pytest.mark.parametrize("directed", [False, True])
    @pytest.mark.parametrize("by_matrix", [False, True])
    def test_every_pair_has_the_chance_of_its_blocks(self, by_matrix: bool, directed: bool) -> None:
        """600 draws of 5 nodes: each pair's count is binomial, within 5 deviations of its mean."""
        matrix, draws, block = np.array([[0.5, 0.2], [0.2, 0.5]]), 600, np.array([0, 0, 1, 1, 1])
        if by_matrix and directed:
            matrix = np.array([[0.5, 0.2], [0.7, 0.3]])
        counts = np.zeros((5, 5))
        for seed in range(draws):
            told = matrix.tolist() if by_matrix else None
            mask = stochastic_block.build(
                blocks=[2, 3],
                p_in=0.5,
                p_out=0.2,
                probabilities=told,
                directed=directed,
                graph_seed=seed,
            )
            counts[tuple(mask.edge_index)] += 1
        chance = matrix[block][:, block]
        chance = np.where(np.eye(5), 0, chance if directed else np.triu(chance, 1))
        assert (np.abs(counts - draws * chance) <= 5 * np.sqrt(draws * chance * (1 - chance))).all()

    def test_a_million_nodes_in_a_thousand_blocks(self) -> None:
        mask = stochastic_block.build(blocks=[1000] * 1000, p_in=4e-3, p_out=1e-6, graph_seed=0)
        mask.check()
        block = mask.node_data["block"][mask.edge_index]
        inner = np.count_nonzero(block[0] == block[1])
        expected = 1000 * 4e-3 * 1000 * 999 / 2, 1e-6 * (10**6 - 1000) * 10**6 / 2
        assert abs(inner - expected[0]) < 5 * np.sqrt(expected[0])
        assert abs(mask.edges - inner - expected[1]) < 5 * np.sqrt(expected[1])

    def test_blocks_are_drawn_apart(self) -> None:
        mask = stochastic_block.build(blocks=[30, 5, 12], p_in=1, p_out=0.1, graph_seed=0)
        assert mask.positions is not None
        block = mask.node_data["block"]
        distance = np.linalg.norm(mask.positions[:, None] - mask.positions[None], axis=2)
        np.fill_diagonal(distance, np.inf)
        across = np.where(block[:, None] != block[None], distance, np.inf)
        # The nearest node of another block is farther than the nearest of all, anywhere.
        assert across.min() > distance.min(axis=1).max()


class TestWattsStrogatz:
    @FEW
    @given(nodes=st.integers(5, 60), half=st.integers(1, 2), seed=SEEDS)
    def test_without_chance_it_is_the_ring_lattice_of_networkx(
        self, nodes: int, half: int, seed: int
    ) -> None:
        mask = watts_strogatz.build(nodes=nodes, neighbours=2 * half, probability=0, graph_seed=seed)
        assert same_edges(mask, nx.watts_strogatz_graph(nodes, 2 * half, 0))

    @FEW
    @given(nodes=st.integers(5, 40), half=st.integers(1, 2), p=st.floats(0, 1), seed=SEEDS)
    def test_every_edge_is_kept_or_led_elsewhere(self, nodes: int, half: int, p: float, seed: int) -> None:
        mask = watts_strogatz.build(nodes=nodes, neighbours=2 * half, probability=p, graph_seed=seed)
        mask.check()
        assert mask.edges == nodes * half
        assert (np.bincount(mask.edge_index.ravel(), minlength=nodes) >= half).all()

    def test_clustering_falls_as_is_known(self) -> None:
        """C(p) = C(0) (1 - p)^3, C(0) = 3 (k - 2) / (4 (k - 1)) (Barrat and Weigt 2000), up to 1/N."""
        for p in (0.0, 0.1, 0.4):
            mask = watts_strogatz.build(nodes=20_000, neighbours=6, probability=p, graph_seed=1)
            adjacency = nx.to_scipy_sparse_array(graph_of(mask), dtype=np.int64)
            closed = (adjacency * (adjacency @ adjacency)).sum()
            # Their clustering is that of triangles over triples at the mean degree.
            triples = 20_000 * 6 * 5
            assert closed / triples == pytest.approx(0.6 * (1 - p) ** 3, rel=0.04)

    def test_shortcuts_are_as_many_as_drawn(self) -> None:
        nodes, p = 10**6, 0.05
        mask = watts_strogatz.build(nodes=nodes, neighbours=4, probability=p, graph_seed=0)
        mask.check()
        apart = np.abs(mask.edge_index[0] - mask.edge_index[1])
        shortcuts = np.count_nonzero(np.minimum(apart, nodes - apart) > 2)
        assert abs(shortcuts - 2 * nodes * p) < 5 * np.sqrt(2 * nodes * p * (1 - p))

    def test_where_all_are_neighbours_nothing_can_be_led_elsewhere(self) -> None:
        mask = watts_strogatz.build(nodes=7, neighbours=6, probability=1, graph_seed=0)
        assert same_edges(mask, nx.complete_graph(7))
