"""Judges against networks whose outcome is known."""

import networkx as nx
import numpy as np
import pytest

from experiments.benchmark.judges.connectivity import Connectivity
from experiments.benchmark.judges.karate import Karate
from experiments.benchmark.judges.kuramoto import Kuramoto
from experiments.benchmark.judges.quantum import Quantum
from experiments.benchmark.judges.reconstruction import Reconstruction
from gradnet_cli.problem.masks import grid
from gradnet_cli.report.lattice import box_connectivity, box_weights, lattice_of


def connectivity(edges: list[list[int]] | np.ndarray, weights: np.ndarray, nodes: int) -> float:
    problem = {"nodes": np.array(nodes), "edge_index": np.asarray(edges)}
    return Connectivity().outcome(problem, weights)["score"]


def test_the_analytic_grid_has_the_analytic_connectivity():
    mask = grid.build(rows=12, cols=12)
    lattice = lattice_of(mask)
    weights = np.empty(mask.edge_index.shape[1])
    for axis in (0, 1):
        chosen, x = lattice.along(axis)
        weights[chosen] = box_weights((12, 12), 1.0, axis)[x - 1]
    # Residuals of 1e-10 give an eigenvalue far closer than 1e-9.
    found = connectivity(mask.edge_index, weights, mask.nodes)
    assert found == pytest.approx(box_connectivity((12, 12), 1.0), rel=1e-9)


def test_a_disconnected_network_has_none():
    assert connectivity([[0, 2], [1, 3]], np.ones(2), 4) == 0.0
    assert connectivity([[0], [1]], np.ones(1), 3) == 0.0


def test_two_oscillators_lock_as_the_formula_says():
    # x' = 1 - 2 w sin(x) for the difference x of the phases; at rest sin(x) = 1 / (2 w), and r = cos(x / 2).
    problem = {
        "nodes": np.array(2),
        "edge_index": np.array([[0], [1]]),
        "frequency": np.array([0.0, 1.0]),
        "horizon": np.array(2000.0),
        "times": np.array(2001),
    }
    found = Kuramoto().outcome(problem, np.array([1.0]))["score"]
    # It takes a few of the 2,001 times to come to rest, on each of which r is above.
    assert found == pytest.approx(np.cos(np.arcsin(0.5) / 2), abs=1e-4)


def test_the_recorded_split_misplaces_nobody():
    graph = nx.karate_club_graph()
    record = np.array([int(club != "Mr. Hi") for _, club in graph.nodes(data="club")])
    edges = np.array(graph.edges).T
    problem = {
        "nodes": np.array(34),
        "edge_index": edges,
        "record": record,
        "leaders": np.array([0, 33]),
        "opinions": np.array([1.0, -1.0]),
        "time": np.array(10.0),
    }
    whole = Karate().outcome(problem, np.ones(edges.shape[1]))
    assert whole["parts"] == 1
    within = (record[edges[0]] == record[edges[1]]).astype(float)
    split = Karate().outcome(problem, within)
    assert (split["parts"], split["misplaced"]) == (2, 0)
    assert 0 <= split["dissonance"] < 0.01 * whole["dissonance"]
    assert Karate().good(split, whole)
    assert not Karate().good(whole, whole)


def test_capacity_of_a_path_is_that_of_its_weakest_edges():
    problem = {"nodes": np.array(3), "edge_index": np.array([[0, 1], [1, 2]])}
    weak, strong = (-np.log2(1 - np.tanh(weight)) for weight in (0.5, 2.0))
    found = Quantum().outcome(problem, np.array([0.5, 2.0]))["score"]
    assert found == pytest.approx((2 * weak + strong) / 3, rel=1e-12)


def test_one_edge_of_two_found_and_one_invented():
    truth = np.array([1.0, 1.0, 0.0])
    problem = {"true_weights": truth, "threshold": np.array(0.5)}
    found = Reconstruction().outcome(problem, np.array([0.9, 0.2, 0.7]))
    assert found["f1"] == pytest.approx(0.5)
    assert found["max_error"] == pytest.approx(0.8)
    assert not Reconstruction().good(found, {})
    assert Reconstruction().good(Reconstruction().outcome(problem, truth), {})


@pytest.mark.parametrize(("judge", "tie"), [(Connectivity(), True), (Kuramoto(), True), (Quantum(), False)])
def test_a_network_is_as_good_as_another_by_its_score(judge, tie):
    assert judge.good({"score": 2.0}, {"score": 1.0})
    assert not judge.good({"score": 1.0}, {"score": 2.0})
    assert judge.good({"score": 1.0}, {"score": 1.0}) is tie
