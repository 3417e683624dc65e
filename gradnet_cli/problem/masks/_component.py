"""The largest connected part of a mask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.numerics.graphs import components
from gradnet_cli.problem.mask import Mask


def largest_component(mask: Mask) -> Mask:
    """Return the (weakly) connected component with most nodes, which keep their names, numbers too."""
    component = components(mask.edge_index, nodes=mask.nodes, directed=mask.directed)
    kept = component == np.bincount(component).argmax()
    if kept.all():
        return mask
    number = np.cumsum(kept) - 1
    edges = kept[mask.edge_index[0]]  # both ends of an edge lie in the same component
    return replace(
        mask,
        nodes=int(kept.sum()),
        edge_index=number[mask.edge_index[:, edges]].astype(np.int64),
        cost=mask.cost[edges],
        base=mask.base[edges],
        node_data={name: np.asarray(column)[kept] for name, column in mask.node_data.items()},
        edge_data={name: np.asarray(column)[edges] for name, column in mask.edge_data.items()},
        positions=None if mask.positions is None else mask.positions[kept],
        shape=None,
        labels=(np.arange(mask.nodes).astype(str) if mask.labels is None else mask.labels)[kept],
    )
