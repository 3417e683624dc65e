"""Layers of nodes, each joined with the next: the shape of a feed-forward network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag, integer, integers

BEND = 0.07  # of the layers' row where edges pass over layers, so that they are seen beside those in between


def build(*, layers: Sequence[int], skip: int = 0, directed: bool = False) -> Mask:
    """Join every node of a layer with every node of the next, and perhaps of layers beyond it.

    Nodes are numbered layer by layer; ``layer`` tells each node's, from 0.

    Args:
        layers: nodes of each, >= 1, at least two layers
        skip: layers that an edge may pass over, >= 0; 0: only to the next layer
        directed: edges lead from the earlier layer to the later one
    """
    sizes = integers(setting="layers", value=layers, minimum=1)
    if len(sizes) < 2:
        allowed = "must have at least two layers, like [4, 8, 2]"
        raise SettingError(setting="layers", value=list(layers), allowed=allowed)
    skip = integer(setting="skip", value=skip, minimum=0)
    directed = flag(setting="directed", value=directed)
    reach = min(skip + 1, len(sizes) - 1)
    joined = [
        (low, low + k) for low in range(len(sizes)) for k in range(1, reach + 1) if low + k < len(sizes)
    ]
    count = sum(sizes[low] * sizes[high] for low, high in joined)
    check_size(nodes=sum(sizes), edges=count, setting="layers", value=sizes)
    first = np.cumsum([0, *sizes])
    pairs = [
        np.stack(
            [
                np.repeat(np.arange(first[low], first[low + 1]), sizes[high]),
                np.tile(np.arange(first[high], first[high + 1]), sizes[low]),
            ]
        )
        for low, high in joined
    ]
    return Mask.from_edges(
        name="layered",
        nodes=sum(sizes),
        edges=np.concatenate(pairs, axis=1),
        directed=directed,
        node_data={"layer": np.repeat(np.arange(len(sizes)), sizes)},
        positions=_columns(sizes, bent=reach > 1),
        schematic=True,
    )


def _columns(sizes: Sequence[int], *, bent: bool) -> np.ndarray:
    """Positions (N, 2): a column a layer, from left to right, all of them centred, node 0 at the top."""
    layer = np.repeat(np.arange(len(sizes)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    spread = np.array(sizes)[layer]
    tallest = max(sizes)
    # Small layers are spread a little, so that they face the large ones.
    height = tallest * (0.3 + 0.7 * spread / tallest)
    y = -((np.arange(len(layer)) - first + 0.5) / spread - 0.5) * height
    across = max(tallest / max(len(sizes) - 1, 1), 1.0) * 1.2
    x = layer * across
    if bent:
        y = y + BEND * tallest * (2 * layer / (len(sizes) - 1) - 1) ** 2 * len(sizes)
    return np.stack([x, y], axis=1).astype(np.float64)
