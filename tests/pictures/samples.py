"""Small results, made of formulas alone: the same numbers on every machine, and nothing is trained."""

from typing import Any

import numpy as np

from gradnet_cli.problem import Problem
from gradnet_cli.problem.mask import Mask
from gradnet_cli.result import Result
from tests.runs import settings

GOLDEN = (5**0.5 - 1) / 2


def shares(count: int, start: int = 0) -> np.ndarray:
    """Numbers (count,) spread evenly over (0, 1), in no order."""
    return (GOLDEN * np.arange(1 + start, 1 + start + count)) % 1.0


def plane(count: int) -> np.ndarray:
    """Points (count, 2) in a unit square, by Roberts' sequence."""
    base = 1.324717957244746
    return np.stack([(np.arange(1, count + 1) / base**power) % 1.0 for power in (1, 2)], axis=1)


def near(places: np.ndarray, radius: float) -> np.ndarray:
    """Pairs (2, E) of points that are so near, in order."""
    source, target = np.triu_indices(len(places), 1)
    close = np.linalg.norm(places[source] - places[target], axis=1) <= radius
    return np.stack([source[close], target[close]])


def geometric(nodes: int, radius: float, **further: Any) -> Mask:
    """Points in a plane and the pairs of near ones."""
    places = plane(nodes)
    return Mask.from_edges(
        name="listed", nodes=nodes, edges=near(places, radius), positions=places, **further
    )


def result(mask: Mask, weights: np.ndarray | None = None, **changes: Any) -> Result:
    """A result with weights between 0.1 and 2.1 that fall off steeply."""
    problem = Problem.build(
        mask=mask, budget={"kind": "none", "value": None}, signs={"change": "any", "result": "any"}
    )
    content: dict[str, Any] = {
        "problem": problem,
        "objective": "sample",
        "sense": "maximize",
        "quantity": "algebraic connectivity λ₂",
        "weights": 0.1 + 2 * shares(mask.edges) ** 3 if weights is None else weights,
        "score": 0.9,
        "bound": None,
        "gap": None,
        "certified": False,
        "step": 40,
        "updates": 40,
        "seconds": 1.0,
        "stop_reason": "gap reached",
        "references": {"uniform": 0.62},
        "peak_memory_mib": 300.0,
        "settings": asked(),
    }
    return Result(**(content | changes))


def asked(*overrides: str) -> Any:
    """Settings of a run."""
    return settings("stop.gap=0.001", *overrides)


def course(rows: int = 41, *, bound: bool = True, **further: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of metrics.csv: a score that rises to 1, and a bound that falls to it."""
    step = np.arange(rows, dtype=float)
    score, limit = 1 - 0.5 * np.exp(-step / 8), 1 + 2 * np.exp(-step / 5)
    known = limit if bound else np.full(rows, np.nan)
    return {"step": step, "score": score, "bound": known, "gap": (known - score) / known, **further}
