"""Functions as objectives: one's own, those written for the GradNet library, and torch modules."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.model.network import topology_of
from gradnet_cli.objectives.function import FunctionObjective
from gradnet_cli.report.files.metrics import read_metrics
from tests.api import losses
from tests.assertions import ROUNDING, SINGLE_ROUNDING, assert_found
from tests.runs import run

QUIET = {"progress": "none"}
GRID = {"rows": 6, **QUIET}


def second_eigenvalue(network: Any) -> torch.Tensor:
    adjacency = network()
    laplacian = torch.diag(adjacency.sum(1)) - adjacency
    return torch.linalg.eigvalsh(laplacian)[1]


def slow_modes(network: Any) -> torch.Tensor:
    """The mean of lambda_2 and lambda_3, concave too; on a square both are one by symmetry."""
    adjacency = network()
    laplacian = torch.diag(adjacency.sum(1)) - adjacency
    return torch.linalg.eigvalsh(laplacian)[1:3].mean()


class Batched(gn.Objective):
    """The same of each sample at once."""

    sense = "maximize"
    batched = True

    def forward(self, network: gn.Network, step: int) -> gn.Evaluation:
        laplacian = torch.diag_embed(network.dense.sum(-1)) - network.dense
        return gn.Evaluation(score=torch.linalg.eigvalsh(laplacian)[..., 1:3].mean(-1))


def with_metrics(network: Any) -> tuple[torch.Tensor, dict[str, Any]]:
    value = second_eigenvalue(network)
    return value, {
        "tensor": 2 * value,
        "number": 3,
        "numpy": np.float64(4.5),
        "array": np.array([5]),
        "flag": True,
    }


def evenness(network: Any) -> torch.Tensor:
    return network.strengths.square().mean()


def optimize(*arguments: Any, **keywords: Any) -> Any:
    result = gn.optimize(*arguments, **keywords)
    single = keywords.get("dtype") == "float32"
    assert_found(result, tolerance=SINGLE_ROUNDING if single else ROUNDING)
    return result


class TestOnesOwn:
    """f(network) -> score, or (score, metrics)."""

    def test_what_it_declares_is_relied_upon(self) -> None:
        named = optimize("grid", **GRID, gap=1e-6)
        own = optimize(
            "grid",
            **GRID,
            gap=1e-6,
            objective=slow_modes,
            sense="maximize",
            concave=True,
            homogeneous=True,
            monotone=True,
        )
        assert own.score == pytest.approx(named.score, rel=1e-6)
        for result in (own, named):
            assert 6 / 70 <= result.bound <= 6 / 70 * (1 + 2e-5)
        assert own.certified
        assert own.gap <= 1e-6
        assert own.objective == "slow_modes"
        assert own.references["uniform"] == pytest.approx(named.references["uniform"], rel=1e-9)

    def test_a_score_with_kinks_is_bounded_as_well(self) -> None:
        declared = {"concave": True, "homogeneous": True, "monotone": True}
        own = optimize("grid", **GRID, objective=second_eigenvalue, sense="maximize", **declared)
        assert own.score == pytest.approx(6 / 70, rel=2e-3)
        assert own.bound >= 6 / 70

    def test_without_a_word_it_is_trained_and_nothing_is_proven(self) -> None:
        result = optimize("grid", **GRID, objective=second_eigenvalue, sense="maximize", updates=200)
        assert (result.bound, result.gap, result.certified) == (None, None, False)
        assert result.score > 1.02 * result.references["uniform"]

    def test_metrics_of_every_kind_of_number(self, recwarn: pytest.WarningsRecorder) -> None:
        result = optimize("grid", **GRID, objective=with_metrics, sense="maximize", updates=3)
        assert result.metrics["tensor"] == pytest.approx(2 * result.score)
        told = {key: result.metrics[key] for key in ("number", "numpy", "array", "flag")}
        assert told == {"number": 3, "numpy": 4.5, "array": 5, "flag": 1}
        assert list(result.course["tensor"]) == pytest.approx(list(2 * result.course["score"]))
        assert not recwarn.list

    def test_lambdas_partials_and_callable_objects(self) -> None:
        class Power:
            def __call__(self, network: Any, exponent: float = 2.0) -> torch.Tensor:
                return (network.strengths**exponent).mean()

        given = {
            "function": lambda network: evenness(network),
            "evenness": functools.partial(evenness),
            "Power": Power(),
        }
        found = [
            optimize("barabasi_albert", nodes=12, **QUIET, objective=one, sense="minimize", concave=True)
            for one in given.values()
        ]
        assert [result.objective for result in found] == list(given)
        assert found[0].score == found[1].score == pytest.approx(found[2].score, rel=1e-6)

    def test_an_evaluation_is_a_score_with_metrics(self) -> None:
        result = optimize(
            "karate",
            **QUIET,
            objective=lambda network: gn.Evaluation(score=evenness(network), metrics={"m": 1.0}),
            sense="minimize",
            updates=2,
        )
        assert result.metrics["m"] == 1

    def test_arguments(self) -> None:
        def weighted(network: Any, prices: Any, *, power: int, name: str) -> torch.Tensor:
            assert prices.dtype == network.dtype
            assert name == "x"
            return (prices * network.strengths**power).sum()

        prices = np.arange(1, 6, dtype=np.float32)
        found = [
            optimize(
                nx.path_graph(5),
                **QUIET,
                objective=weighted,
                sense="minimize",
                concave=True,
                arguments={"prices": form(prices), "power": 2, "name": "x"},
            )
            for form in (np.asarray, torch.as_tensor)
        ]
        assert found[0].score == found[1].score
        assert found[0].objective_settings["arguments"]["power"] == 2

    def test_samples_of_noise_are_scored_one_by_one(self) -> None:
        shapes = set()

        def looks(network: Any) -> torch.Tensor:
            shapes.add((tuple(network.weights.shape), tuple(network().shape)))
            return slow_modes(network)

        noise = {"name": "gaussian", "samples": 3}
        own = optimize("grid", **GRID, objective=looks, sense="maximize", noise=noise, updates=12)
        at_once = optimize("grid", **GRID, objective=Batched(), noise=noise, updates=12)
        assert shapes == {((60,), (36, 36))}
        np.testing.assert_allclose(own.weights, at_once.weights, rtol=1e-7)

    def test_single_precision(self) -> None:
        result = optimize(
            "grid", **GRID, objective=second_eigenvalue, sense="maximize", updates=5, dtype="float32"
        )
        assert result.weights.dtype == np.float64

    def test_from_the_command_line(self, tmp_path: Path) -> None:
        overrides = (
            "rows=4",
            "objective=function",
            "function=tests.api.losses.connectivity",
            "sense=minimize",
        )
        typed = run(tmp_path / "run", *overrides, "updates=20")
        called = optimize(
            "grid", rows=4, **QUIET, objective=losses.connectivity, sense="minimize", updates=20
        )
        np.testing.assert_array_equal(typed.weights, called.weights)
        assert typed.score == called.score
        assert "lambda_3" in read_metrics(tmp_path / "run")

    def test_arguments_from_the_command_line(self, tmp_path: Path) -> None:
        typed = run(
            tmp_path,
            *("mask=karate", "objective=function", "function=tests.api.losses.dissonance"),
            *("sense=minimize", "objective.arguments={relaxation_time: 3.0}", "updates=4"),
        )
        called = optimize(
            "karate",
            **QUIET,
            objective=losses.dissonance,
            sense="minimize",
            arguments={"relaxation_time": 3.0},
            updates=4,
        )
        np.testing.assert_array_equal(typed.weights, called.weights)


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
