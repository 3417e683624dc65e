"""The price of a unit of weight on an edge, by where the nodes lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.problem.space import Space
from gradnet_cli.settings.values import choice, number

COSTS = ("unit", "distance")


def priced(mask: Mask, *, cost: object, power: object = 1.0, distance: object = "auto") -> Mask:
    """The mask with costs > 0: 1 for ``unit``, length ** power for ``distance``.

    Args:
        cost: the setting ``cost``
        power: the setting ``cost_power``, > 0
        distance: the setting ``distance``: auto, plane or sphere

    Raises:
        SettingError: no such cost, no positions, or two joined nodes at the same place
    """
    if choice(setting="cost", value=cost, choices=COSTS) == "unit":
        if mask.pairs is not None:
            return mask
        return replace(mask, cost=np.ones(mask.edges))
    exponent = number(setting="cost_power", value=power, above=0, meaning="power of the distance")
    space = Space.of(positions=mask.positions, node_data=mask.node_data, distance=distance)
    if space is None:
        allowed = "needs positions: node data x and y, or lon and lat, which node_path=FILE gives any mask"
        raise SettingError(setting="cost", value=cost, allowed=allowed)
    if mask.pairs is not None:
        return _priced_pairs(mask, mask.pairs, space, power=exponent)
    length = space.lengths(mask.edge_index)
    if not (length > 0).all():
        names = np.arange(mask.nodes) if mask.labels is None else mask.labels
        i, j = names[mask.edge_index[:, int(np.argmin(length > 0))]]
        allowed = f"would be 0: nodes {i} and {j} lie at the same place (costs are > 0)"
        raise SettingError(setting="cost", value=cost, allowed=allowed)
    with np.errstate(over="ignore", under="ignore"):
        prices = length**exponent
    if not (np.isfinite(prices).all() and prices.all()):
        allowed = f"makes costs beyond all numbers of distances from {length.min():g} to {length.max():g}"
        raise SettingError(setting="cost_power", value=power, allowed=allowed)
    return replace(mask, cost=prices)


def _priced_pairs(mask: Mask, pairs: Pairs, space: Space, *, power: float) -> Mask:
    """The mask of candidates that are not listed, with another network to begin with: near is cheap."""
    if space.sphere:
        allowed = "must be plane with edges=active: candidates that are not listed are priced in the plane"
        raise SettingError(setting="distance", value="sphere", allowed=allowed)
    priced = replace(pairs, positions=space.places, power=power)
    priced.check("distance")
    return replace(mask, pairs=priced).on(priced.first_edges())
