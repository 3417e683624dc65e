"""The worst of several objectives: scenarios, and links that fail."""

from collections.abc import Mapping
from typing import Any

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.objectives.algebraic_connectivity import AlgebraicConnectivity
from gradnet_cli.objectives.distance_to_network import DistanceToNetwork
from gradnet_cli.objectives.shares import Shares
from tests.objectives.programs import (
    COUNT,
    EDGES,
    Program,
    assert_proven,
    optimized,
    targets,
)
from tests.runs import composed, problem_of

WITHOUT_EACH = 1.0 - np.eye(COUNT)


class Scenario(AlgebraicConnectivity):
    """lambda_2 where of each edge's weight a part arrives."""

    def __init__(self, arriving: np.ndarray) -> None:
        super().__init__(solver="auto", tolerance=0.01, rank=4, most=None)
        self.arriving = torch.as_tensor(arriving)

    def forward(self, network: Network, step: int) -> gn.Evaluation:
        return super().forward(network.with_weights(network.weights * self.arriving), step)


def test_two_scenarios_of_costs_are_those_of_a_semidefinite_program() -> None:
    """What a unit of weight costs differs: as much of it arrives as is paid for."""
    arriving = np.random.default_rng(2).uniform(0.3, 1.7, size=(2, COUNT))
    program, least = Program(), cp.Variable()
    program.constraints += [least <= program.connectivity(each) for each in arriving]
    optimum = program.best(cp.Maximize(least))
    result = optimized(gn.Worst(terms={"wet": Scenario(arriving[0]), "dry": Scenario(arriving[1])}))
    assert_proven(result, optimum)
    assert result.score == min(result.metrics["wet"], result.metrics["dry"])
    # A scenario alone would leave the other one behind.
    assert result.metrics["wet"] == pytest.approx(result.metrics["dry"], rel=1e-3)


def test_the_network_between_others_is_that_of_a_cone_program() -> None:
    program, most = Program(), cp.Variable()
    program.constraints += [program.distance(each) <= most for each in targets(3)]
    optimum = program.best(cp.Minimize(most))
    result = optimized(gn.Worst(terms=[DistanceToNetwork(network=each) for each in targets(3)]))
    assert_proven(result, optimum)


@pytest.mark.slow
def test_connectivity_without_any_link_is_that_of_a_semidefinite_program() -> None:
    program, least = Program(), cp.Variable()
    program.constraints += [least <= program.connectivity(kept) for kept in WITHOUT_EACH]
    optimum = program.best(cp.Maximize(least))
    result = optimized({"name": "worst", "terms": ["algebraic_connectivity"], "damage": "links"})
    assert_proven(result, optimum)
    left = []
    for edge in result.graph().edges:
        damaged = result.graph()
        damaged.remove_edge(*edge)
        laplacian = nx.laplacian_matrix(damaged, weight="weight").toarray()
        left.append(np.linalg.eigvalsh(laplacian)[1])
    assert result.score == pytest.approx(min(left), rel=1e-6)
    np.testing.assert_allclose(np.sort(result.arrays["damage_scores"])[: len(left) // 2],
                               np.sort(left)[: len(left) // 2], rtol=1e-6)  # fmt: skip
    assert any("the link that is missed most is" in note for note in result.notes)


def test_resistance_without_any_link_keeps_the_closer_bound_of_reciprocals() -> None:
    program, most = Program(), cp.Variable()
    program.constraints += [program.resistance(kept) <= most for kept in WITHOUT_EACH[:4]]
    optimum = program.best(cp.Minimize(most))
    links = EDGES.T[:4].tolist()
    worst = gn.Worst(terms=["effective_resistance"], damage=links)
    assert worst.reciprocal
    assert worst.monotone == "decreasing"
    assert_proven(optimized(worst), optimum)


def test_batches_score_damage_as_networks_one_by_one() -> None:
    problem = problem_of(composed("mask=complete", "nodes=6"))
    topology = topology_of(problem)
    weights = torch.rand(problem.edges, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found: dict[bool, Any] = {}
    for batched in (True, False):
        term = {"name": "spectral_radius", "weight": 2.0}
        worst = gn.Worst(terms=[term], damage="links")
        worst.terms[0].objective.batched = batched
        worst.prepare(problem)
        leaf = weights.clone().requires_grad_()
        evaluation = worst.eval()(Network(weights=leaf, topology=topology, problem=problem), 0)
        evaluation.score.backward()
        found[batched] = float(evaluation.score.detach()), leaf.grad
        lost = [nx.to_numpy_array(_without(problem, weights.numpy(), edge)) for edge in range(problem.edges)]
        largest = 2 * max(np.linalg.eigvalsh(matrix)[-1] for matrix in lost)
        assert found[batched][0] == pytest.approx(largest, rel=1e-9)
    np.testing.assert_allclose(found[True][1], found[False][1], rtol=1e-6)


@pytest.mark.parametrize(
    ("terms", "damage"),
    [
        (["algebraic_connectivity"], "links"),
        (["spectral_radius"], [[0, 1], [3, 4]]),
        ({"algebraic_connectivity": 1, "effective_resistance": -0.1}, None),
    ],
)
def test_no_tangent_is_exceeded_and_one_touches(terms: Any, damage: Any) -> None:
    problem = problem_of(composed("mask=complete", "nodes=6"))
    topology = topology_of(problem)
    worst = gn.Worst(terms=terms, damage=damage)
    worst.prepare(problem)
    worst.eval()
    drawn = torch.rand(8, problem.edges, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    networks = [Network(weights=weights, topology=topology, problem=problem) for weights in drawn]
    with torch.no_grad():
        scores = np.array([worst.sign * float(worst(network, 0).score) for network in networks])
    offsets, slopes = worst.tangents(networks[0])
    values = worst.sign * (offsets + drawn.numpy() @ slopes.T)
    rounding = 1e-6 * np.abs(scores)  # the residual of eigenvectors, and more
    assert (values >= (scores - rounding)[:, None]).all()
    assert values[0].min() == pytest.approx(scores[0], rel=1e-6)


def test_limits_take_the_optimizer_that_follows_tangents() -> None:
    """A budget by Euclidean norm is no simplex: by hand, the even network is the best of a ring."""
    ring = nx.cycle_graph(6)
    ring.add_edges_from([(0, 3), (1, 4), (2, 5)])
    budget = {"kind": "total", "value": 6.0, "p": 2}
    result = gn.optimize(
        ring, objective=gn.Worst(terms=["algebraic_connectivity"], damage="links"), budget=budget, updates=80,
        progress="none",
    )  # fmt: skip
    assert result.gap is not None
    assert result.gap < 1e-3


def _without(problem: gn.Problem, weights: np.ndarray, edge: int) -> nx.Graph:
    damaged = nx.Graph()
    damaged.add_nodes_from(range(problem.nodes))
    for place, (i, j) in enumerate(problem.edge_index.T.tolist()):
        if place != edge:
            damaged.add_edge(i, j, weight=weights[place])
    return damaged


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"damage": "nodes"}, r"objective\.damage = nodes: must be links, for each link of the mask"),
        ({"damage": [[0, 99]]}, r"objective\.damage = \[0, 99\]: must be an edge of the mask"),
        ({"damage": [[0, 1], [0, 5]]}, r"must not have 0-5: without it the mask falls into parts"),
        ({"terms": ["algebraic_connectivity", "spectral_radius"]}, r"Did you mean .*weight=-1\?"),
        (
            {"terms": {"algebraic_connectivity": 1, "spectral_radius": 0}},
            r"objective\.terms\.spectral_radius\.weight = 0: must not be 0",
        ),
    ],
)
def test_what_cannot_be_is_refused(given: Mapping[str, Any], told: str) -> None:
    hanging = nx.complete_graph(5)
    hanging.add_edge(0, 5)
    objective = {"name": "worst", "terms": ["algebraic_connectivity"], **given}
    with pytest.raises(gn.SettingError, match=told):
        gn.optimize(hanging, objective=objective, progress="none")


def test_shares_of_a_game_are_those_of_a_linear_program() -> None:
    """Against one who answers best, the mean of their plays is worth the value of the game."""
    payoff = np.random.default_rng(3).uniform(size=(4, 5))
    play = cp.Variable(4, nonneg=True)
    program = cp.Problem(cp.Minimize(cp.max(payoff.T @ play)), [cp.sum(play) == 1])
    value = program.solve(solver="CLARABEL")
    shares, mixture, plays = Shares(4), np.full(4, 0.25), []
    for _ in range(4000):
        answer = int(np.argmax(mixture @ payoff))
        mixture = shares.advance(payoff[:, answer])
        plays.append(mixture)
    assert float((np.mean(plays, axis=0) @ payoff).max()) == pytest.approx(value, rel=0.05)


def test_shares_do_not_depend_on_unit_and_origin_and_go_on_from_memory() -> None:
    scores = np.random.default_rng(4).normal(size=(6, 3))
    first, second, resumed = Shares(3), Shares(3), Shares(3)
    for place, each in enumerate(scores):
        mixture = first.advance(each)
        np.testing.assert_allclose(second.advance(1e3 * each - 40.0), mixture, rtol=1e-8)
        if place == 2:
            resumed.memory = first.memory
        if place > 2:
            np.testing.assert_array_equal(resumed.advance(each), mixture)
    assert mixture.sum() == pytest.approx(1.0)
