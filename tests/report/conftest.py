"""Results as a run would leave them, without running one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradnet_cli.objectives.algebraic_connectivity import AlgebraicConnectivity
from gradnet_cli.problem import Problem
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks import bipartite, complete, grid, karate, random_geometric
from gradnet_cli.problem.prices import priced
from gradnet_cli.report.files.metrics import MetricsWriter, read_metrics
from gradnet_cli.result import Result
from tests.runs import settings


class Samples:
    """Builds masks, problems, results and the course of a training."""

    def mask(self, pairs: list[tuple[int, int]], *, nodes: int, **further: Any) -> Mask:
        edges = np.array(pairs, dtype=np.int64).T
        return Mask.from_edges(name="listed", nodes=nodes, edges=edges, **further)

    def problem(self, mask: Mask, *, budget: dict | None = None, signs: dict | None = None) -> Problem:
        budget = {"kind": "per_node", "value": 1.0} if budget is None else budget
        return Problem.build(mask=mask, budget=budget, signs=signs or {})

    def weights(self, mask: Mask, seed: int = 0) -> np.ndarray:
        """Random weights that spend one unit a node."""
        draws = np.random.default_rng(seed).lognormal(size=mask.edges)
        return draws * mask.nodes / ((1 if mask.directed else 2) * np.sum(mask.cost * draws))

    def result(self, problem: Problem | Mask, weights: np.ndarray | None = None, **changes: Any) -> Result:
        problem = self.problem(problem) if isinstance(problem, Mask) else problem
        content: dict[str, Any] = {
            "problem": problem,
            "objective": "algebraic_connectivity",
            "objective_class": AlgebraicConnectivity,
            "sense": "maximize",
            "weights": self.weights(problem.mask) if weights is None else weights,
            "score": 0.0033366,
            "bound": 0.0033370,
            "gap": 1.2e-4,
            "certified": True,
            "updates": 40,
            "seconds": 1.25,
            "stop_reason": "gap reached",
            "metrics": {"multiplicity": 2.0},
            "references": {"uniform": 0.0028335},
            "peak_memory_mib": 321.5,
            "settings": settings("stop.gap=0.001"),
        }
        return Result(**(content | changes))

    def course(self, directory: Path, *, rows: int = 20, bound: bool = True) -> dict[str, np.ndarray]:
        """Write a metrics.csv, and return its columns."""
        with MetricsWriter(directory=directory) as writer:
            for step in range(1, rows + 1):
                score, limit = 1 - 0.5 / step, 1 + 2 / step**2
                gap = (limit - score) / limit
                row = {"bound": limit, "gap": gap} if bound else {}
                writer.append(step=step, seconds=0.1 * step, score=score, **row)
        table = read_metrics(directory)
        return {name: table[name].to_numpy() for name in table}


def _directed() -> Mask:
    pairs = [(0, 1), (1, 0), (1, 2), (2, 0)]
    return Samples().mask(pairs, nodes=3, directed=True, labels=np.array(["a", "b", "c"]))


MASKS: dict[str, Callable[[], Mask]] = {
    "grid": lambda: grid.build(rows=6, cols=5),
    "path": lambda: grid.build(rows=6, cols=1),
    "torus": lambda: grid.build(rows=4, cols=5, periodic=True),
    "cube": lambda: grid.build(rows=4, cols=3, further=[3]),
    "large grid": lambda: grid.build(rows=130, cols=120),
    "thick grid": lambda: grid.build(rows=46, cols=45, further=[3]),
    "four dimensions": lambda: grid.build(rows=3, cols=3, further=[2, 3]),
    "complete": lambda: complete.build(nodes=10),
    "large complete": lambda: complete.build(nodes=80),
    "bipartite": lambda: bipartite.build(left=4, right=7),
    "large bipartite": lambda: bipartite.build(left=70, right=65),
    "geometric": lambda: priced(random_geometric.build(nodes=60, radius=0.3, graph_seed=0), cost="distance"),
    "large geometric": lambda: random_geometric.build(nodes=4000, radius=0.04, graph_seed=0),
    "karate": lambda: karate.build(),
    "directed": _directed,
}


@pytest.fixture(scope="session")
def samples() -> Samples:
    return Samples()


@pytest.fixture(params=MASKS)
def mask(request: pytest.FixtureRequest) -> Mask:
    return MASKS[request.param]()


@pytest.fixture(params=["torus", "bipartite", "geometric", "karate", "directed"])
def small_mask(request: pytest.FixtureRequest) -> Mask:
    return MASKS[request.param]()


@pytest.fixture
def grid_result(samples: Samples) -> Result:
    return samples.result(grid.build(rows=5, cols=5))
