"""The kinds of figures that are drawn of sweeps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.sweeps import categories, figures, front
from gradnet_cli.sweeps.table import Sweep
from tests.pictures.kinds import Kind


def kinds() -> Iterator[Kind]:
    """All of them."""
    two = swept({"budget.value": [0.5, 1, 2, 4], "rows": [4, 8, 12]}, lambda budget, rows: budget / rows**0.5)
    one = swept(
        {"budget.value": [0.5, 1, 2, 4], "seed": [0, 1]}, lambda budget, seed: budget * (1 + seed / 9)
    )
    named = swept({"optimizer": ["adam", "mirror", "frank_wolfe"], "seed": [0, 1]}, score_of_name)
    reached = front.Front(
        labels=("algebraic_connectivity", "resistance"),
        signs=np.array([1.0, -1.0]),
        scores=np.array([[0.2, 10.0], [0.25, 12.0], [0.24, 13.0], [0.4, 20.0]]),
        settings=("-1", "-0.5", "-0.2", "0"),
        groups=("",) * 4,
    )
    for name, module, draw in (
        ("sweep_curve", figures, lambda: figures.plot_curves(one, "budget.value")),
        ("sweep_curves", figures, lambda: figures.plot_curves(two, "budget.value")),
        ("sweep_map", figures, lambda: figures.plot_map(two, "budget.value", "rows")),
        ("sweep_categories", categories, lambda: categories.plot_categories(named, "optimizer")),
        ("sweep_front", front, lambda: front.plot_front(reached, 0, 1)),
    ):
        yield Kind(name=name, module=module.__name__, draw=draw)


def score_of_name(name: str, seed: int) -> float:
    """Some score."""
    return len(name) / 4 + seed / 10


def swept(values: dict[str, list[Any]], score: Any) -> Sweep:
    """Jobs for all combinations; the last has no result."""
    names = list(values)
    choices = np.stack(np.meshgrid(*(np.arange(len(each)) for each in values.values())), axis=-1)
    rows = []
    for job, places in enumerate(choices.reshape(-1, len(names)).tolist()):
        given = {name: values[name][place] for name, place in zip(names, places, strict=True)}
        reached = score(*given.values())
        rows.append(
            {"job": str(job), **given, "score": reached, "bound": 1.1 * reached, "directory": str(job)}
        )
    rows[-1] |= {"score": None, "bound": None}
    return Sweep(directory=Path("no") / "such", swept=tuple(names), rows=rows)
