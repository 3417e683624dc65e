"""Layers of nodes, each joined with the next: the shape of a feed-forward network."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import flag, integer, integers

BENDS = tuple(np.linspace(0.05, 0.35, 61).tolist())  # rise of the outermost layers, in heights of the tallest
COMPARED = 10**7  # edges times the nodes that they pass, up to which bends are compared


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
        positions=_columns(sizes, reach=reach),
        schematic=True,
    )


def _columns(sizes: Sequence[int], *, reach: int) -> np.ndarray:
    """Positions (N, 2): a column a layer, from left to right, all of them centred, node 0 at the top.

    Where edges pass over layers, the columns stand on an arc: the one that leaves most room between the edges
    and the nodes passed.
    """
    tallest, count = max(sizes), len(sizes)
    across = 1.2 * max(tallest / (count - 1), 1.0)
    # Small layers are spread a little, so that they face the large ones.
    columns = [
        ((0.5 - (np.arange(size) + 0.5) / size) * (0.3 * tallest + 0.7 * size), layer * across)
        for layer, size in enumerate(sizes)
    ]
    arc = (2 * np.arange(count) / (count - 1) - 1) ** 2 * tallest
    heights = [height for height, _ in columns]
    bend = 0.0
    if reach > 1:
        small = sum(sizes) ** 3 <= COMPARED
        bend = max(BENDS, key=lambda bend: _room(heights, bend * arc, reach)) if small else BENDS[0]
    return np.concatenate(
        [
            np.stack([np.full(len(height), x), height + bend * rise], axis=1)
            for (height, x), rise in zip(columns, arc, strict=True)
        ]
    )


def _room(heights: Sequence[np.ndarray], rise: np.ndarray, reach: int) -> float:
    """The least distance, upwards, of an edge from a node that it passes."""
    least = np.inf
    raised = [height + up for height, up in zip(heights, rise, strict=True)]
    for low, passed, high in itertools.combinations(range(len(raised)), 3):
        if high - low <= reach:
            share = (passed - low) / (high - low)
            edges = (1 - share) * raised[low][:, None] + share * raised[high]
            least = min(least, float(np.abs(edges[..., None] - raised[passed]).min()))
    return least
