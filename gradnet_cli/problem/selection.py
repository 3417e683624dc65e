"""The problem of choosing edges: what each may weigh, and the budget that counts them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.limits import WeightRoom, numbers_of
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.budget import Budget, Signs
from gradnet_cli.settings.selection import Selection


def relaxed(
    mask: Mask, budget: Budget, signs: Signs, room: WeightRoom, selection: Selection
) -> tuple[Mask, Budget, Signs, np.ndarray]:
    """The continuous problem that holds all designs: each edge weighs between nothing and what it may.

    Its bound holds for every design, for a design is one of its networks. With a count the budget is that
    number, at the price of 1 for a whole edge.

    Returns:
        mask, budget and signs of it, and what an edge weighs that is chosen, (E,), 0 where it cannot be

    Raises:
        SettingError: settings that leave no such design
    """
    if signs.result != "nonnegative":
        allowed = "must be nonnegative with select=edges"
        raise SettingError(setting="signs.result", value=signs.result, allowed=allowed)
    if signs.change == "decrease":
        allowed = "must be increase or any with select=edges, which adds edges to the base network"
        raise SettingError(setting="signs.change", value=signs.change, allowed=allowed)
    weight = numbers_of(
        "select.weight", selection.weight, mask.edge_data, np.full(mask.edges, np.nan), what="edges"
    )
    possible = ~room.fixed & np.isfinite(weight) & (mask.base + weight <= room.most)
    if not selection.extend:
        possible &= mask.base == 0
    if (weight[possible] <= 0).any():
        edge = int(np.argmax(possible & (weight <= 0)))
        allowed = f"is {weight[edge]:g} for edge {mask.pair(edge)} and must be > 0"
        raise SettingError(setting="select.weight", value=selection.weight, allowed=allowed)
    if (room.least > mask.base).any():
        edge = int(np.argmax(room.least > mask.base))
        allowed = f"asks for a weight of edge {mask.pair(edge)}, and select=edges chooses whether it is there"
        raise SettingError(setting="limits.least", value=float(room.least[edge]), allowed=allowed)
    if not possible.any():
        allowed = "leaves no edge to choose: the base network has them all, or limits.weight is smaller"
        raise SettingError(setting="select.weight", value=selection.weight, allowed=allowed)
    signs = Signs(change="increase", result="nonnegative")
    if selection.count is None:
        return mask, *_by_cost(mask, budget, signs, np.where(possible, weight, 0.0))
    count = int(possible.sum())
    if selection.count > count:
        allowed = f"must be at most {count}: so many edges are there to choose from"
        raise SettingError(setting="select.count", value=selection.count, allowed=allowed)
    pairs = 1 if mask.directed else 2
    counted = Budget(kind="total", value=float(selection.count * pairs), rule="exact")
    priced = replace(mask, cost=np.where(possible, 1 / np.where(possible, weight, 1.0), 1.0))
    return priced, counted, signs, np.where(possible, weight, 0.0)


def _by_cost(
    mask: Mask, budget: Budget, signs: Signs, weight: np.ndarray
) -> tuple[Budget, Signs, np.ndarray]:
    if budget.kind == "none":
        allowed = "pays for the edges with select=edges: say a budget, or select.count"
        raise SettingError(setting="budget.kind", value=budget.kind, allowed=allowed)
    if budget.order != 1:
        allowed = "must be 1 with select=edges"
        raise SettingError(setting=budget.order_setting, value=budget.order, allowed=allowed)
    budget = replace(budget, rule="at_most")
    pairs = 1 if mask.directed else 2
    base = pairs * float((mask.cost * np.abs(mask.base)).sum())
    scale = {"per_node": float(mask.nodes), "relative": base}.get(budget.kind, 1.0)
    assert budget.value is not None
    total = budget.value * scale
    affordable = pairs * mask.cost * weight <= total * (1 + 1e-12)
    if not (affordable & (weight > 0)).any():
        least = pairs * float((mask.cost * weight)[weight > 0].min(initial=np.inf))
        allowed = f"pays for no edge: the cheapest costs {least:.6g}, and the budget is {total:.6g}"
        raise SettingError(setting="budget.value", value=budget.value, allowed=allowed)
    return budget, signs, np.where(affordable, weight, 0.0)
