"""Eigenratio and random walk: published optima, rules without optimisation, bounds, and bad input."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.optimize import linprog

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.least_ratio import least_ratio
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.spectra.centred_spectrum import CentredSpectrum
from gradnet_cli.objectives.mixing_rate import MixingRate
from gradnet_cli.result import Result
from tests.assertions import assert_found
from tests.samples import random_problem

PENDANT = nx.Graph([(0, 1), (1, 2), (0, 2), (2, 3)])
FREE = {"signs.result": "any", "budget.rule": "at_most"}
WALK = {"measure": "mixing", "budget": "none", "limits": {"strength": 1}}
SLOW = pytest.mark.slow
# rho of maximum degree, Metropolis and Hastings, the fastest walk, and averaging with free signs (Xiao and
# Boyd 2004; Boyd, Diaconis and Xiao 2004); None where it is not told.
TABLE = [
    pytest.param(nx.path_graph(4), 0.7071068, 0.7071068, np.cos(np.pi / 4), np.cos(np.pi / 4), id="path 4"),
    pytest.param(nx.path_graph(9), None, None, np.cos(np.pi / 9), np.cos(np.pi / 9), id="path 9"),
    pytest.param(PENDANT, 2 / 3, 2 / 3, 7 / 11, 3**-0.5, id="triangle with pendant"),
    pytest.param(nx.complete_bipartite_graph(2, 3), 2 / 3, 2 / 3, 3 / 7, 3 / 7, id="K23"),
    pytest.param(nx.complete_bipartite_graph(3, 3), 1.0, 1.0, 1 / 3, 1 / 3, id="K33"),
    pytest.param(nx.wheel_graph(5), 0.25, 0.5833333, 0.25, 0.25, id="wheel 5"),
    pytest.param(nx.star_graph(6), None, None, 1 - 1 / 6, 6 / 8, id="star 7"),
    pytest.param(nx.cycle_graph(10), None, None, None, 0.8256645, id="cycle 10"),
    pytest.param(nx.hypercube_graph(4), None, None, None, 3 / 5, id="hypercube 4"),
    pytest.param(nx.petersen_graph(), None, None, None, 3 / 7, id="petersen"),
    pytest.param(nx.dodecahedral_graph(), None, None, None, 0.7453560, id="dodecahedron", marks=SLOW),
    pytest.param(nx.grid_2d_graph(4, 4), None, None, None, 0.8243886, id="grid 4 x 4"),
    pytest.param(nx.grid_2d_graph(5, 5), None, None, None, 0.8867093, id="grid 5 x 5", marks=SLOW),
    pytest.param(nx.karate_club_graph(), None, None, 0.9535523, 0.9245886, id="karate", marks=SLOW),
]
AGREE = 1e-4


def found(graph: nx.Graph, *, gap: float = 1e-4, **settings: Any) -> Result:
    bare = nx.Graph(nx.convert_node_labels_to_integers(graph).edges())
    result = gn.optimize(bare, objective="mixing_rate", stop={"gap": gap}, progress="none", **settings)
    assert_found(result)
    assert result.bound is not None
    assert result.bound <= result.score * (1 + 1e-12)
    return result


@pytest.mark.parametrize(("graph", "degree", "metropolis", "walk", "averaging"), TABLE)
def test_published_optima(
    graph: nx.Graph, degree: float | None, metropolis: float | None, walk: float | None, averaging: float
) -> None:
    gap = 1e-4 if len(graph) <= 25 else 1e-3
    free = found(graph, gap=gap, **FREE)
    assert free.metrics["rho"] == pytest.approx(averaging, abs=AGREE)
    kappa = (1 + averaging) / (1 - averaging)
    assert free.bound == pytest.approx(kappa, rel=1e-3)
    assert free.bound <= kappa * (1 + 1e-6)
    if walk is None:
        return
    fastest = found(graph, **WALK)
    assert fastest.score == pytest.approx(walk, abs=AGREE)
    assert walk - 2e-4 <= fastest.bound <= walk + 1e-7
    assert np.abs(fastest.to_scipy().sum(axis=1)).max() <= 1 + 1e-9
    if degree is not None:
        assert fastest.references["max_degree"] == pytest.approx(degree, abs=1e-6)
        assert fastest.references["metropolis"] == pytest.approx(metropolis, abs=1e-6)


def test_the_eigenratio_does_not_change_with_scale() -> None:
    problem = random_problem(3, nodes=9)
    objective = MixingRate(measure="condition").eval()
    weights = np.random.default_rng(0).lognormal(size=problem.edges)
    scores = [
        float(
            objective(
                Network(weights=torch.as_tensor(s * weights), topology=topology_of(problem), problem=problem),
                0,
            ).score
        )
        for s in (1e-6, 1.0, 1e6)
    ]
    assert scores == pytest.approx([scores[1]] * 3, rel=1e-10)


@pytest.mark.parametrize("lost", [0, 1])
def test_a_network_in_parts_is_infinitely_bad(lost: int) -> None:
    problem = random_problem(0, nodes=6)
    weights = np.ones(problem.edges)
    weights[(problem.edge_index == lost).any(axis=0)] = 0.0
    network = Network(weights=torch.as_tensor(weights), topology=topology_of(problem), problem=problem)
    objective = MixingRate(measure="condition")
    assert float(objective.eval()(network, 0).score) == np.inf
    assert 1e12 < float(objective.train()(network, 0).score) < np.inf


@pytest.mark.parametrize("seed", range(4))
def test_spectrum_of_signed_networks(seed: int) -> None:
    """Against NumPy, where zero lies within the spectrum and where all other eigenvalues are one."""
    problem = random_problem(seed, nodes=8)
    weights = np.random.default_rng(seed).normal(size=problem.edges)
    laplacian = topology_of(problem).laplacian.assemble(weights)
    values, vectors = CentredSpectrum.of(laplacian)
    expected = np.linalg.eigvalsh(laplacian.toarray())
    expected = np.delete(expected, np.argmin(np.abs(expected)))
    np.testing.assert_allclose(values, expected, atol=1e-12)
    np.testing.assert_allclose(laplacian @ vectors, vectors * values, atol=1e-12)
    assert np.abs(vectors.sum(axis=0)).max() < 1e-13


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"budget": {"kind": "total", "value": 9.0, "rule": "at_most"}},
        {"base": "positive", "budget": {"kind": "total", "value": 5.0}, "signs": {"change": "increase"}},
        {"base": "positive", "signs": {"change": "decrease"}, "budget": {"kind": "total", "value": 1.0}},
    ],
    ids=["budget", "at most", "base", "less"],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_least_ratio_is_that_of_a_linear_program(seed: int, case: dict[str, Any]) -> None:
    """min <p, u> s.t. <q, u> = 1, u = s (A0 + delta), s >= 0 (Charnes and Cooper 1962)."""
    problem = random_problem(seed, nodes=8, **case)
    feasible = FeasibleSet(problem)
    p, q = np.random.default_rng(seed).exponential(size=(2, problem.edges))
    bounds, base, cost = feasible.bounds, problem.base, problem.cost
    sign = bounds.sign or 1.0
    rows, room = [], []
    for limit, side in ((bounds.upper, 1.0), (bounds.lower, -1.0)):
        for edge in np.flatnonzero(np.isfinite(limit)):
            rows.append(np.append(side * np.eye(problem.edges)[edge], -side * limit[edge]))
            room.append(0.0)
    equal, ends = [np.append(q, q @ base)], [1.0]
    spent = np.append(sign * cost, -problem.edge_budget)
    if bounds.exact:
        equal.append(spent)
        ends.append(0.0)
    else:
        rows.append(spent)
        room.append(0.0)
    program = linprog(
        np.append(p, p @ base), A_ub=rows, b_ub=room, A_eq=equal, b_eq=ends,
        bounds=[(None, None)] * problem.edges + [(0, None)],
    )  # fmt: skip
    assert program.status == 0
    least = least_ratio(p, q, feasible=feasible, reach=None)
    assert least is not None
    assert least <= program.fun * (1 + 1e-9)
    assert least == pytest.approx(program.fun, rel=1e-5)


def test_bounds_hold_for_free_signs() -> None:
    """Of any averages of slopes; with those at a network, and what is known of all that are as good."""
    budget = {"kind": "total", "value": 9.0, "rule": "at_most"}
    problem = random_problem(5, nodes=8, signs={"result": "any"}, budget=budget)
    objective, random = MixingRate(measure="condition").eval(), np.random.default_rng(1)
    best, bounds = np.inf, []
    for _ in range(200):
        weights = torch.as_tensor(0.1 + 0.02 * random.normal(size=problem.edges))
        network = Network(weights=weights, topology=topology_of(problem), problem=problem)
        best = min(best, float(objective(network, 0).score))
        fraction = objective.fraction(network)
        above, below = fraction.numerators.mean(axis=0), fraction.denominators.mean(axis=0)
        bounds.append(least_ratio(above, below, feasible=FeasibleSet(problem), reach=fraction.reach))
    exact = gn.optimize(problem, objective="mixing_rate", progress="none", stop={"gap": 1e-3})
    assert max(bounds) <= exact.score * (1 + 1e-9) < best
    assert exact.bound == pytest.approx(exact.score, rel=2e-3)


def test_adam_and_limits_have_a_bound_too() -> None:
    result = found(nx.grid_2d_graph(3, 3), optimizer="adam", updates=30, gap=1e-3)
    assert 1 < result.bound <= result.score
    capped = found(nx.grid_2d_graph(3, 3), limits={"weight": 0.9}, gap=1e-3)
    assert capped.gap <= 1e-3
    assert result.score >= capped.bound * (1 - 1e-9) or result.weights.max() > 0.9


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"measure": "fast"}, r"^objective.measure = fast: must be condition or mixing"),
        ({"measure": "mixing"}, r"^limits.strength = null: must be 1 with objective.measure=mixing"),
        ({"measure": "mixing", "limits": {"strength": 1.5}}, r"^limits.strength = 1.5: must be 1"),
        (
            {"signs.result": "any", "optimizer": "ratio_bundle"},
            r"^optimizer = ratio_bundle: needs a convex",
        ),
        ({"optimizer": "bundle"}, r"^optimizer = bundle: is for objectives that are concave"),
        (
            {"optimizer": "ratio_bundle", "optimizer.memory": 1},
            r"^optimizer.memory = 1: must be an int",
        ),
        ({"budget": "none"}, r"^budget.kind = none: must be per_node"),
    ],
)
def test_bad_input_is_one_line(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingError, match=told):
        gn.optimize(nx.path_graph(4), objective="mixing_rate", progress="none", updates=1, **settings)
