"""Score and bound against a semidefinite program, on small graphs without symmetry and with random costs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from gradnet_cli.problem import Problem
from tests.assertions import SINGLE_ROUNDING, assert_written
from tests.quick import quick
from tests.reference.semidefinite import largest_connectivity
from tests.runs import composed, execute
from tests.samples import random_problem

AGREEMENT = 1e-3
# Clarabel stops at a relative duality gap of 1e-8.
SOLVER = 1e-7


def check(
    problem: Problem,
    directory: Path,
    *overrides: str,
    agreement: float | None = AGREEMENT,
    rounding: float = 1e-9,
) -> None:
    """Run a problem, and compare score and bound with the true optimum.

    Arguments:
        agreement: relative, of both; None asks for validity alone
    """
    config = composed("stop.gap=3e-4", "stop.plateau=null", "updates=3000", *overrides)
    for name in ("budget", "signs"):  # for the record; the problem is given
        OmegaConf.update(config, name, vars(getattr(problem, name)))
    result = execute(config, problem, directory)
    assert_written(result, directory, tolerance=rounding)
    optimum = largest_connectivity(problem)
    assert result.bound >= optimum * (1 - SOLVER)
    assert result.score <= optimum * (1 + SOLVER)
    if agreement is not None:
        assert result.score == pytest.approx(optimum, rel=agreement)
        assert result.bound == pytest.approx(optimum, rel=agreement)


def settings_of(seed: int, **further: Any) -> dict[str, Any]:
    nodes = int(np.random.default_rng([seed, 2]).integers(8, 22))
    return {"seed": 1000 + seed, "nodes": nodes, **further}


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed >= 2 else ()) for seed in range(20)]
)
def test_random_costs(seed: int, tmp_path: Path) -> None:
    check(random_problem(**settings_of(seed)), tmp_path)


def test_at_most(tmp_path: Path) -> None:
    budget = {"kind": "total", "value": 10.0, "rule": "at_most"}
    check(random_problem(**settings_of(30, budget=budget)), tmp_path)


def test_added_to_a_base_network(tmp_path: Path) -> None:
    """A = A0 + delta, delta >= 0."""
    problem = random_problem(**settings_of(31, base="positive", signs={"change": "increase"}))
    check(problem, tmp_path)


@pytest.mark.slow
def test_rewired_base_network(tmp_path: Path) -> None:
    """Weight may be moved, and moving it away costs as much as adding it. By Adam: it comes near."""
    budget = {"kind": "per_node", "value": 0.5, "rule": "at_most"}
    problem = random_problem(**settings_of(32, base="positive", budget=budget))
    check(problem, tmp_path, agreement=0.05)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "exponentiated_gradient"])
@pytest.mark.parametrize("seed", quick([0, 1], 0))
def test_bounds_hold_whatever_the_optimizer(optimizer: str, seed: int, tmp_path: Path) -> None:
    """Others end far from the optimum, and their bounds too, but never claim too much."""
    check(
        random_problem(**settings_of(seed)),
        tmp_path,
        *(f"optimizer={optimizer}", "updates=200", "initial=random"),
        agreement=None,
    )


@pytest.mark.parametrize("seed", quick([0, 1], 1))
def test_bounds_hold_in_single_precision(seed: int, tmp_path: Path) -> None:
    check(
        random_problem(**settings_of(seed)),
        tmp_path,
        *("dtype=float32", "updates=300"),
        agreement=1e-2,
        rounding=SINGLE_ROUNDING,
    )
