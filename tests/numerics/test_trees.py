"""Closed forms of trees, against eigenvalues, a semidefinite program, and Fiedler's formula."""

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest
import scipy.linalg

from gradnet_cli.numerics.trees.rooted_tree import RootedTree
from gradnet_cli.numerics.trees.tree_connectivity import best_tree_weights, tree_centre

SEEDS = range(40)


def drawn(seed: int) -> tuple[nx.Graph, np.ndarray, np.ndarray]:
    """A tree of 2 to 30 nodes, its edges (2, E), and their costs, equal for every other one."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(2, 31))
    tree = nx.random_labeled_tree(nodes, seed=seed) if nodes > 2 else nx.path_graph(2)
    edges = np.array(sorted(tuple(sorted(edge)) for edge in tree.edges)).T
    return tree, edges, random.lognormal(size=nodes - 1) if seed % 2 else np.ones(nodes - 1)


def laplacian(edges: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The dense Laplacian of weights (E,)."""
    incidence = np.zeros((edges.shape[1] + 1, edges.shape[1]))
    each = np.arange(edges.shape[1])
    incidence[edges[0], each], incidence[edges[1], each] = 1.0, -1.0
    result: np.ndarray = (incidence * weights) @ incidence.T
    return result


@pytest.mark.parametrize("seed", SEEDS)
def test_the_weights_have_the_eigenvalue_that_is_promised(seed: int) -> None:
    _, edges, cost = drawn(seed)
    weights, value = best_tree_weights(edges, cost, budget=2.5)
    assert (weights > 0).all()
    assert cost @ weights == pytest.approx(2.5, rel=1e-12)
    assert scipy.linalg.eigvalsh(laplacian(edges, weights))[1] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("seed", range(2, 8))
def test_no_weights_are_better(seed: int) -> None:
    _, edges, cost = drawn(seed)
    nodes = len(cost) + 1
    weights, least = cp.Variable(len(cost), nonneg=True), cp.Variable()
    incidence = np.zeros((nodes, len(cost)))
    incidence[edges[0], range(len(cost))], incidence[edges[1], range(len(cost))] = 1.0, -1.0
    lifted = incidence @ cp.diag(weights) @ incidence.T + 10 * np.ones((nodes, nodes)) / nodes
    program = cp.Problem(cp.Maximize(least), [cost @ weights == 1, lifted - least * np.eye(nodes) >> 0])
    program.solve(solver=cp.CLARABEL)
    assert best_tree_weights(edges, cost, budget=1.0)[1] == pytest.approx(program.value, rel=1e-5)


def fiedler(tree: nx.Graph) -> float:
    """The largest lambda_2 at unit costs and an edge sum of N - 1 (Fiedler 1990)."""
    nodes = tree.number_of_nodes()
    spread = {
        node: sum(d * d for d in nx.single_source_shortest_path_length(tree, node).values()) for node in tree
    }
    for u, v in tree.edges:
        if abs(spread[u] - spread[v]) < nodes:
            below = 4 * nodes * spread[u] - (nodes + spread[u] - spread[v]) ** 2
            return 4 * nodes * (nodes - 1) / below
    return (nodes - 1) / min(spread.values())


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_at_equal_costs_it_is_fiedlers_formula(seed: int) -> None:
    tree, edges, cost = drawn(seed)
    value = best_tree_weights(edges, cost, budget=float(len(cost)))[1]
    assert value == pytest.approx(fiedler(tree), rel=1e-12)


@pytest.mark.parametrize("nodes", [2, 3, 10, 1001])
def test_paths(nodes: int) -> None:
    edges = np.array([range(nodes - 1), range(1, nodes)])
    value = best_tree_weights(edges, np.ones(nodes - 1), budget=nodes - 1)[1]
    assert value == pytest.approx(12 / (nodes * (nodes + 1)), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_distances_from_the_centre_are_those_of_a_point_of_the_tree(seed: int) -> None:
    tree, edges, cost = drawn(seed)
    centre = tree_centre(edges, np.sqrt(cost))
    for (i, j), length in zip(edges.T, np.sqrt(cost), strict=True):
        tree.edges[i, j]["length"] = length
    # No node has less to all others, and along each edge distances differ by its length, or add up to it.
    at_nodes = [
        sum(d * d for d in nx.single_source_dijkstra_path_length(tree, node, weight="length").values())
        for node in tree
    ]
    assert centre.spread <= min(at_nodes) * (1 + 1e-12)
    ends = centre.distances[edges]
    along, across = np.abs(ends[0] - ends[1]), ends.sum(axis=0)
    stretched = np.isclose(along, np.sqrt(cost)) | np.isclose(across, np.sqrt(cost))
    assert stretched.all()


def test_pairs_apart() -> None:
    tree, edges, _ = drawn(5)
    apart = []
    for i, j in edges.T:
        parts = tree.copy()
        parts.remove_edge(i, j)
        side = len(nx.node_connected_component(parts, i))
        apart.append(side * (len(tree) - side))
    assert RootedTree.of(edges, root=3).pairs_apart().tolist() == apart


def test_what_is_no_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="no tree"):
        RootedTree.of(np.array([[0, 0, 1], [1, 2, 2]]))
