"""Masks against networkx, formulas and their own promises."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks import (
    barabasi_albert,
    bipartite,
    complete,
    erdos_renyi,
    grid,
    karate,
    random_geometric,
    random_regular,
)
from gradnet_cli.problem.masks import networkx as networkx_mask
from gradnet_cli.problem.prices import priced
from tests.graphs import graph_of, same_edges

FEW = settings(max_examples=30, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)


class TestGrid:
    @FEW
    @given(
        rows=st.integers(2, 5),
        cols=st.integers(1, 5),
        further=st.lists(st.integers(1, 3), max_size=2),
        periodic=st.booleans(),
    )
    def test_is_the_grid_of_networkx(self, rows: int, cols: int, further: list[int], periodic: bool) -> None:
        shape = (rows, cols, *further)
        mask = grid.build(rows=rows, cols=cols, further=further, periodic=periodic)
        # networkx joins the ends of a dimension of one or two with loops and double edges.
        wraps = [periodic and size > 2 for size in reversed(shape)]
        graph = nx.grid_graph(list(reversed(shape)), periodic=wraps)
        number = {node: int(np.ravel_multi_index(node, shape)) for node in graph}
        assert same_edges(mask, nx.relabel_nodes(graph, number))
        assert mask.shape == shape

    def test_positions_are_column_and_row(self) -> None:
        mask = grid.build(rows=3, cols=4, further=[2])
        node = int(np.ravel_multi_index((2, 3, 1), (3, 4, 2)))
        assert mask.positions is not None
        assert mask.positions[node].tolist() == [3, 2, 1]
        assert [mask.node_data[name][node] for name in "xyz"] == [3, 2, 1]

    def test_a_million_nodes_come_as_arrays(self) -> None:
        mask = grid.build(rows=1000, cols=1000)
        mask.check()
        assert mask.edges == 2 * 1000 * 999


class TestComplete:
    @FEW
    @given(nodes=st.integers(2, 40), directed=st.booleans())
    def test_has_every_pair(self, nodes: int, directed: bool) -> None:
        graph = nx.complete_graph(nodes, create_using=nx.DiGraph if directed else nx.Graph)
        assert same_edges(complete.build(nodes=nodes, directed=directed), graph)

    @FEW
    @given(nodes=st.integers(2, 10_000), directed=st.booleans(), data=st.data())
    def test_ranks_of_pairs_are_exact(self, nodes: int, directed: bool, data: st.DataObject) -> None:
        pairs = nodes * (nodes - 1) // (1 if directed else 2)
        rank = data.draw(st.integers(0, pairs - 1))
        i, j = (int(end) for end in complete.pair_of(np.array([rank]), nodes=nodes, directed=directed)[:, 0])
        before = i * (nodes - 1) - (0 if directed else i * (i - 1) // 2)
        assert rank == before + (j - (j > i) if directed else j - i - 1)
        assert i != j
        assert directed or i < j


class TestBipartite:
    @FEW
    @given(left=st.integers(1, 12), right=st.integers(1, 12))
    def test_joins_the_sides(self, left: int, right: int) -> None:
        mask = bipartite.build(left=left, right=right)
        assert same_edges(mask, nx.complete_bipartite_graph(left, right))
        assert mask.node_data["side"].tolist() == ["left"] * left + ["right"] * right


class TestErdosRenyi:
    @FEW
    @given(nodes=st.integers(2, 60), p=st.floats(0, 1, exclude_min=True), directed=st.booleans(), seed=SEEDS)
    def test_is_a_mask(self, nodes: int, p: float, directed: bool, seed: int) -> None:
        mask = erdos_renyi.build(nodes=nodes, probability=p, directed=directed, graph_seed=seed)
        again = erdos_renyi.build(nodes=nodes, probability=p, directed=directed, graph_seed=seed)
        np.testing.assert_array_equal(mask.edge_index, again.edge_index)
        if mask.edges:
            mask.check()
        if p == 1:
            assert mask.edges == nodes * (nodes - 1) // (1 if directed else 2)

    def test_every_pair_is_as_likely(self) -> None:
        """400 draws of the 10 pairs of 5 nodes: each count is binomial, within 5 deviations of its mean."""
        p, draws = 0.3, 400
        counts = np.zeros((5, 5))
        for seed in range(draws):
            i, j = erdos_renyi.build(nodes=5, probability=p, graph_seed=seed).edge_index
            counts[i, j] += 1
        deviation = np.sqrt(draws * p * (1 - p))
        assert np.abs(counts[np.triu_indices(5, 1)] - draws * p).max() < 5 * deviation

    def test_the_largest_component_is_connected(self) -> None:
        whole = erdos_renyi.build(nodes=200, probability=0.008, graph_seed=1)
        mask = erdos_renyi.build(nodes=200, probability=0.008, largest_component=True, graph_seed=1)
        largest = max(nx.connected_components(graph_of(whole)), key=len)
        mask.check()
        assert mask.nodes == len(largest) < 200
        assert nx.is_connected(graph_of(mask))
        assert nx.is_isomorphic(graph_of(mask), graph_of(whole).subgraph(largest))


class TestRandomGeometric:
    @FEW
    @given(nodes=st.integers(2, 60), radius=st.floats(0.01, 2), dimensions=st.integers(1, 4), seed=SEEDS)
    def test_joins_what_is_near(self, nodes: int, radius: float, dimensions: int, seed: int) -> None:
        mask = random_geometric.build(nodes=nodes, radius=radius, dimensions=dimensions, graph_seed=seed)
        assert mask.positions is not None
        graph = nx.Graph()
        graph.add_nodes_from((k, {"pos": tuple(place)}) for k, place in enumerate(mask.positions.tolist()))
        graph.add_edges_from(nx.geometric_edges(graph, radius))
        if mask.edges:
            assert same_edges(mask, graph)
        else:
            assert graph.number_of_edges() == 0

    @FEW
    @given(nodes=st.integers(2, 300), dimensions=st.integers(1, 3), seed=SEEDS)
    def test_null_radius_connects(self, nodes: int, dimensions: int, seed: int) -> None:
        mask = random_geometric.build(nodes=nodes, dimensions=dimensions, graph_seed=seed)
        assert nx.is_connected(graph_of(mask))

    def test_distance_is_the_length_in_units_of_side(self) -> None:
        unit = priced(random_geometric.build(nodes=50, graph_seed=3), cost="distance")
        large = priced(random_geometric.build(nodes=50, side=10.0, graph_seed=3), cost="distance")
        assert unit.positions is not None
        i, j = unit.edge_index
        length = np.hypot(*(unit.positions[i] - unit.positions[j]).T)
        np.testing.assert_allclose(unit.cost, length)
        np.testing.assert_allclose(large.cost, 10 * length)

    def test_the_largest_component_keeps_its_places_and_numbers(self) -> None:
        whole = random_geometric.build(nodes=100, radius=0.09, graph_seed=0)
        mask = random_geometric.build(nodes=100, radius=0.09, largest_component=True, graph_seed=0)
        mask.check()
        assert mask.nodes < 100
        assert whole.positions is not None
        assert mask.labels is not None
        np.testing.assert_array_equal(mask.positions, whole.positions[mask.labels.astype(int)])
        i, j = mask.labels.astype(int)[mask.edge_index]
        assert set(zip(i, j, strict=True)) <= set(zip(*whole.edge_index, strict=True))


class TestRandomRegular:
    @FEW
    @given(nodes=st.integers(6, 40), degree=st.integers(1, 5), seed=SEEDS)
    def test_every_degree_is_the_same(self, nodes: int, degree: int, seed: int) -> None:
        nodes += nodes * degree % 2
        mask = random_regular.build(nodes=nodes, degree=degree, graph_seed=seed)
        mask.check()
        assert (np.bincount(mask.edge_index.ravel(), minlength=nodes) == degree).all()
        assert mask.labels is None


class TestBarabasiAlbert:
    def test_is_the_graph_of_networkx(self) -> None:
        mask = barabasi_albert.build(nodes=200, attachment=3, graph_seed=7)
        assert same_edges(mask, nx.barabasi_albert_graph(200, 3, seed=7))


class TestKarate:
    def test_is_the_club(self) -> None:
        mask = karate.build(base="weights")
        graph = nx.karate_club_graph()
        assert same_edges(mask, graph)
        weights = [graph.edges[i, j]["weight"] for i, j in mask.edge_index.T.tolist()]
        np.testing.assert_array_equal(mask.base, weights)
        assert mask.node_data["club"][[0, 33]].tolist() == ["Mr. Hi", "Officer"]

    def test_has_no_base_unless_asked_for(self) -> None:
        assert not karate.build().base.any()


class TestNetworkx:
    def test_hands_over_arguments_and_seed(self) -> None:
        mask = networkx_mask.build(
            generator="watts_strogatz_graph", arguments={"n": 30, "k": 4, "p": 0.3}, graph_seed=5
        )
        assert same_edges(mask, nx.watts_strogatz_graph(30, 4, 0.3, seed=5))

    def test_numbers_named_nodes_and_keeps_their_names(self) -> None:
        mask = networkx_mask.build(generator="grid_2d_graph", arguments={"m": 3, "n": 2}, graph_seed=0)
        assert same_edges(mask, nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 2)))
        assert mask.labels is not None
        assert mask.labels[1] == "(0, 1)"

    def test_leaves_out_loops_and_parallel_edges(self) -> None:
        mask = networkx_mask.build(generator="scale_free_graph", arguments={"n": 40}, graph_seed=0)
        graph = nx.DiGraph(nx.scale_free_graph(40, seed=0))
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
        assert mask.directed
        assert same_edges(mask, graph)

    def test_takes_positions_for_costs(self) -> None:
        arguments = {"n": 40, "radius": 0.4}
        mask = networkx_mask.build(generator="random_geometric_graph", arguments=arguments, graph_seed=2)
        mask = priced(mask, cost="distance")
        assert mask.positions is not None
        i, j = mask.edge_index
        np.testing.assert_allclose(mask.cost, np.hypot(*(mask.positions[i] - mask.positions[j]).T))

    def test_takes_weights_for_a_base(self) -> None:
        mask = networkx_mask.build(generator="les_miserables_graph", base="weights", graph_seed=0)
        total = nx.les_miserables_graph().size(weight="weight")
        assert mask.base.sum() == total

    def test_knows_the_bipartite_generators(self) -> None:
        arguments = {"n": 5, "m": 6, "p": 0.9}
        mask = networkx_mask.build(generator="bipartite.random_graph", arguments=arguments, graph_seed=0)
        assert mask.nodes == 11
        assert mask.node_data["bipartite"].tolist() == [0] * 5 + [1] * 6


class TestOrder:
    @FEW
    @given(data=st.data(), nodes=st.integers(2, 12), directed=st.booleans())
    def test_pairs_in_any_order_make_the_same_mask(
        self, data: st.DataObject, nodes: int, directed: bool
    ) -> None:
        node = st.integers(0, nodes - 1)
        pairs = data.draw(st.lists(st.tuples(node, node).filter(lambda pair: pair[0] != pair[1]), min_size=1))
        edges = np.array(pairs).T
        cost = 1.0 + edges.sum(axis=0) + nodes * np.abs(edges[0] - edges[1])  # the same for i-j and j-i
        mask = Mask.from_edges(name="any", nodes=nodes, edges=edges, directed=directed, cost=cost)
        mask.check()
        expected = set(pairs) if directed else {(min(pair), max(pair)) for pair in pairs}
        assert set(zip(*mask.edge_index.tolist(), strict=True)) == expected
        i, j = mask.edge_index
        np.testing.assert_array_equal(mask.cost, 1 + i + j + nodes * np.abs(i - j))


@pytest.mark.parametrize("build", [erdos_renyi.build, barabasi_albert.build, random_geometric.build])
def test_another_seed_gives_another_graph(build: Callable[..., Mask]) -> None:
    more: dict[str, Any] = {"probability": 0.2} if build is erdos_renyi.build else {}
    more |= {"attachment": 2} if build is barabasi_albert.build else {}
    first, other = (build(nodes=40, graph_seed=seed, **more) for seed in (0, 1))
    assert not np.array_equal(first.edge_index, other.edge_index)
