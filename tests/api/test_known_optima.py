"""Problems that theory has solved: training begins, and ends, with the optimum and its proof."""

import networkx as nx
import numpy as np
import pytest
from scipy.spatial.distance import pdist

import gradnet_cli as gn

EXACT = 1e-7  # relative: twice the square of the residual that a final eigenvector may have
POINTS = np.random.default_rng(3).random((60, 2))
PAIRS = np.array(np.triu_indices(60, 1)).T


def tree(nodes: int) -> np.ndarray:
    """Edges (E, 2) of a tree with hubs."""
    return np.array(nx.barabasi_albert_graph(nodes, 1, seed=2).edges)


def test_connectivity_of_a_tree() -> None:
    edges = tree(500)
    cost = np.random.default_rng(0).lognormal(size=len(edges))
    result = gn.optimize(edges, cost=cost, progress="none")
    assert result.updates == 0
    assert result.gap == pytest.approx(0, abs=EXACT)
    assert 2 * cost @ result.weights == pytest.approx(500, rel=1e-12)
    # Lengths sqrt(cost): the spread about the best node bounds what is found from below.
    graph = nx.Graph()
    graph.add_weighted_edges_from((i, j, np.sqrt(c)) for (i, j), c in zip(edges.tolist(), cost, strict=True))
    spread = min(sum(d * d for d in paths.values()) for _, paths in nx.all_pairs_dijkstra_path_length(graph))
    assert result.score >= 250 / spread * (1 - EXACT)


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_connectivity_of_all_pairs_by_distance(power: float) -> None:
    cost = pdist(POINTS) ** power
    result = gn.optimize(PAIRS, cost=cost, progress="none")
    assert result.updates == 0
    assert result.score == pytest.approx(30 * 60 / cost.sum(), rel=1e-9)
    assert result.bound == pytest.approx(result.score, rel=1e-9)


def test_beyond_the_square_of_the_distance_equal_weights_are_not_the_best() -> None:
    cost = pdist(POINTS[:30]) ** 3
    pairs = np.array(np.triu_indices(30, 1)).T
    result = gn.optimize(pairs, cost=cost, progress="none", updates=300)
    assert result.score > 1.1 * 15 * 30 / cost.sum()
    assert result.gap < 2e-3


def test_costs_that_are_no_distances() -> None:
    cost = np.random.default_rng(4).lognormal(size=len(PAIRS))
    result = gn.optimize(PAIRS, cost=cost, progress="none", updates=50)
    assert result.updates > 0
    assert result.score <= result.bound * (1 + EXACT)


def test_resistance_of_a_tree() -> None:
    edges = tree(80)
    cost = np.random.default_rng(1).lognormal(size=len(edges))
    result = gn.optimize(edges, cost=cost, objective="effective_resistance", progress="none")
    assert result.updates == 0
    parts = []
    for i, j in edges:
        graph = nx.Graph(edges.tolist())
        graph.remove_edge(i, j)
        side = len(nx.node_connected_component(graph, i))
        parts.append(side * (80 - side))
    assert result.score == pytest.approx(np.sqrt(parts * cost).sum() ** 2 / 40, rel=1e-9)
    assert result.bound == pytest.approx(result.score, rel=1e-9)


@pytest.mark.parametrize("asked", [{"initial": "even"}, {"initial": "random"}])
def test_another_start_is_kept_and_the_proof_holds(asked: dict[str, str]) -> None:
    edges = tree(100)
    best = gn.optimize(edges, progress="none")
    result = gn.optimize(edges, progress="none", updates=3, **asked)
    assert result.updates == 3
    assert result.score < best.score
    assert result.bound == pytest.approx(best.score, rel=EXACT)


def test_limits_leave_the_closed_form() -> None:
    edges = tree(40)
    free = gn.optimize(edges, progress="none")
    limited = gn.optimize(edges, progress="none", limits={"weight": 0.9 * free.weights.max()}, updates=60)
    assert limited.weights.max() <= 0.9 * free.weights.max() * (1 + 1e-9)
    assert limited.score < free.score


def test_points_are_found_again() -> None:
    from gradnet_cli.numerics.spectra.squared_distances import squared_distances_near

    wanted = pdist(POINTS, "sqeuclidean")
    found = squared_distances_near(PAIRS.T, wanted, nodes=60)
    assert found is not None
    centred = POINTS - POINTS.mean(axis=0)
    assert found == pytest.approx(wanted / np.square(centred).sum(), rel=1e-9)
