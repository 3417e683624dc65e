"""The roads of a problem: times of its edges, by settings and columns."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.traffic import Roads
from gradnet_cli.problem import Problem
from gradnet_cli.problem.limits import numbers_of

AUTO = "auto"
THROUGH = "through"  # the column of nodes that may not be passed through where it is 0
DEFAULTS = {"free_flow_time": 1.0, "b": 0.15, "power": 4.0}


def roads_of(problem: Problem, asked: dict[str, float | str]) -> Roads:
    """Roads without capacity yet, the edges of a problem; undirected ones once.

    Args:
        asked: free_flow_time, b and power: numbers, columns of the edges, or auto: the column of that name,
            or the usual number where there is none

    Raises:
        SettingError: a column that is not there, or a number that roads do not have
    """
    columns = problem.mask.edge_data
    found = {}
    for name, value in asked.items():
        default = np.full(problem.edges, DEFAULTS[name])
        if value == AUTO:
            alike = [key for key in columns if key.lower() == name]
            value = alike[0] if alike else DEFAULTS[name]
        numbers = numbers_of(f"objective.{name}", value, columns, default, what="edges")
        right = np.isfinite(numbers) & (numbers >= 0)
        allowed = "be a finite number >= 0"
        if name == "power":
            right &= (numbers == 0) | (numbers >= 1)
            allowed = "be 0, or a finite number >= 1"
        if not right.all():
            edge = int(np.argmin(right))
            said = f"is {numbers[edge]:g} for the road {problem.mask.pair(edge)} and must {allowed}"
            raise SettingError(setting=f"objective.{name}", value=value, allowed=said)
        found[name] = numbers
    return Roads(
        free=found["free_flow_time"],
        factor=found["b"],
        power=found["power"],
        capacity=np.zeros(problem.edges),
    )


def through_of(problem: Problem) -> np.ndarray:
    """(N,) bool, which nodes may be passed through: all, but where the column `through` is 0.

    Raises:
        SettingError: a column of other things than numbers
    """
    columns = problem.mask.node_data
    name = next((name for name in columns if name.lower() == THROUGH), None)
    if name is None:
        return np.ones(problem.nodes, dtype=bool)
    column = np.asarray(columns[name])
    if column.dtype.kind not in "fiub":
        allowed = "must hold 1 where a node may be passed through and 0 where it may not"
        raise SettingError(setting="the column through of the nodes", value=str(column[0]), allowed=allowed)
    through: np.ndarray = column.astype(np.float64) != 0
    return through
