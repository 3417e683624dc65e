"""What must be so that whole edges can be chosen."""

from __future__ import annotations

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem


def check_selection(problem: Problem, objective: Objective) -> None:
    """Refuse designs that an objective cannot judge.

    Raises:
        SettingError: it would have to learn for each design again, or all of them fall apart
    """
    if problem.design is None:
        return
    pieces = int(components(problem.edge_index[:, problem.base != 0], nodes=problem.nodes).max()) + 1
    count = problem.selection.count
    if "connected" in objective.requires and count is not None and count < pieces - 1:
        allowed = f"must be {pieces - 1} or more: with fewer edges the network falls apart"
        raise SettingError(setting="select.count", value=count, allowed=allowed)
    if objective.learns:
        allowed = "is for objectives that learn nothing beside the network"
        raise SettingError(setting="select.kind", value="edges", allowed=allowed)
