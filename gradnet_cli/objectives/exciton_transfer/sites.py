"""Which nodes are the ends of a transfer, and the energies of all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import nearest, number


def site_of(name: str, node: object, problem: Problem, *, default: int) -> int:
    """The place of a node that a setting names.

    Raises:
        SettingError: there is no such node
    """
    if node is None:
        return default
    labels = problem.mask.labels
    ids = list(range(problem.nodes)) if labels is None else [str(label) for label in labels]
    wanted = node if labels is None else str(node)
    if isinstance(node, bool) or wanted not in ids:
        some = f"0 .. {problem.nodes - 1}" if labels is None else ", ".join(map(str, ids))
        raise SettingError(
            setting=f"objective.{name}", value=node, allowed=f"is no node of the mask: nodes are {some}"
        )
    return ids.index(wanted)  # type: ignore[arg-type]


def energies_of(energies: float | str | Sequence[float], problem: Problem) -> np.ndarray:
    """Of all sites, (N,).

    Raises:
        SettingError: no number, no column of numbers, or a list of another length
    """
    setting = "objective.energies"
    if isinstance(energies, str):
        columns = problem.mask.node_data
        if energies not in columns:
            known = f"is no column of node data, which has {', '.join(columns) or 'none'}"
            raise SettingError(
                setting=setting, value=energies, allowed=known, hint=nearest(energies, columns)
            )
        try:
            values = np.asarray(columns[energies], dtype=np.float64)
        except ValueError:
            values = np.full(problem.nodes, np.nan)
        if not np.isfinite(values).all():
            raise SettingError(setting=setting, value=energies, allowed="must be a column of numbers")
        return values
    if isinstance(energies, list | tuple):
        if len(energies) != problem.nodes:
            allowed = f"must have a number for each of the {problem.nodes} nodes"
            raise SettingError(setting=setting, value=list(energies), allowed=allowed)
        return np.array([number(setting=setting, value=each) for each in energies])
    return np.full(problem.nodes, number(setting=setting, value=energies))
