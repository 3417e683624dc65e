"""Bounds: which runs have them, and that no network exceeds them."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.report.lattice import box_connectivity
from gradnet_cli.training.certificate import relative_gap
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import run

SQUARE = ("rows=5", "cols=5", "stop.gap=null", "stop.plateau=null")
OPTIMUM = box_connectivity((5, 5), 1.0)
ROUNDING = 1e-12


@pytest.mark.parametrize(
    ("optimizer", "tolerance"),
    quick(
        product(["auto", "adam", "sgd", "lbfgs", "exponentiated_gradient", "multiplicative"], ["1", "0.01"]),
        *(0, 3, 4, 7, 8, 11),
    ),
)
def test_valid_from_the_first_update_to_the_last(optimizer: str, tolerance: str, tmp_path: Path) -> None:
    """However inexact the eigenvectors are."""
    arguments = (f"optimizer={optimizer}", f"objective.tolerance={tolerance}", "initial=random", "updates=30")
    result = run(tmp_path, *SQUARE, *arguments)
    assert_written(result, tmp_path)
    bounds = read_metrics(tmp_path)["bound"]
    assert (bounds >= OPTIMUM * (1 - ROUNDING)).all()
    assert result.score <= OPTIMUM * (1 + ROUNDING)
    assert result.certified


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_valid_in_either_precision_where_it_is_attained(dtype: str, tmp_path: Path) -> None:
    """On a symmetric mask the uniform network is optimal, so that rounding alone decides."""
    result = run(tmp_path, "mask=complete", "nodes=10", f"dtype={dtype}", "updates=30", "stop.gap=null")
    precision = 1e-12 if dtype == "float64" else 1e-6
    assert result.score == pytest.approx(10 / 9, rel=precision)
    assert result.bound >= 10 / 9 * (1 - ROUNDING)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_disturbed_gradients_prove_nothing(schedule: str, tmp_path: Path) -> None:
    arguments = ("noise=gaussian", f"noise.schedule={schedule}", "noise.additive=0.5", "updates=10")
    result = run(tmp_path, *SQUARE, *arguments)
    assert_written(result, tmp_path)
    bounds = read_metrics(tmp_path)["bound"]
    assert bounds.iloc[:-1].isna().all()
    if schedule == "constant":
        assert result.bound is None
        assert not result.certified
        assert result.gap is None
    else:
        assert result.bound >= OPTIMUM * (1 - ROUNDING)


def test_the_network_scored_without_noise_is_the_one_written(tmp_path: Path) -> None:
    result = run(tmp_path, *SQUARE, "noise=gaussian", "updates=10")
    course = read_metrics(tmp_path)
    assert result.score == pytest.approx(course["score"].iloc[-1], rel=1e-3)


def test_a_convex_one_minimised(tmp_path: Path) -> None:
    """sum (A - 1)^2 over 40 edges that share a budget of 25/2: the optimum is uniform."""
    result = run(
        tmp_path,
        *(*SQUARE, "initial=random", "updates=100"),
        objective={"_target_": "tests.plugins.Distance"},
    )
    optimum = 40 * (1 - 12.5 / 40) ** 2
    bounds = read_metrics(tmp_path)["bound"]
    assert (bounds <= optimum * (1 + ROUNDING)).all()
    assert (np.diff(bounds) >= 0).all()
    assert result.score >= optimum * (1 - ROUNDING)
    assert result.gap == pytest.approx((result.score - result.bound) / abs(result.bound), rel=1e-12)
    assert result.gap < 0.01


def test_a_concave_one_that_is_not_homogeneous(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        *(*SQUARE, "initial=random", "updates=100"),
        objective={"_target_": "tests.plugins.Logarithm"},
    )
    optimum = 40 * np.log1p(12.5 / 40)
    assert (read_metrics(tmp_path)["bound"] >= optimum * (1 - ROUNDING)).all()
    assert result.score == pytest.approx(optimum, rel=1e-2)


def test_no_guess_without_the_property(tmp_path: Path) -> None:
    result = run(tmp_path, *SQUARE, "updates=5", objective={"_target_": "tests.plugins.Wave"})
    assert_written(result, tmp_path)
    assert (result.bound, result.gap, result.certified) == (None, None, False)
    assert read_metrics(tmp_path)["bound"].isna().all()


def test_parameters_of_the_objectives_own_are_trained(tmp_path: Path) -> None:
    """And optimizers that know nothing but edge weights refuse them (see tests/conformance)."""
    result = run(
        tmp_path, *SQUARE, "optimizer=adam", "updates=30", objective={"_target_": "tests.plugins.Scaled"}
    )
    assert_written(result, tmp_path)
    first = read_metrics(tmp_path)["score"].iloc[0]
    share = result.weights[0] * np.tanh(1.0)  # what it would be with the parameter as it began
    assert result.score > first
    assert result.score > share * 1.05


@pytest.mark.parametrize(
    ("score", "bound", "gap"),
    [
        (0.9, 1.0, 0.1),
        (1.1, 1.0, 0.1),
        (-1.1, -1.0, 0.1),
        (0.0, 0.0, 0.0),
        (1.0, 0.0, None),
        (1.0, None, None),
        (float("nan"), 1.0, None),
        (1.0, float("inf"), None),
    ],
)
def test_gap(score: float, bound: float | None, gap: float | None) -> None:
    found = relative_gap(score=score, bound=bound)
    assert found is None if gap is None else found == pytest.approx(gap, rel=1e-12)
