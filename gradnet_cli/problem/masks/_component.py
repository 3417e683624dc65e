"""The largest connected part of a mask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.problem.mask import Mask


def largest_component(mask: Mask) -> Mask:
    """Return the (weakly) connected component with most nodes, nodes renumbered in their old order."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    i, j = mask.edge_index
    adjacency = coo_array((np.ones(i.size, dtype=np.int8), (i, j)), shape=(mask.nodes, mask.nodes))
    count, component = connected_components(adjacency.tocsr(), directed=mask.directed, connection="weak")
    if count == 1:
        return mask
    kept = component == np.bincount(component).argmax()
    number = np.cumsum(kept) - 1
    edges = kept[i]  # both ends of an edge lie in the same component
    return replace(
        mask,
        nodes=int(kept.sum()),
        edge_index=number[mask.edge_index[:, edges]].astype(np.int64),
        cost=mask.cost[edges],
        base=mask.base[edges],
        node_data={name: np.asarray(column)[kept] for name, column in mask.node_data.items()},
        positions=None if mask.positions is None else mask.positions[kept],
        shape=None,
        labels=None if mask.labels is None else mask.labels[kept],
    )
