"""Weights along each axis of a grid, their mean and range, against the optimal parabola."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import grid
from gradnet_cli.report.lattice import Lattice, box_weights, lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Grids of which the optimum is known."""
    lattice = lattice_of(result.problem.mask)
    return lattice is not None and optimal_strength(result, lattice) is not None


def plot(result: Result) -> "Figure":
    """The general figure of grids, with the optimum."""
    lattice = lattice_of(result.problem.mask)
    assert lattice is not None
    strength = optimal_strength(result, lattice)
    assert strength is not None
    axes = range(len(lattice.shape))
    return grid.plot(result, optimum={axis: box_weights(lattice.shape, strength, axis) for axis in axes})


def optimal_strength(result: Result, lattice: Lattice) -> float | None:
    """Mean strength b for which the optimum is known (see `box_weights`), otherwise None."""
    problem = result.problem
    known = (
        problem.budget_total is not None
        and problem.budget.p == 1
        and problem.signs.change != "decrease"
        and lattice.is_box
        and not problem.base.any()
        and bool(np.all(problem.cost == 1.0))
    )
    return problem.budget_total / problem.nodes if known and problem.budget_total is not None else None
