"""Simulated truths and trajectories of network_reconstruction."""

import numpy as np

from gradnet_cli.objectives.network_reconstruction.truth import regular_truth
from tests.objectives.test_network_reconstruction import built, drawn, network
from tests.runs import composed, problem_of


def test_random_truths_keep_to_the_mask_and_the_degree() -> None:
    mask = problem_of(composed("mask=complete", "nodes=10")).mask
    i, j = mask.edge_index
    truth = regular_truth(mask, degree=3, seed=1)
    assert (np.bincount(i, truth, 10) + np.bincount(j, truth, 10) == 3).all()
    odd = problem_of(composed("mask=complete", "nodes=9")).mask
    grid = problem_of(composed("mask=grid", "rows=4")).mask
    for other in (odd, grid):
        i, j = other.edge_index
        truth = regular_truth(other, degree=3, seed=1)
        degrees = np.bincount(i, truth, other.nodes) + np.bincount(j, truth, other.nodes)
        assert degrees.max() == 3
        assert degrees.sum() >= 2 * other.nodes


def test_same_seed_same_data() -> None:
    first, problem = built()
    again, other = built()[0], built(seed=1)[0]
    weights = drawn(problem)
    scores = [float(objective(network(problem, weights), 0).score) for objective in (first, again, other)]
    assert scores[0] == scores[1] != scores[2]


def test_simulation_ends_where_it_is_stationary_or_at_the_limit() -> None:
    ended, _ = built(stationary=0.05, samples=1000)
    limited, _ = built(stationary=0.0, samples=7)
    assert ended._observed is not None
    assert limited._observed is not None
    assert limited._observed.states.shape[1] == 7
    last = ended._observed.increments[:, -1] / 0.1
    assert 0.05 < float((last - last.mean()).norm()) < 0.07
