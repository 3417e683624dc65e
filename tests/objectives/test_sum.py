"""Weighted sums of objectives, sparsity, and the distance to a network."""

from pathlib import Path
from typing import Any

import cvxpy as cp
import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.objectives import Objective
from gradnet_cli.objectives.distance_to_network import DistanceToNetwork
from gradnet_cli.objectives.sparsity import Sparsity
from tests.objectives.programs import CLOSE, NODES, Program, assert_proven, optimized, targets

RESISTANCE = {"name": "effective_resistance", "weight": -0.02}


def test_connectivity_less_resistance_is_that_of_a_semidefinite_program() -> None:
    program = Program()
    optimum = program.best(cp.Maximize(program.connectivity() - 0.02 * program.resistance()))
    result = optimized({"name": "sum", "terms": ["algebraic_connectivity", RESISTANCE]})
    assert_proven(result, optimum)
    laplacian = nx.laplacian_matrix(result.graph(), weight="weight").toarray()
    values = np.linalg.eigvalsh(laplacian)
    assert result.metrics["algebraic_connectivity"] == pytest.approx(values[1], rel=1e-6)
    assert result.metrics["effective_resistance"] == pytest.approx(NODES * (1 / values[1:]).sum(), rel=1e-9)
    parts = result.metrics["algebraic_connectivity"] - 0.02 * result.metrics["effective_resistance"]
    assert result.score == pytest.approx(parts, rel=1e-12)


def test_connectivity_close_to_a_network_is_that_of_a_semidefinite_program() -> None:
    (target,) = targets(1)
    program = Program()
    optimum = program.best(cp.Maximize(program.connectivity() - 0.5 * program.distance(target)))
    near = gn.Term(objective=DistanceToNetwork(network=target), weight=-0.5, label="change")
    result = optimized(gn.Sum(terms=["algebraic_connectivity", near]))
    assert_proven(result, optimum)
    assert result.metrics["change"] == pytest.approx(2 * np.square(result.weights - target).sum(), rel=1e-9)


def test_the_nearest_network_is_the_projection() -> None:
    """Of a network of twice the budget: all weights less the same number, those below it gone."""
    target = 2 * targets(1)[0]
    program = Program()
    optimum = program.best(cp.Minimize(program.distance(target)))
    result = optimized({"name": "distance_to_network", "network": target})
    assert_proven(result, optimum)
    used = result.weights > 1e-2
    np.testing.assert_allclose(np.ptp((target - result.weights)[used]), 0.0, atol=1e-2)


def test_a_sum_of_resistances_is_a_reciprocal_too() -> None:
    terms = ["effective_resistance", {"name": "effective_resistance", "weight": 2.0}]
    twice = optimized(gn.Sum(terms=terms))
    once = optimized("effective_resistance")
    assert gn.Sum(terms=terms).reciprocal
    assert next(iter(twice.metrics)) == "effective_resistance_1"
    assert twice.score == pytest.approx(3 * once.score, rel=1e-4)
    assert twice.gap is not None
    assert twice.gap < CLOSE


@pytest.mark.parametrize(
    ("terms", "declared"),
    [
        (["algebraic_connectivity"], "concave homogeneous increasing"),
        (["spectral_radius"], "concave homogeneous increasing"),
        (["effective_resistance"], "concave reciprocal decreasing"),
        ({"spectral_radius": -1, "algebraic_connectivity": 1}, "concave homogeneous"),
        (["algebraic_connectivity", RESISTANCE], "concave increasing"),
        ([{"name": "spectral_radius", "weight": -1}], "concave homogeneous decreasing"),
        (["algebraic_connectivity", {"name": "sparsity", "weight": -1}], ""),
        ([{"name": "sparsity", "exponent": 2}], "concave smooth"),
        (["algebraic_connectivity", {"name": "sparsity", "weight": 0}], "concave homogeneous increasing"),
    ],
)  # fmt: skip
def test_properties_follow_from_those_of_the_terms(terms: Any, declared: str) -> None:
    found = gn.Sum(terms=terms)
    names = [name for name in ("concave", "homogeneous", "reciprocal", "smooth") if getattr(found, name)]
    told = [*names, *([found.monotone] if found.monotone else [])]
    assert set(told) == set(declared.split())


def test_the_wrong_sense_forced_on_a_term_ends_the_proof() -> None:
    forced = gn.Sum(terms=["algebraic_connectivity", "effective_resistance"], sense="maximize")
    assert not forced.concave
    assert forced.sense == "maximize"


def test_a_term_of_weight_zero_is_told_and_changes_nothing() -> None:
    alone = optimized("algebraic_connectivity")
    beside = optimized(gn.Sum(terms={"algebraic_connectivity": 1, "effective_resistance": 0}))
    np.testing.assert_allclose(beside.weights, alone.weights, rtol=1e-9, atol=1e-12)
    assert beside.bound == pytest.approx(alone.bound, rel=1e-9)
    assert beside.metrics["effective_resistance"] > 0


def test_a_function_may_be_a_term_and_one_with_parameters_learns() -> None:
    class Fit(Objective):
        sense = "minimize"

        def __init__(self) -> None:
            super().__init__()
            self.level = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))

        def forward(self, network: gn.Network, step: int) -> gn.Evaluation:
            return gn.Evaluation(score=(network.weights - self.level).square().mean())

    total = gn.Sum(terms=[Fit(), Sparsity(exponent=2, softening=0)])
    assert total.learns
    result = optimized(total, optimizer="adam")
    assert result.bound is None
    # Of all networks the even one is the best of both terms, and the level is its weight.
    np.testing.assert_allclose(result.weights, result.weights.mean(), rtol=2e-2)
    (level,) = total.parameters()
    assert level.item() == pytest.approx(result.weights.mean(), rel=2e-2)


def test_distance_to_a_file_and_its_errors(tmp_path: Path) -> None:
    file = tmp_path / "wanted.csv"
    file.write_text("Source,Target,Weight\n0,1,0.75\n2,1,0.25\n")
    objective = {"name": "distance_to_network", "network": str(file)}
    result = gn.optimize([(0, 1), (1, 2), (0, 2)], objective=objective, budget="none", progress="none")
    np.testing.assert_allclose(result.weights, [0.75, 0.0, 0.25], atol=1e-6)
    file.write_text("Source,Target\n0,7\n")
    with pytest.raises(gn.SettingError, match="line 2: the mask has no edge 0-7"):
        gn.optimize([(0, 1), (1, 2)], objective=objective, progress="none")
    terms = [{"name": "distance_to_network", "network": [1, 2, 3]}]
    with pytest.raises(gn.SettingError, match=r"objective\.terms\.0\.network = .*: must be .* 2 numbers"):
        gn.optimize([(0, 1), (1, 2)], objective={"name": "sum", "terms": terms}, progress="none")
