"""Masks whose optimum is known by formula, through the real configuration."""

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from gradnet_cli.problem import Problem
from gradnet_cli.report.lattice import box_connectivity
from gradnet_cli.result import Result
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, execute, run
from tests.samples import mask_of

GAP = 1e-3
LONG = (f"stop.gap={GAP}", "stop.plateau=null", "updates=600")
ROUNDING = 1e-9
STARTS = ["uniform", "random"]


def assert_optimal(result: Result, directory: Path, optimum: float, *, gap: float = GAP) -> None:
    assert_written(result, directory)
    assert result.gap <= gap
    assert result.bound >= optimum * (1 - ROUNDING)
    assert optimum * (1 - gap) <= result.score <= optimum * (1 + ROUNDING)


def run_graph(directory: Path, graph: nx.Graph, *overrides: str) -> Result:
    problem = Problem.build(mask=mask_of(graph), budget={"kind": "per_node", "value": 1.0}, signs={})
    return execute(composed(*LONG, *overrides), problem, directory)


@pytest.mark.parametrize("experiment", quick(["grid_30_dense", None], 1))
def test_grid_30(experiment: str | None, tmp_path: Path) -> None:
    arguments = ("rows=30",) if experiment is None else (f"experiment={experiment}",)
    result = run(tmp_path, *arguments)
    assert_optimal(result, tmp_path, 3.337041e-3 * (1 + 1e-7))  # seven digits are given
    assert box_connectivity((30, 30), 1.0) == pytest.approx(3.337041e-3, rel=2e-7)
    assert result.references["uniform"] == pytest.approx(2.833502e-3, rel=2e-7)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ((4, 5, 6), 1.0),
        ((4, 5, 6), 250.0),
        ((12, 1), 1.0),
        ((3, 3, 2, 3), 1.0),
        ((10, 20), 1.0),
    ],
    ids=str,
)
def test_box(shape: tuple[int, ...], value: float, tmp_path: Path) -> None:
    rows, cols, *further = shape
    result = run(
        tmp_path, f"rows={rows}", f"cols={cols}", f"further={further}", f"budget.value={value}", *LONG
    )
    assert_optimal(result, tmp_path, box_connectivity(shape, value))


def test_weights_of_a_square_grid_are_parabolas(tmp_path: Path) -> None:
    """w(x) = 1.5 b x (n - x) / (n^2 - 1) between columns x and x + 1; the optimum is unique there."""
    result = run(tmp_path, "rows=8", "cols=8", "stop.gap=1e-5", "stop.plateau=null", "updates=600")
    source, target = result.problem.edge_index
    across = target - source == 1
    x = source[across] % 8 + 1
    expected = 1.5 * x * (8 - x) / 63
    np.testing.assert_allclose(result.weights[across], expected, rtol=0.05)


def test_torus(tmp_path: Path) -> None:
    """Edge-transitive: uniform weights are optimal, by averaging over the symmetries."""
    result = run(tmp_path, "rows=5", "cols=5", "periodic=true", "initial=random", *LONG)
    weight = 1.0 / 4  # of four edges at each node
    assert_optimal(result, tmp_path, 2 * weight * (1 - math.cos(2 * math.pi / 5)))


@pytest.mark.parametrize("initial", STARTS)
def test_complete(initial: str, tmp_path: Path) -> None:
    result = run(tmp_path, "mask=complete", "nodes=10", f"initial={initial}", *LONG)
    assert_optimal(result, tmp_path, 10 / 9)
    np.testing.assert_allclose(result.weights, 1 / 9, rtol=0.1)


@pytest.mark.parametrize("initial", STARTS)
@pytest.mark.parametrize(("left", "right"), quick([(4, 4), (3, 7), (1, 6)], 1, 2))
def test_complete_bipartite(left: int, right: int, initial: str, tmp_path: Path) -> None:
    result = run(tmp_path, "mask=bipartite", f"left={left}", f"right={right}", *LONG, f"initial={initial}")
    assert_optimal(result, tmp_path, (left + right) / (2 * max(left, right)))


@pytest.mark.parametrize("initial", STARTS)
def test_star(initial: str, tmp_path: Path) -> None:
    """Uniform, lambda_2 = w = B / 2 / leaves: a complete bipartite graph of one and the others."""
    result = run_graph(tmp_path, nx.star_graph(12), f"initial={initial}")
    assert_optimal(result, tmp_path, 13 / 24)


@pytest.mark.parametrize(
    ("overrides", "optimum"),
    [
        (("rows=10", "cols=20"), box_connectivity((10, 20), 1.0)),
        (("mask=complete", "nodes=10"), 10 / 9),
        (("mask=complete", "nodes=40"), 40 / 39),
        (("mask=bipartite", "left=3", "right=7"), 10 / 14),
        (("mask=bipartite", "left=1", "right=12"), 13 / 24),
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", quick(range(2), 0))
def test_no_false_claims_from_random_starts(
    overrides: tuple[str, ...], optimum: float, seed: int, tmp_path: Path
) -> None:
    result = run(tmp_path, *overrides, "initial=random", f"seed={seed}", "updates=40", "stop.gap=null")
    assert_written(result, tmp_path)
    assert result.score <= optimum * (1 + ROUNDING)
    assert result.bound >= optimum * (1 - ROUNDING)


def test_cycle(tmp_path: Path) -> None:
    result = run_graph(tmp_path, nx.cycle_graph(9), "initial=random")
    assert_optimal(result, tmp_path, 1 - math.cos(2 * math.pi / 9))


def test_path_of_three_with_costs(tmp_path: Path) -> None:
    """Two weights on one budget: a search along a line is an outside truth."""
    cost = np.array([1.0, 3.0])
    mask = mask_of(nx.path_graph(3), cost=cost)
    problem = Problem.build(mask=mask, budget={"kind": "total", "value": 2.0}, signs={})
    result = execute(composed(*LONG), problem, tmp_path)

    def loss(share: float) -> float:
        first, second = share / cost[0], (1 - share) / cost[1]
        laplacian = np.array([[first, -first, 0], [-first, first + second, -second], [0, -second, second]])
        return -float(np.linalg.eigvalsh(laplacian)[1])

    best = minimize_scalar(loss, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    assert_optimal(result, tmp_path, -best.fun)


def test_a_single_edge(tmp_path: Path) -> None:
    result = run_graph(tmp_path, nx.path_graph(2))
    assert_optimal(result, tmp_path, 2.0)
    assert result.weights == pytest.approx([1.0], rel=1e-12)
