"""Networks whose nodes stand in layers."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.problem import Problem

LAYER = "layer"  # the column of the nodes that says which layer each is in


def layers_of(problem: Problem) -> np.ndarray:
    """The layer (N,) of each node, 0, 1, ...

    Raises:
        SettingError: they are not told, or are other numbers, or an edge does not lead to the next layer
    """
    layer = problem.mask.node_data.get(LAYER)
    if layer is None or not np.issubdtype(np.asarray(layer).dtype, np.number):
        allowed = "must be a network in layers, with a column layer of the nodes"
        raise SettingError(
            setting="mask", value=problem.mask.name, allowed=allowed, hint="mask=layered directed=true"
        )
    layer = np.asarray(layer)
    numbers = np.unique(layer)
    if not np.array_equal(numbers, np.arange(len(numbers))) or len(numbers) < 2:
        allowed = f"has layers {', '.join(f'{each:g}' for each in numbers[:5])}, and must have 0, 1, ..."
        raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)
    layer = layer.astype(np.int64)
    source, target = problem.edge_index
    if (layer[target] != layer[source] + 1).any():
        allowed = "must join each layer with the next alone, and some edges do not: say skip=0"
        raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)
    return layer
