"""What an objective may require of a problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import components
from gradnet_cli.problem.layers import layers_of
from gradnet_cli.problem.problem import Problem
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.values import nearest

DENSE_NODE_LIMIT = 8192  # a float64 matrix of 0.5 GiB, of which eigensolvers hold several
LISTED_SIZES = 5  # components whose sizes a message lists


def check_requirements(problem: Problem, requires: Sequence[str], *, dense: bool = False) -> None:
    """Check what an objective asks of a problem.

    Args:
        requires: names of REQUIREMENTS, as its class declares them
        dense: whether it holds dense N x N matrices, and has a setting `solver` that says so

    Raises:
        SettingError: the problem is none that the objective can take, or a requirement that does not exist
    """
    for requirement in requires:
        if requirement not in REQUIREMENTS:
            raise SettingError(
                setting="requires of the objective",
                value=requirement,
                allowed=f"must be among {', '.join(REQUIREMENTS)}",
                hint=nearest(requirement, REQUIREMENTS),
            )
        REQUIREMENTS[requirement](problem)
    if dense and problem.nodes > DENSE_NODE_LIMIT:
        gibibytes = problem.nodes**2 * 8 / 2**30
        raise SettingError(
            setting="objective.solver",
            value="dense",
            allowed=f"is for at most {DENSE_NODE_LIMIT:,} nodes, and the mask has {problem.nodes:,} "
            f"(one dense matrix takes {gibibytes:.3g} GiB): use a sparse solver",
        )


def _undirected(problem: Problem) -> None:
    if problem.directed:
        why = "is directed, and the objective is for undirected networks"
        raise _refused_mask(problem, why + _advice(problem, "directed=false"))


def _directed(problem: Problem) -> None:
    if not problem.directed:
        why = "is undirected, and the objective is for directed networks"
        raise _refused_mask(problem, why + _advice(problem, "directed=true"))


def _connected(problem: Problem) -> None:
    sizes = _component_sizes(problem)
    if len(sizes) > 1:
        why = f"has {_describe(sizes)}: lambda_2 is 0 for every network on it"
        raise _refused_mask(problem, f"{why}, and the objective needs a connected mask")


def _strongly_connected(problem: Problem) -> None:
    sizes = _component_sizes(problem, strong=True)
    if len(sizes) > 1:
        why = f"has {_describe(sizes)} that edges lead to and fro"
        raise _refused_mask(problem, f"{why}, and the objective needs a strongly connected mask")


def _budget(problem: Problem) -> None:
    if not problem.bounded:
        raise SettingError(
            setting="budget.kind",
            value=problem.budget.kind,
            allowed="must be per_node, total or relative: without a budget, or limits of all weights, the "
            "objective has no best network",
        )


def _nonnegative(problem: Problem) -> None:
    if (problem.base + problem.lower < 0).any():
        raise SettingError(
            setting="signs.result",
            value=problem.signs.result,
            allowed="must be nonnegative: the objective is for networks without negative weights",
        )


def _weighted_base(problem: Problem) -> None:
    if not problem.base.any():
        raise _refused_mask(problem, "has no base weights, and the objective edits a base network")


def _budget_or_base(problem: Problem) -> None:
    if problem.budget_total is None and not problem.base.any() and not problem.bounded:
        raise SettingError(
            setting="budget.kind",
            value=problem.budget.kind,
            allowed="must be per_node or total: without budget and base weights there is no weight at all",
        )


def _layered(problem: Problem) -> None:
    layers_of(problem)


REQUIREMENTS: Mapping[str, Callable[[Problem], None]] = {
    "undirected": _undirected,
    "directed": _directed,
    "connected": _connected,
    "strongly_connected": _strongly_connected,
    "budget": _budget,
    "nonnegative": _nonnegative,
    "weighted_base": _weighted_base,
    "budget_or_base": _budget_or_base,
    "layered": _layered,
}


def _component_sizes(problem: Problem, *, strong: bool = False) -> np.ndarray:
    """Sizes, largest first, of the components of the edges that the signs allow to carry weight."""
    usable = (problem.base + problem.upper != 0) | (problem.base + problem.lower != 0)
    component = components(
        problem.edge_index[:, usable], nodes=problem.nodes, directed=problem.directed, strong=strong
    )
    return np.sort(np.bincount(component))[::-1]


def _describe(sizes: np.ndarray) -> str:
    listed = ", ".join(str(size) for size in sizes[:LISTED_SIZES])
    more = ", ..." if len(sizes) > LISTED_SIZES else ""
    return f"{len(sizes)} components (sizes {listed}{more})"


def _advice(problem: Problem, override: str) -> str:
    """What to say to get the other kind, where the mask has a setting for it."""
    choice = read_catalog().choice("mask", problem.mask.name)
    has_it = choice is not None and any(setting.key == "directed" for setting in choice.all_settings)
    return f": say {override}" if has_it else ""


def _refused_mask(problem: Problem, why: str) -> SettingError:
    return SettingError(setting="mask", value=problem.mask.name, allowed=why)
