"""Plain functions as objectives: what they return, and what is declared of them."""

import functools
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.errors import GradnetError
from gradnet_cli.report.files.metrics import read_metrics
from tests.api import losses
from tests.api.functions import (
    GRID,
    QUIET,
    Batched,
    evenness,
    optimize,
    second_eigenvalue,
    slow_modes,
    with_metrics,
)
from tests.runs import run


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
            monotone="increasing",
        )
        assert own.score == pytest.approx(named.score, rel=1e-6)
        for result in (own, named):
            assert 6 / 70 <= result.bound <= 6 / 70 * (1 + 2e-5)
        assert own.certified
        assert own.gap <= 1e-6
        assert own.objective == "slow_modes"
        assert own.references["uniform"] == pytest.approx(named.references["uniform"], rel=1e-9)

    def test_a_wrong_direction_is_told(self) -> None:
        with pytest.raises(GradnetError, match="second_eigenvalue is declared decreasing in every weight"):
            optimize("grid", **GRID, objective=second_eigenvalue, sense="maximize", monotone="decreasing")

    def test_a_score_with_kinks_is_bounded_as_well(self) -> None:
        declared = {"concave": True, "homogeneous": True, "monotone": "increasing"}
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
