"""The price of a unit of weight on an edge, by the geometry of the mask."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import choice

COSTS = ("unit", "distance")


def edge_cost(cost: object, *, edges: np.ndarray, positions: np.ndarray | None) -> np.ndarray:
    """Return (E,) costs > 0: ones for ``unit``, Euclidean lengths for ``distance``.

    Args:
        cost: the setting ``cost``
        edges: (2, E) node pairs
        positions: (N, d), or None where nodes have none

    Raises:
        SettingError: no such cost, no positions, or two joined nodes at the same place
    """
    if choice(setting="cost", value=cost, choices=COSTS) == "unit":
        return np.ones(edges.shape[1])
    if positions is None:
        raise SettingError(
            setting="cost", value=cost, allowed="needs positions, and the nodes have none: use unit"
        )
    length: np.ndarray = np.linalg.norm(positions[edges[0]] - positions[edges[1]], axis=1)
    if not (length > 0).all():
        i, j = edges[:, int(np.argmin(length > 0))]
        raise SettingError(
            setting="cost",
            value=cost,
            allowed=f"would be 0: nodes {i} and {j} lie at the same place (costs are > 0)",
        )
    return length
