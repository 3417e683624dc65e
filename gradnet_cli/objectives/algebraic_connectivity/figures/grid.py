"""Weights along each axis of a grid, their mean and range, against the optimal parabola."""

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.report.figures import grid
from gradnet_cli.report.lattice import box_weights, lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def applies(result: Result) -> bool:
    """Grids of which the optimum is known (see `box_weights`): boxes with nothing on them and one price."""
    problem = result.problem
    simple = (
        problem.budget_total is not None
        and problem.budget.order == 1
        and problem.signs.change != "decrease"
        and not problem.base.any()
        and bool(np.all(problem.cost == 1.0))
    )
    lattice = lattice_of(problem.mask) if simple else None
    return lattice is not None and lattice.is_box


def plot(result: Result) -> "Figure":
    """The general figure of grids, with the optimum."""
    problem = result.problem
    shape, budget = problem.mask.shape, problem.budget_total
    assert shape is not None
    assert budget is not None
    optimum = {axis: box_weights(shape, budget / problem.nodes, axis) for axis in range(len(shape))}
    return grid.plot(result, optimum=optimum)
