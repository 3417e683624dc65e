"""Whether any network satisfies budget, signs and limits, and if not, which of them is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.reach import linear_optimum

if TYPE_CHECKING:
    from gradnet_cli.problem.problem import Problem

# What is at the very edge of what is allowed differs from it by rounding only; that is no error.
TOLERANCE = 1e-9


def check_feasible(problem: Problem) -> None:
    """Look for what contradicts itself.

    Raises:
        SettingError: signs, limits or a budget that no network can satisfy, and by how much
    """
    _check_bounds(problem)
    _check_strengths(problem)
    _check_exponent(problem)
    if problem.budget_total is not None:
        _check_budget(problem)


def _check_bounds(problem: Problem) -> None:
    lower, upper, mask = problem.lower, problem.upper, problem.mask
    if (lower > upper).any():
        edge = int(np.argmax(lower > upper))
        raise _contradiction(problem, edge)
    if not (lower < upper).any():
        if problem.limits.any:
            allowed = "must leave something to change: signs and limits allow every edge one weight only"
            raise SettingError(setting="limits", value=mask.name, allowed=allowed)
        raise SettingError(
            setting="signs.change",
            value=problem.signs.change,
            allowed="must leave something to change: the base network has no weight to remove",
        )


def _contradiction(problem: Problem, edge: int) -> SettingError:
    """What is wrong with an edge that may have no weight at all."""
    pair, base, change = problem.mask.pair(edge), float(problem.base[edge]), problem.signs.change
    most, least = float(problem.room.most[edge]), float(problem.room.least[edge])
    if change != "decrease" and base > most:
        chosen = problem.selection.wanted
        grows = "stays, with select=edges" if chosen else "can only grow: signs.change=increase"
        allowed = f"is {most:g} for edge {pair}, which has {base:g} and {grows}"
        return SettingError(setting="limits.weight", value=problem.limits.weight, allowed=allowed)
    if change == "decrease" and base < least:
        allowed = (
            f"asks {least:g} of edge {pair}, which has {base:g} and can only fall: signs.change=decrease"
        )
        return SettingError(setting="limits.least", value=problem.limits.least, allowed=allowed)
    return SettingError(
        setting="signs.change",
        value=change,
        allowed=f"cannot raise the negative base weight of edge {pair} to 0, as signs.result demands",
    )


def _check_strengths(problem: Problem) -> None:
    strengths = problem.strengths
    if strengths is None:
        return
    budget = problem.budget
    if budget.kind != "none" and budget.order != 1:
        allowed = "must be 1 with limits.strength"
        raise SettingError(setting=budget.order_setting, value=budget.order, allowed=allowed)
    both = (problem.lower < 0).any() and (problem.upper > 0).any()
    if both and problem.budget_total is not None and problem.budget.rule == "exact":
        allowed = "needs changes of one sign with limits.strength: what is removed pays for what is added"
        hint = "budget.rule=at_most, or signs.change=increase"
        raise SettingError(setting="budget.rule", value="exact", allowed=allowed, hint=hint)
    least = strengths.matrix @ (problem.base + problem.lower)
    over = least - strengths.most
    if (over > TOLERANCE * strengths.most).any():
        row = int(np.argmax(over))
        node = problem.mask.node_name(int(strengths.node[row]))
        allowed = f"is {strengths.most[row]:g} for node {node}, which keeps at least {least[row]:.6g}"
        raise SettingError(setting="limits.strength", value=problem.limits.strength, allowed=allowed)


def _check_exponent(problem: Problem) -> None:
    if problem.budget_total is None or problem.budget.convex:
        return
    if (problem.lower < 0).any() and (problem.upper > 0).any():
        allowed = "needs changes of one sign, where edges share an economy of scale"
        hint = "signs.change=increase"
        raise SettingError(
            setting="budget.exponent", value=problem.budget.exponent, allowed=allowed, hint=hint
        )


def _check_budget(problem: Problem) -> None:
    total = problem.budget_total
    assert total is not None
    least, most = _least_and_most(problem)
    if least > total * (1 + TOLERANCE):
        what = "keep to the limits" if problem.limits.any else "make every weight nonnegative"
        raise _unreachable(problem, f"must pay for at least {least:.6g} to {what}")
    if problem.budget.rule == "exact" and most < total * (1 - TOLERANCE):
        if problem.limits.any:
            raise _unreachable(problem, f"cannot be spent: the limits leave room for {most:.6g}")
        raise _unreachable(problem, f"cannot be spent: removing the whole base network costs {most:.6g}")


def _least_and_most(problem: Problem) -> tuple[float, float]:
    """What the cheapest and the dearest change cost over ordered pairs."""
    if problem.strengths is None:
        least = problem.spent(np.clip(0.0, problem.lower, problem.upper))
        return least, problem.spent(np.maximum(-problem.lower, problem.upper))
    cost, zero = problem.cost, np.zeros(problem.edges)
    # Only changes of one sign, or a budget that need not be spent: what is added is all that is asked for.
    gains = ((zero, cost), (np.where(problem.upper > 0, cost, -cost), zero))
    spent = []
    for gain, price in gains:
        found = linear_optimum(
            gain,
            price=price,
            lower=problem.lower,
            upper=problem.upper,
            rows=problem.strengths.matrix,
            room=problem.strength_room,
        )
        spent.append(problem.multiplicity * abs(float(found.fun)) if found.status == 0 else np.inf)
    return spent[0], spent[1]


def _unreachable(problem: Problem, why: str) -> SettingError:
    note = f" over all ordered pairs (the budget is {problem.budget_total:.6g})"
    return SettingError(setting="budget.value", value=problem.budget.value, allowed=why + note)
