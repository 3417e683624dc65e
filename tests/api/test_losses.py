"""Losses of the GradNet library, modules that learn, and what a function may do wrong."""

import functools
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.model.network import topology_of
from gradnet_cli.objectives.function import FunctionObjective
from tests.api import losses
from tests.api.functions import (
    GRID,
    QUIET,
    evenness,
    optimize,
)


class TestGradNetLosses:
    """Losses of the library run as they are: gn() is the adjacency, dense or sparse, a loss is made small."""

    def test_a_loss_and_its_metrics(self) -> None:
        loss = optimize(
            "grid", **GRID, objective=losses.connectivity, sense="minimize", updates=300, gap=None
        )
        named = optimize("grid", **GRID)
        assert -loss.score == pytest.approx(named.score, rel=0.02)
        assert -loss.score <= named.bound * (1 + 1e-9)
        assert loss.metrics["lambda_3"] >= -loss.score - 1e-9

    @pytest.mark.parametrize("dtype", ["float64", "float32"])
    def test_dense_and_sparse_are_one(self, dtype: str) -> None:
        options = {"sense": "minimize", "updates": 30, "dtype": dtype, **QUIET}
        dense = optimize("barabasi_albert", nodes=20, objective=losses.spread_dense, **options)
        sparse = optimize("barabasi_albert", nodes=20, objective=losses.spread, matrix="sparse", **options)
        tolerance = 1e-9 if dtype == "float64" else 1e-3
        np.testing.assert_allclose(sparse.weights, dense.weights, rtol=tolerance, atol=tolerance)
        assert list(dense.course["told"]) == list(range(31))

    def test_large_networks_are_given_sparse(self) -> None:
        result = optimize("grid", rows=50, **QUIET, objective=losses.spread, sense="minimize", updates=2)
        assert result.problem.nodes == 2500

    def test_a_base_network_and_the_change_of_it(self) -> None:
        result = optimize(
            "karate",
            base="weights",
            budget="+20%",
            **QUIET,
            signs={"change": "decrease"},
            objective=losses.dissonance,
            sense="minimize",
            updates=20,
        )
        assert result.metrics["used_budget"] == pytest.approx(result.budget_spent)
        assert result.score < result.references.get("uniform", np.inf)


class Scaled(torch.nn.Module):
    """Minus the square of what is left of a strength's fit by one number, which is learned."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.level = torch.nn.Parameter(torch.zeros((), dtype=dtype))
        self.head = torch.nn.Linear(3, 1, bias=False, dtype=dtype)
        torch.nn.init.ones_(self.head.weight)

    def forward(self, network: Any) -> torch.Tensor:
        features = torch.stack([network.strengths, network() @ network.strengths, network().sum(1)], dim=1)
        return (self.head(features).squeeze() - self.level).square().mean()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_module_learns_with_the_network(dtype: torch.dtype) -> None:
    module = Scaled(dtype)
    result = optimize("barabasi_albert", nodes=15, **QUIET, objective=module, sense="minimize", updates=200)
    assert result.objective == "Scaled"
    assert set(result.learned) == {"function.level", "function.head.weight"}
    assert module.level.item() == float(result.learned["function.level"]) != 0
    assert result.score < 0.05 * result.course["score"][0]
    again = FunctionObjective(function=Scaled(dtype), sense="minimize")
    again.take_back(result.learned)
    network = gn.Network(
        weights=torch.from_numpy(result.weights),
        topology=topology_of(result.problem),
        problem=result.problem,
    )
    with torch.no_grad():
        assert float(again.eval()(network, 0).score) == pytest.approx(result.score, rel=1e-12)


def needs_more(network: Any, horizon: float) -> torch.Tensor:
    return network.weights.sum() * horizon


WRONG: dict[str, tuple[Callable[..., Any], dict[str, Any], type[Exception], str]] = {
    "no sense": (evenness, {"sense": None}, gn.SettingError, "sense = null: must be maximize or minimize"),
    "a wrong sense": (
        evenness,
        {"sense": "minimise"},
        gn.SettingError,
        "sense = minimise: .* Did you mean minimize",
    ),
    "a missing argument": (
        needs_more,
        {},
        gn.SettingError,
        r"objective.arguments = null: do not fit needs_more\(network.*missing a required argument: 'horizon'",
    ),
    "one too many": (
        evenness,
        {"arguments": {"horizon": 2}},
        gn.SettingError,
        "objective.arguments = .*: do not fit evenness.*unexpected keyword argument 'horizon'",
    ),
    "arguments that are none": (
        evenness,
        {"arguments": [2]},
        gn.SettingError,
        "objective.arguments = .*mapping",
    ),
    "a form of matrix": (
        evenness,
        {"matrix": "sparce"},
        gn.SettingError,
        "objective.matrix = sparce: .* sparse",
    ),
    "a number": (
        lambda network: 3.0,
        {},
        gn.GradnetError,
        "function function: the score is a float, and must",
    ),
    "nothing": (lambda network: None, {}, gn.GradnetError, "the score is a NoneType, and must be a tensor"),
    "an array": (
        lambda network: network.weights.detach().numpy().sum(),
        {},
        gn.GradnetError,
        "the score is a float64, and must be a tensor",
    ),
    "no gradient": (
        lambda network: network.weights.detach().sum(),
        {},
        gn.GradnetError,
        "the score has no gradient",
    ),
    "many numbers": (lambda network: network.weights, {}, gn.GradnetError, r"the score has shape \(4,\)"),
    "three things": (
        lambda network: (network.weights.sum(), {}, 3),
        {},
        gn.GradnetError,
        r"function function returned \(Tensor, dict, int\), and must return a score, or a score and a map",
    ),
    "no mapping": (
        lambda network: (network.weights.sum(), 3),
        {},
        gn.GradnetError,
        r"returned \(Tensor, int\)",
    ),
    "a metric that is none": (
        lambda network: (network.weights.sum(), {"m": "x"}),
        {},
        gn.GradnetError,
        "the metric 'm' is a str, and must be a number",
    ),
    "a metric of many": (
        lambda network: (network.weights.sum(), {"m": network.weights}),
        {},
        gn.GradnetError,
        r"the metric 'm' is a Tensor \(4,\), and must be a number",
    ),
    "a metric with a column's name": (
        lambda network: (network.weights.sum(), {"gap": 1.0}),
        {},
        gn.GradnetError,
        "function: the metric 'gap' has the name of a column that is there already",
    ),
    "no number": (lambda network: network.weights.sum() * np.nan, {}, gn.NumericalError, "the score is nan"),
    "another precision": (
        functools.partial(lambda vector, network: (network() @ vector).sum(), torch.ones(5)),
        {},
        gn.GradnetError,
        "must have the same dtype.*the network is torch.float64: make what it is multiplied with the same",
    ),
    "its own error": (lambda network: {}["missing"], {}, KeyError, "missing"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_function_does_wrong_is_told(case: str) -> None:
    function, keywords, kind, line = WRONG[case]
    with pytest.raises(kind, match=line):
        gn.optimize(
            nx.path_graph(5), **{"progress": "none", "sense": "minimize", "objective": function, **keywords}
        )


def test_the_precision_of_the_process_is_left_alone() -> None:
    def makes(network: Any) -> torch.Tensor:
        assert torch.zeros(1).dtype == network.dtype == torch.float64
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gn.optimize(nx.path_graph(3), **QUIET, objective=makes, sense="minimize")
    assert torch.zeros(1).dtype == torch.float32
